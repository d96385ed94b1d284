"""WhatsApp, both ways over HTTP: messages of every kind, receipts, templates, people without a number."""

from datetime import timedelta
from typing import Any

import pytest

from bot.core.case import State
from bot.core.delivery import DeliveryState
from bot.core.messages import Handle, Message
from bot.core.records import Disposition
from tests.fakes.meta import GraphError, words_of
from tests.integration.social.conftest import BLAME, WISH, Scene

ANN = "31612345678"
SCOPED = "NL.13491208655302741918"


async def read(scene: Scene, **kind: Any) -> Message:
    """Let one message of a kind arrive and return what was read of it."""
    message = scene.meta.written(ANN, ident="wamid.1") | kind
    assert await scene.meta.call(scene.hook("whatsapp"), scene.meta.whatsapp(message)) == 200
    await scene.stage.work()
    everything = [kept for one in Disposition for kept in await scene.stage.kept(one)]
    (kept,) = [one for one in everything if one.message and one.message.message_id == "whatsapp:wamid.1"]
    assert kept.message is not None
    return kept.message


async def test_what_is_written_is_answered_and_receipts_find_their_case(scene: Scene) -> None:
    assert await scene.text(ANN) == 200
    await scene.stage.work()
    (case,) = await scene.stage.cases()
    assert (case.requester, case.name) == (Handle("whatsapp", ANN), "Ann")
    (sent,) = scene.meta.sent
    assert sent["to"] == ANN
    assert "which e-mail address do you use with us?" in words_of(sent)
    ours = sent["biz_opaque_callback_data"]
    for state in ("sent", "delivered", "read", "read", "failed"):
        told = {"id": "wamid.9", "status": state, "timestamp": "1795766400", "recipient_id": ANN}
        more = {"biz_opaque_callback_data": ours, "errors": [{"code": 131026, "title": "Message undeliverable"}]}
        assert await scene.meta.call(scene.hook("whatsapp"), scene.meta.whatsapp(statuses=[told | more])) == 200
    await scene.stage.work()
    history = await scene.stage.history(case)
    assert (history.count("receipt"), history.count("bounced")) == (2, 1)
    (outgoing,) = await scene.stage.outbox()
    assert outgoing.last_error == "bounced 131026 Message undeliverable"


async def test_a_status_of_a_text_that_is_not_ours_is_dropped(scene: Scene) -> None:
    told = {"id": "wamid.9", "status": "read", "timestamp": "1795766400", "recipient_id": ANN}
    assert await scene.meta.call(scene.hook("whatsapp"), scene.meta.whatsapp(statuses=[told])) == 200
    assert await scene.stage.kept(Disposition.RECEIVED) == []


async def test_somebody_without_a_number_is_known_and_answered_by_the_scoped_id(scene: Scene) -> None:
    message = scene.meta.written("", WISH, from_user_id=SCOPED)
    del message["from"]
    assert await scene.meta.call(scene.hook("whatsapp"), scene.meta.whatsapp(message)) == 200
    await scene.stage.work()
    (case,) = await scene.stage.cases()
    assert case.requester == Handle("whatsapp", SCOPED)
    assert (scene.meta.sent[0].get("to"), scene.meta.sent[0]["recipient"]) == (None, SCOPED)


async def test_a_number_that_was_given_to_somebody_else_is_somebody_else(scene: Scene) -> None:
    for ident, person in (("wamid.1", SCOPED), ("wamid.2", "NL.999")):
        message = scene.meta.written(ANN, WISH, ident=ident, from_user_id=person)
        await scene.meta.call(scene.hook("whatsapp"), scene.meta.whatsapp(message))
    await scene.stage.work()
    assert {case.requester.value for case in await scene.stage.cases()} == {SCOPED, "NL.999"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ({"type": "text", "text": {"body": "hello"}}, "hello"),
        ({"type": "button", "button": {"text": "Stop", "payload": "x"}}, "Stop"),
        (
            {
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Access"}},
            },
            "Access",
        ),
        ({"type": "image", "image": {"id": "7", "mime_type": "image/png", "caption": "my letter"}}, "my letter"),
        ({"type": "sticker", "sticker": {"id": "7", "mime_type": "image/webp"}}, ""),
        ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, ""),
        ({"type": "unsupported", "errors": [{"code": 131051}]}, ""),
    ],
)
async def test_every_kind_of_message_is_read_for_what_the_person_wrote(
    scene: Scene, kind: dict[str, Any], text: str
) -> None:
    assert (await read(scene, **kind)).text == text


async def test_files_are_kept_by_reference(scene: Scene) -> None:
    document = {"id": "7", "mime_type": "application/pdf", "filename": "letter.pdf", "sha256": "x"}
    message = await read(scene, type="document", document=document)
    assert [(file.name, file.media_type) for file in message.attachments] == [("letter.pdf", "application/pdf")]
    assert scene.meta.sent == []  # a person looks


async def test_forwarded_words_are_not_the_persons_own(scene: Scene) -> None:
    message = await read(scene, type="text", text={"body": WISH}, context={"forwarded": True})
    assert (message.text, message.quoted) == ("", WISH)


async def test_edits_and_deletions_are_versions(scene: Scene) -> None:
    await scene.text(ANN, WISH, "wamid.0")
    edit = {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "forget it"}}}
    assert await read(scene, type="edit", edit=edit) == await read(scene, type="edit", edit=edit)
    (case,) = await scene.stage.cases()
    assert case.attention == "an earlier message was changed"
    gone = scene.meta.written(ANN, ident="wamid.2") | {"type": "revoke", "revoke": {"original_message_id": "wamid.0"}}
    await scene.meta.call(scene.hook("whatsapp"), scene.meta.whatsapp(gone))
    await scene.stage.work()
    versions = [kept.message for kept in await scene.stage.kept(Disposition.CASE) if kept.message]
    assert sorted((one.version_of, one.text) for one in versions if one.version_of) == [
        ("whatsapp:wamid.0", ""),
        ("whatsapp:wamid.0", "forget it"),
    ]


@pytest.mark.parametrize(
    "more",
    [{"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}}, {"type": "system", "system": {}}],
)
async def test_a_reaction_is_kept_and_never_answered(scene: Scene, more: dict[str, Any]) -> None:
    assert (await read(scene, **more)).automatic == more["type"]
    assert scene.meta.sent == []


async def test_a_group_is_acknowledged_and_forgotten(scene: Scene) -> None:
    message = scene.meta.written(ANN, WISH, group_id="120363000000000000")
    assert await scene.meta.call(scene.hook("whatsapp"), scene.meta.whatsapp(message)) == 200
    assert await scene.stage.kept(Disposition.RECEIVED) == []


async def test_news_of_the_account_is_none_of_the_desks(scene: Scene) -> None:
    call = scene.meta.whatsapp(scene.meta.written(ANN, WISH))
    call["entry"][0]["changes"][0]["field"] = "message_template_status_update"
    assert await scene.meta.call(scene.hook("whatsapp"), call) == 200
    assert await scene.stage.kept(Disposition.RECEIVED) == []


async def test_another_number_and_odd_neighbours_are_parked_alone(scene: Scene) -> None:
    elsewhere = scene.meta.whatsapp(scene.meta.written(ANN, WISH))
    elsewhere["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "1"
    assert await scene.meta.call(scene.hook("whatsapp"), elsewhere) == 200
    odd = [{"id": "wamid.5", "timestamp": "x", "from": "ann"}, "text", {"id": "wamid.6", "from": ANN, "text": 5}]
    good = scene.meta.written(ANN, WISH)
    assert await scene.meta.call(scene.hook("whatsapp"), scene.meta.whatsapp(good, *odd)) == 200  # type: ignore[arg-type]  # "text" is no message
    await scene.stage.work()
    assert len(await scene.stage.kept(Disposition.PARKED)) == 4
    assert len(await scene.stage.cases()) == 1


async def test_outside_the_window_a_template_asks_and_the_answer_waits_for_the_person(scene: Scene) -> None:
    await scene.text(ANN, BLAME)
    await scene.stage.work()
    scene.stage.clock.ahead += timedelta(days=3)
    await scene.approve("We have looked into it.")
    template = scene.meta.sent[-1]
    assert template["template"] == {"name": "rights_news", "language": {"code": "en"}}
    (case,) = await scene.stage.cases()
    assert case.items[0].state is State.REVIEW
    assert "has asked the person to write again" in (await scene.stage.outbox())[-1].last_error
    await scene.text(ANN, "yes?", "wamid.2")
    await scene.stage.work()
    await scene.approve("We have looked into it.")
    assert scene.meta.texts(ANN)[-1] == "We have looked into it."


async def test_the_bot_asks_nobody_by_template(scene: Scene) -> None:
    await scene.text(ANN)
    scene.stage.clock.ahead += timedelta(hours=25)
    await scene.stage.work()
    assert scene.meta.sent == []
    (outgoing,) = await scene.stage.outbox()
    assert (outgoing.state, "write by mail" in outgoing.last_error) == (DeliveryState.PARKED, True)


async def test_a_template_nobody_approved_is_told(scene: Scene) -> None:
    scene.meta.templates = ()
    await scene.text(ANN, BLAME)
    await scene.stage.work()
    scene.stage.clock.ahead += timedelta(days=3)
    await scene.approve("We have looked into it.")
    assert "Template name does not exist" in (await scene.stage.outbox())[-1].last_error


@pytest.mark.parametrize("code", [130429, 131056, 80007, 131048])
async def test_every_rate_limit_waits(scene: Scene, code: int) -> None:
    scene.meta.plan.append(GraphError(code, f"(#{code}) rate limit hit"))
    await scene.text(ANN)
    await scene.stage.work()
    (outgoing,) = await scene.stage.outbox()
    assert (outgoing.state, "asks to wait" in outgoing.last_error) == (DeliveryState.QUEUED, True)
