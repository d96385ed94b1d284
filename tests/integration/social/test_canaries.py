"""Nothing we hold of a person is ever written on a platform (law.md rule 42): canaries in every field, real letters."""

from datetime import UTC, datetime

import pytest

from bot.core.errors import NotApprovable
from bot.core.letters import RecordField
from bot.core.messages import MAIL, Handle
from bot.core.records import Customer
from bot.core.rights import Entity, RequestType
from tests.integration.social.conftest import BLAME, Scene
from tests.integration.social.stage import KIM

ANN = "24681012141618"
MAILBOX = "ann.peeters@canary.example"
FIELDS = {
    "street": "Kanariestraat 7",
    "postcode": "3512 JE",
    "iban": "NL91 ABNA 0417 1643 00",
    "born": "14-02-1987",
    "note": "complained about the blue canary",
    "orders": "A-77120, A-77121",
}
RECORD = Customer(
    "id-1",
    "C-104217",
    "Ann Peeters-Kanarie",
    (MAILBOX,),
    phones=("+31 6 1234 5678",),
    handles=(Handle("facebook", ANN),),
    fields=tuple(RecordField(name, value) for name, value in FIELDS.items()),
)
CANARIES = (RECORD.number, RECORD.name, MAILBOX, *RECORD.phones, *FIELDS.values())
TOLD_IN_WORDS = (
    "ANN  PEETERS-KANARIE",
    "kanariestraat 7",
    "your number is +31612345678",
    "NL91ABNA0417164300",
    "born 14.02.1987",
    "another.address@example.org",
    "3512JE",
)


@pytest.mark.rule(42)
@pytest.mark.parametrize("language", ["fr", "en", "nl", "de"])
async def test_a_whole_chat_tells_the_platform_nothing(scene: Scene, language: str) -> None:
    desk, reader = scene.stage.desk, scene.stage.reader
    await desk.store.transact(lambda unit: unit.directory.put(RECORD, datetime.now(UTC)))
    reader.tell("everything you know", RequestType.ACCESS, language=language)
    reader.tell("no more mails", RequestType.UNSUBSCRIBE, language=language)
    named = (Entity("email", MAILBOX, 0, len(MAILBOX)),)
    reader.tell(MAILBOX, RequestType.OTHER, language=language, any_right=0.01, entities=named)
    for number, said in enumerate(["everything you know", MAILBOX, "no more mails", "AAAA-1111", "thanks"]):
        await scene.say(ANN, said, f"m_{number}")
        await scene.stage.work()
    everything = [one for one in await scene.stage.outbox() if one.recipient.channel != MAIL]
    assert len(everything) >= 3
    for one in everything:
        assert not [canary for canary in CANARIES if canary.casefold() in one.body.casefold()]
        assert "⟦" not in one.body


@pytest.mark.rule(42, refused=True)
@pytest.mark.parametrize("told", [*CANARIES, *TOLD_IN_WORDS])
async def test_no_colleague_can_tell_the_platform_either(scene: Scene, told: str) -> None:
    desk = scene.stage.desk
    await desk.store.transact(lambda unit: unit.directory.put(RECORD, datetime.now(UTC)))
    await scene.say(ANN, BLAME)
    await scene.stage.work()
    draft = await scene.waiting()
    await desk.approval.edit(draft.id, KIM, body=f"We have looked into it: {told}.")
    with pytest.raises(NotApprovable, match="in a chat message") as refused:
        await desk.approval.approve(draft.id, KIM)
    assert told not in str(refused.value)  # the reason goes to logs and screens


async def test_what_says_nothing_personal_may_leave(scene: Scene) -> None:
    await scene.stage.desk.store.transact(lambda unit: unit.directory.put(RECORD, datetime.now(UTC)))
    await scene.say(ANN, BLAME)
    await scene.stage.work()
    await scene.approve("We have looked into it by 3 March 2026 and write more by mail. Nexio Projects")
    assert scene.meta.texts(ANN)[-1].startswith("We have looked into it")
