"""Whatever a platform sends, in whatever order and however often: the same events, none lost, no error of ours."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.bridge import Bridge, BridgeOptions
from bot.channels.chat.platform import Platform
from bot.channels.chat.source import ChatParser
from bot.channels.chatwoot import Chatwoot, ChatwootOptions
from bot.channels.meta import Messenger, MetaOptions, WhatsApp
from bot.channels.x import Keys, X, XOptions
from bot.core.errors import Unparsable
from tests.fakes.ports import TurnedClock

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
PAGE = "1122334455"
OPTIONS = MetaOptions("fb", PAGE, "token", ("0123456789abcdef",), "a-verify-token-of-ours", "", "https://graph.example")
MESSENGER = Messenger(OPTIONS, TurnedClock())
WHATSAPP = WhatsApp(OPTIONS, TurnedClock())
CHATWOOT = Chatwoot(
    ChatwootOptions("chatwoot", "", "3", "token", ("0123456789abcdef",), "", answers={"By post": "post"})
)
X_ACCOUNT = X(XOptions("x", "1", Keys("a", "b", "c", "d"), ""))
BRIDGE = Bridge(BridgeOptions("sms", "https://x.example", ("0123456789abcdef",)), TurnedClock())

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
HAPPENED = st.fixed_dictionaries(
    {},
    optional={
        "sender": st.just({"id": "77"}) | JSON,
        "recipient": st.just({"id": PAGE}) | JSON,
        "timestamp": st.integers() | JSON,
        "message": st.fixed_dictionaries(
            {}, optional={"mid": st.text() | JSON, "text": st.text(), "attachments": JSON}
        ),
        "message_edit": JSON,
        "reaction": JSON,
    },
)
WRITTEN = st.fixed_dictionaries(
    {"id": st.text(min_size=1) | JSON, "from": st.just("77") | JSON},
    optional={
        "timestamp": st.just("1772712000") | JSON,
        "text": JSON,
        "interactive": JSON | st.fixed_dictionaries({"list_reply": JSON}),
        "image": JSON,
        "edit": JSON | st.fixed_dictionaries({"original_message_id": st.just("1"), "message": JSON}),
        "context": JSON,
    },
)


CALLED = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["message_created", "message_updated"]) | JSON,
        "account": st.just({"id": 3}) | JSON,
        "id": st.integers(1, 2**40) | JSON,
    },
    optional={
        "message_type": st.sampled_from(["incoming", "outgoing", 0, 1]) | JSON,
        "content": st.text() | JSON,
        "content_type": st.just("input_select") | JSON,
        "content_attributes": JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "external_error": JSON,
                "deleted": st.booleans() | JSON,
                "submitted_values": st.just([{"title": "By post", "value": "post"}]) | JSON,
                "in_reply_to": JSON,
            },
        ),
        "sender": st.just({"id": 77}) | JSON,
        "conversation": JSON
        | st.fixed_dictionaries(
            {"id": st.integers(1, 2**40) | JSON},
            optional={
                "contact_inbox": st.just({"contact_id": 77}) | JSON,
                "messages": JSON,
                "additional_attributes": JSON,
            },
        ),
        "created_at": st.integers() | st.text() | JSON,
        "status": JSON,
        "attachments": JSON,
    },
)
WRITTEN_ON_X = st.fixed_dictionaries(
    {"id": st.text(min_size=1) | JSON, "sender_id": st.just("77") | JSON},
    optional={
        "dm_conversation_id": st.just("1-77") | JSON,
        "text": JSON,
        "created_at": st.text() | JSON,
        "attachments": JSON,
    },
)


def of_a_page(items: list[Any]) -> bytes:
    return json.dumps({"object": "page", "entry": [{"id": PAGE, "messaging": items}]}).encode()


def of_a_number(items: list[Any]) -> bytes:
    value = {"metadata": {"phone_number_id": PAGE}, "messages": items, "contacts": []}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
    ).encode()


UNHURRIED = settings(deadline=None)
"""A busy machine is no finding."""


async def read_all(platform: Platform, body: bytes) -> None:
    """Read everything one call leaves; only what is parked may raise, and only as parkers expect."""
    for inbound in platform.arrivals(body, NOW):
        assert inbound.received_at <= NOW
        inbound.event.encode()
        try:
            message = await ChatParser(platform).parse(inbound)
        except Unparsable:
            continue
        message.text.encode()
        assert platform.people.fullmatch(message.sender.value)


@pytest.mark.parametrize("platform", [MESSENGER, WHATSAPP, BRIDGE, CHATWOOT, X_ACCOUNT])
@given(body=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
@UNHURRIED
async def test_no_body_breaks_a_platform_or_is_lost(platform: Platform, body: bytes) -> None:
    await read_all(platform, body)


@given(items=st.lists(HAPPENED | JSON, max_size=5))
@UNHURRIED
async def test_whatever_a_page_tells_is_read_or_parked(items: list[Any]) -> None:
    await read_all(MESSENGER, of_a_page(items))


@given(items=st.lists(WRITTEN | JSON, max_size=5))
@UNHURRIED
async def test_whatever_a_number_tells_is_read_or_parked(items: list[Any]) -> None:
    await read_all(WHATSAPP, of_a_number(items))


@given(call=CALLED)
@UNHURRIED
async def test_whatever_chatwoot_tells_is_read_or_parked(call: Any) -> None:
    await read_all(CHATWOOT, json.dumps(call).encode())


@given(items=st.lists(WRITTEN_ON_X | JSON, max_size=5))
@UNHURRIED
async def test_whatever_x_tells_is_read_or_parked(items: list[Any]) -> None:
    await read_all(X_ACCOUNT, json.dumps({"data": items}).encode())


@given(
    items=st.lists(st.sampled_from(["m1", "m2", "m3", "m1 edited", "m1 gone"]), min_size=1, max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=3),
)
@UNHURRIED
def test_in_any_order_and_any_batches_the_events_are_the_same(items: list[str], cuts: list[int]) -> None:
    shown = {
        "m1 edited": {"message_edit": {"mid": "m1", "text": "x", "num_edit": 1}},
        "m1 gone": {"message": {"mid": "m1", "is_deleted": True}},
    }
    told = [
        {"sender": {"id": "77"}, "recipient": {"id": PAGE}, "timestamp": 1772712000000}
        | shown.get(name, {"message": {"mid": name, "text": name}})
        for name in items
    ]
    edges = [0, *sorted(cuts), len(told)]
    events = {
        (inbound.source, inbound.event)
        for start, end in pairwise(edges)
        for inbound in MESSENGER.arrivals(of_a_page(told[start:end]), NOW)
    }
    assert len(events) == len(set(items))
