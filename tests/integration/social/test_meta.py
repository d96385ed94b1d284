"""Messenger and Instagram, both ways over HTTP, against a Meta that keeps its own rules."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.core.case import State
from bot.core.delivery import DeliveryState
from bot.core.messages import Handle
from bot.core.records import Disposition
from bot.core.rights import RequestType
from bot.doctor import examine
from tests.fakes.meta import GraphError
from tests.integration.social.conftest import BLAME, OLD, VERIFY, WISH, Scene

ANN, BOB = "24681012141618", "13579111315171"


@pytest.mark.parametrize(("name", "topic"), [("facebook", "page"), ("instagram", "instagram")])
async def test_what_is_written_is_kept_before_200_and_answered_there(scene: Scene, name: str, topic: str) -> None:
    item = scene.meta.messaging(ANN, topic=topic, message={"mid": "m_1", "text": WISH})
    assert await scene.meta.call(scene.hook(name), scene.meta.batch(item, topic=topic)) == 200
    assert len(await scene.stage.kept(Disposition.RECEIVED)) == 1
    await scene.stage.work()
    (case,) = await scene.stage.cases()
    assert case.requester == Handle(name, ANN)
    (text,) = scene.meta.texts(ANN)
    assert "which e-mail address do you use with us?" in text
    assert scene.meta.sent[0]["messaging_type"] == "RESPONSE"


async def test_a_batch_of_several_people_and_repetitions_is_one_case_each(scene: Scene) -> None:
    ann = scene.meta.messaging(ANN, message={"mid": "m_a", "text": WISH})
    bob = scene.meta.messaging(BOB, message={"mid": "m_b", "text": WISH})
    for items in ([bob, ann], [ann], [ann, bob]):
        assert await scene.meta.call(scene.hook("facebook"), scene.meta.batch(*items)) == 200
    await scene.stage.work()
    assert sorted(case.requester.value for case in await scene.stage.cases()) == [BOB, ANN]
    assert len(scene.meta.sent) == 2


@pytest.mark.parametrize(
    "happened",
    [
        {"message": {"mid": "m_2", "text": "which e-mail address?", "is_echo": True, "app_id": 9}},
        {"typing": {"on": True}},
    ],
)
async def test_echoes_and_typing_are_acknowledged_and_dropped(scene: Scene, happened: dict[str, Any]) -> None:
    item = scene.meta.messaging(ANN, **happened)
    assert await scene.meta.call(scene.hook("facebook"), scene.meta.batch(item)) == 200
    assert await scene.stage.kept(Disposition.RECEIVED) == []


async def test_receipts_stand_in_the_history_once_and_move_nothing(scene: Scene) -> None:
    await scene.say(ANN)
    await scene.stage.work()
    (before,) = await scene.stage.cases()
    later = int((scene.meta.clock() + 5) * 1000)
    for kind, until in (("delivery", later), ("read", later), ("read", later + 1)):
        item = scene.meta.messaging(ANN) | {kind: {"watermark": until}}
        assert await scene.meta.call(scene.hook("facebook"), scene.meta.batch(item)) == 200
    early = scene.meta.messaging(BOB, read={"watermark": later})
    assert await scene.meta.call(scene.hook("facebook"), scene.meta.batch(early)) == 200
    await scene.stage.work()
    assert await scene.stage.cases() == [before]
    chain = await scene.stage.desk.store.transact(lambda unit: unit.audit.chain(before.id))
    assert [row.data["state"] for row in chain if row.event == "receipt"] == ["delivered", "read"]
    assert len(scene.meta.sent) == 1


@pytest.mark.parametrize(("name", "topic"), [("facebook", "page"), ("instagram", "instagram")])
async def test_a_receipt_is_for_the_texts_it_means_and_for_no_neighbour(scene: Scene, name: str, topic: str) -> None:
    async def tell(**happened: Any) -> None:
        item = scene.meta.messaging(ANN, topic=topic, **happened)
        assert await scene.meta.call(scene.hook(name), scene.meta.batch(item, topic=topic)) == 200
        await scene.stage.work()

    await tell(message={"mid": "m_1", "text": BLAME})
    between = int((scene.meta.clock() + 1) * 1000)
    await scene.approve("We have looked into it.")
    (case,) = await scene.stage.cases()
    first, second = (one.id for one in await scene.stage.outbox())

    async def noted() -> list[tuple[str, str]]:
        chain = await scene.stage.desk.store.transact(lambda unit: unit.audit.chain(case.id))
        return [(row.data["state"], row.data["outgoing"]) for row in chain if row.event == "receipt"]

    if topic == "page":  # Messenger says until when, and sometimes which
        await tell(delivery={"mids": ["m_2"], "watermark": between})
        assert await noted() == [("delivered", second)]
        await tell(read={"watermark": between})
        assert await noted() == [("delivered", second), ("read", first)]
        await tell(read={"watermark": int(scene.meta.clock() * 1000)})
        assert await noted() == [("delivered", second), ("read", first), ("read", second)]
    else:  # Instagram names the text
        await tell(read={"mid": "m_1"})
        assert await noted() == [("read", first)]


@pytest.mark.parametrize(
    "happened",
    [
        {"reaction": {"mid": "m_1", "action": "react", "emoji": "👍"}},
        {"something_new_of_metas": {"x": 1}},
        {"message": {"mid": "m_9", "attachments": [{"type": "image", "payload": {"url": "u", "sticker_id": 3692}}]}},
        {"message": {"mid": "m_9", "attachments": [{"type": "like_heart"}]}},
    ],
)
async def test_reactions_and_stickers_are_kept_and_move_nothing(scene: Scene, happened: dict[str, Any]) -> None:
    await scene.say(ANN)
    await scene.stage.work()
    (before,) = await scene.stage.cases()
    await scene.meta.call(scene.hook("facebook"), scene.meta.batch(scene.meta.messaging(ANN, **happened)))
    await scene.stage.work()
    assert await scene.stage.cases() == [before]
    assert len(scene.meta.sent) == 1
    assert await scene.stage.kept(Disposition.PARKED) == []


async def test_edits_and_deletions_are_versions_that_a_person_sees(scene: Scene) -> None:
    await scene.say(ANN)
    edit = scene.meta.messaging(ANN, message_edit={"mid": "m_1", "text": "forget it", "num_edit": "1"})
    gone = scene.meta.messaging(ANN, message={"mid": "m_1", "is_deleted": True})
    await scene.meta.call(scene.hook("facebook"), scene.meta.batch(edit, gone))
    await scene.stage.work()
    (case,) = await scene.stage.cases()
    assert case.attention == "an earlier message was changed"
    messages = [kept.message for kept in await scene.stage.kept(Disposition.CASE) if kept.message]
    assert sorted((one.version_of, one.text) for one in messages) == [
        ("", WISH),
        ("facebook:m_1", ""),
        ("facebook:m_1", "forget it"),
    ]
    assert len(scene.meta.sent) == 1


async def test_a_picture_or_a_voice_note_alone_is_for_a_person(scene: Scene) -> None:
    files = [
        {"type": "audio", "payload": {"url": f"{scene.base}/cdn/voice"}},
        {"type": "image", "payload": {"url": f"{scene.base}/cdn/p"}},
    ]
    item = scene.meta.messaging(ANN, message={"mid": "m_1", "attachments": files})
    await scene.meta.call(scene.hook("facebook"), scene.meta.batch(item))
    await scene.stage.work()
    (kept,) = await scene.stage.kept(Disposition.CASE)
    assert kept.message is not None
    assert [file.media_type for file in kept.message.attachments] == ["audio/mp4", "image/jpeg"]
    assert scene.meta.sent == []


async def test_a_public_comment_is_none_of_the_desks(scene: Scene) -> None:
    comment = {"field": "feed", "value": {"item": "comment", "message": WISH, "from": {"id": ANN, "name": "Ann"}}}
    call = {"object": "page", "entry": [{"id": scene.meta.page, "time": 1, "changes": [comment]}]}
    assert await scene.meta.call(scene.hook("facebook"), call) == 200
    assert await scene.stage.kept(Disposition.RECEIVED) == []


async def test_another_page_is_parked_for_a_person(scene: Scene) -> None:
    call = scene.meta.batch(scene.meta.messaging(ANN, message={"mid": "m_1", "text": WISH}))
    call["entry"][0]["id"] = "999"
    assert await scene.meta.call(scene.hook("facebook"), call) == 200
    await scene.stage.work()
    (parked,) = await scene.stage.kept(Disposition.PARKED)
    assert "another account" in parked.error


async def test_meta_verifies_the_address_with_our_word_only(scene: Scene) -> None:
    assert await scene.meta.verify(scene.hook("facebook"), VERIFY, "1158201444") == (200, "1158201444")
    for wrong in ("", "another", VERIFY + "x", "é"):
        assert (await scene.meta.verify(scene.hook("facebook"), wrong))[0] == 403


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40])
async def test_a_forged_call_leaves_nothing(scene: Scene, signature: str) -> None:
    call = scene.meta.batch(scene.meta.messaging(ANN, message={"mid": "m_1", "text": WISH}))
    assert await scene.meta.call(scene.hook("facebook"), call, signature=signature) == 403
    assert await scene.stage.kept(Disposition.RECEIVED) == []


async def test_a_body_that_was_touched_is_refused_though_it_means_the_same(scene: Scene) -> None:
    call = scene.meta.batch(scene.meta.messaging(ANN, message={"mid": "m_1", "text": WISH}))
    body = json.dumps(call).encode()
    signed = "sha256=" + hmac.new(scene.meta.app_secret.encode(), body, hashlib.sha256).hexdigest()
    assert await scene.meta.call(scene.hook("facebook"), body + b" ", signature=signed) == 403
    assert await scene.meta.call(scene.hook("facebook"), body, signature=signed) == 200


async def test_the_app_secret_is_replaced_without_losing_a_message(scene: Scene) -> None:
    for number, secret in enumerate((scene.meta.app_secret, OLD)):
        item = scene.meta.messaging(ANN, message={"mid": f"m_{number}", "text": "hello"})
        assert await scene.meta.call(scene.hook("facebook"), scene.meta.batch(item), secret=secret) == 200
    item = scene.meta.messaging(ANN, message={"mid": "m_3", "text": "hello"})
    assert await scene.meta.call(scene.hook("facebook"), scene.meta.batch(item), secret="x" * 32) == 403


async def test_after_a_day_without_us_everything_comes_at_once_twice_and_in_any_order(scene: Scene) -> None:
    """Meta keeps repeating for a day: late, shuffled, doubled calls are one case for each person, and one answer."""
    people = [str(9000 + number) for number in range(12)]
    sent = [scene.meta.messaging(one, message={"mid": f"m_{one}", "text": WISH}) for one in people]
    scene.stage.clock.ahead += timedelta(hours=20)
    for batch in (sent[::-1], sent[::2] + sent[:3], sent[6:]):
        assert await scene.meta.call(scene.hook("facebook"), scene.meta.batch(*batch)) == 200
    await scene.stage.work()
    assert sorted(case.requester.value for case in await scene.stage.cases()) == sorted(people)
    assert all(len(scene.meta.texts(one)) == 1 for one in people)
    assert {case.received_at < scene.stage.clock.now() - timedelta(hours=19) for case in await scene.stage.cases()} == {
        True
    }


async def test_an_oversized_call_of_metas_is_refused(scene: Scene) -> None:
    assert await scene.meta.call(scene.hook("facebook"), b" " * (1 << 20) + b"{}") == 413


@pytest.mark.parametrize(
    "poison",
    [
        b"{",
        b"{}",
        b'{"object": "user", "entry": []}',
        b'{"object": "page", "entry": 5}',
        b'{"object": "page", "entry": [5]}',
    ],
)
async def test_poison_is_acknowledged_and_parked(scene: Scene, poison: bytes) -> None:
    assert await scene.meta.call(scene.hook("facebook"), poison) == 200
    await scene.stage.work()
    assert len(await scene.stage.kept(Disposition.PARKED)) == 1


async def test_an_odd_event_does_not_hold_up_its_neighbours(scene: Scene) -> None:
    good = scene.meta.messaging(ANN, message={"mid": "m_1", "text": WISH})
    odd = [{"sender": {"id": "ann"}, "message": {"mid": "m_0"}}, 7, good | {"timestamp": -5, "message": {"mid": "m_2"}}]
    assert await scene.meta.call(scene.hook("facebook"), scene.meta.batch(*odd, good)) == 200  # type: ignore[arg-type]  # 7 is no event
    await scene.stage.work()
    assert len(await scene.stage.kept(Disposition.PARKED)) == 3
    assert len(await scene.stage.cases()) == 1


# -- the window (law.md rule 43) ----------------------------------------------------------------------


@pytest.mark.rule(43, refused=True)
async def test_the_bot_never_writes_after_24_hours_and_a_person_is_told(scene: Scene) -> None:
    await scene.say(ANN)
    scene.stage.clock.ahead += timedelta(hours=25)
    await scene.stage.work()
    assert scene.meta.sent == []
    (outgoing,) = await scene.stage.outbox()
    assert outgoing.state is DeliveryState.PARKED
    assert "24 hours after the person wrote" in outgoing.last_error
    assert "write by mail" in outgoing.last_error


@pytest.mark.parametrize("name", ["facebook", "instagram"])
async def test_a_colleague_may_write_for_seven_days_under_the_human_agent_tag(scene: Scene, name: str) -> None:
    topic = "page" if name == "facebook" else "instagram"
    item = scene.meta.messaging(ANN, topic=topic, message={"mid": "m_1", "text": BLAME})
    await scene.meta.call(scene.hook(name), scene.meta.batch(item, topic=topic))
    await scene.stage.work()
    scene.stage.clock.ahead += timedelta(days=6)
    await scene.approve("We have looked into it. More by mail: tell us which address to use.")
    ours = [one for one in scene.meta.sent if one.get("tag")]
    assert [(one["messaging_type"], one["tag"]) for one in ours] == [("MESSAGE_TAG", "HUMAN_AGENT")]
    (case,) = await scene.stage.cases()
    assert case.items[0].state is State.ANSWERED


@pytest.mark.rule(43, refused=True)
async def test_after_seven_days_nobody_writes_and_the_answer_is_in_review_again(scene: Scene) -> None:
    await scene.say(ANN, BLAME)
    await scene.stage.work()
    scene.stage.clock.ahead += timedelta(days=8)
    await scene.approve("We have looked into it.")
    assert [one for one in scene.meta.sent if one.get("tag")] == []
    (case,) = await scene.stage.cases()
    assert case.items[0].state is State.REVIEW
    assert "24 hours" in (await scene.stage.outbox())[-1].last_error


async def test_a_new_message_opens_the_window_again(scene: Scene) -> None:
    await scene.say(ANN, BLAME)
    await scene.stage.work()
    scene.stage.clock.ahead += timedelta(days=10)
    await scene.say(ANN, "hello?", "m_2")
    await scene.stage.work()
    await scene.approve("We are sorry that this took longer than we promised. We have looked into it.")
    assert scene.meta.sent[-1]["messaging_type"] == "RESPONSE"
    assert scene.meta.texts(ANN)[-1].endswith("We have looked into it.")


# -- Graph's refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (
            GraphError(613, "(#613) Calls to this api have exceeded the rate limit."),
            DeliveryState.QUEUED,
            "asks to wait",
        ),
        (GraphError(4, "(#4) Application request limit reached", status=403), DeliveryState.QUEUED, "asks to wait"),
        (GraphError(2, "(#2) Service temporarily unavailable"), DeliveryState.QUEUED, "trouble of its own"),
        (GraphError(1, "An unknown error occurred", status=500), DeliveryState.QUEUED, "trouble of its own"),
        (GraphError(190, "Error validating access token", status=401), DeliveryState.QUEUED, "doctor"),
        (GraphError(10, "(#10) outside of allowed window.", 2018278), DeliveryState.PARKED, "window is closed"),
        (GraphError(551, "(#551) This person isn't available right now."), DeliveryState.PARKED, "any more"),
        (GraphError(100, "(#100) No matching user found", 2018001), DeliveryState.PARKED, "any more"),
        (GraphError(100, "(#100) Invalid parameter"), DeliveryState.PARKED, "refused the text"),
    ],
)
async def test_what_graph_refuses_waits_or_is_for_a_person(
    scene: Scene, error: GraphError, state: DeliveryState, words: str
) -> None:
    scene.meta.plan.append(error)
    await scene.say(ANN)
    await scene.stage.work()
    (outgoing,) = await scene.stage.outbox()
    assert outgoing.state is state
    assert words in outgoing.last_error
    if state is DeliveryState.QUEUED:
        scene.stage.clock.ahead += timedelta(minutes=10)
        await scene.stage.work()
        assert len(scene.meta.sent) == 1


async def test_the_wait_graph_asks_for_is_kept(scene: Scene) -> None:
    scene.meta.plan.append(GraphError(613, "(#613) Calls to this api have exceeded the rate limit."))
    await scene.say(ANN)
    await scene.stage.work()
    (outgoing,) = await scene.stage.outbox()
    assert outgoing.not_before is not None
    assert 100 < (outgoing.not_before - scene.stage.clock.now()).total_seconds() <= 121  # two minutes, it said


# -- the doctor ---------------------------------------------------------------------------------------


async def found(scene: Scene, name: str) -> tuple[bool, str]:
    (finding,) = [one for one in await examine(scene.stage.desk.settings) if one.about == name]
    return finding.ok, finding.text


@pytest.mark.parametrize("name", ["facebook", "instagram", "whatsapp"])
async def test_the_doctor_finds_everything_right(scene: Scene, name: str) -> None:
    assert (await found(scene, name))[0] is True


async def test_the_doctor_says_what_to_click(scene: Scene) -> None:
    scene.meta.subscribed = ("messages",)
    scene.meta.hook = "https://elsewhere.example/hook"
    ok, text = await found(scene, "facebook")
    assert not ok
    assert "does not hand over message_edits, messaging_postbacks" in text
    assert "callback https://rights.nexioprojects.com/webhooks/facebook" in text
    ok, text = await found(scene, "whatsapp")
    assert not ok
    assert "App dashboard → WhatsApp → Configuration" in text
    scene.meta.page = "5"
    assert "not of 1122334455" in (await found(scene, "facebook"))[1]
    scene.meta.app_secret = OLD
    assert "App secret → Show" in (await found(scene, "instagram"))[1]
    scene.meta.token = "another"
    assert "access token" in (await found(scene, "instagram"))[1]


@pytest.mark.parametrize(
    ("name", "permission"),
    [
        ("facebook", "pages_messaging and pages_manage_metadata"),
        ("instagram", "instagram_manage_messages and pages_manage_metadata"),
        ("whatsapp", "whatsapp_business_messaging and whatsapp_business_management"),
    ],
)
async def test_the_doctor_names_the_permission_that_is_missing(scene: Scene, name: str, permission: str) -> None:
    scene.meta.plan += [GraphError(200, "(#200) Requires extended permission", status=403) for _ in range(3)]
    ok, text = await found(scene, name)
    assert not ok
    assert f"Generate token, tick {permission}" in text


async def test_a_chat_that_names_rights_stays_with_its_person_on_each_platform(scene: Scene) -> None:
    """One number on two platforms is two people until proven otherwise."""
    scene.stage.reader.tell("hello", RequestType.ACCESS)
    await scene.say(ANN, "hello")
    await scene.text(ANN, "hello")
    await scene.stage.work()
    assert {str(case.requester) for case in await scene.stage.cases()} == {f"facebook:{ANN}", f"whatsapp:{ANN}"}
