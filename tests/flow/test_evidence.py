"""A copy of an identity card is seen once and destroyed; a note stays, and no hash of it (law.md rule 10)."""

import pytest

from bot.core.errors import NotAllowed, NotFound
from bot.core.messages import Attachment
from bot.core.rights import RequestType
from tests.flow.conftest import ANN, KIM, TestDesk

CARD = Attachment(part=1, name="identity card.jpg", media_type="image/jpeg", size=120_000)


async def received(desk: TestDesk) -> str:
    """Let a request come with a file that nobody asked for, and return the message's id."""
    desk.reader.tell("my data, my card is attached", RequestType.ACCESS)
    await desk.know(ANN)
    await desk.mail("my data, my card is attached", attachments=(CARD,))
    case = await desk.case()
    (kept,) = await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    return kept.id


@pytest.mark.rule(10)
async def test_the_file_goes_in_the_raw_message_too_and_a_note_stays(desk: TestDesk) -> None:
    message = await received(desk)
    assert await desk.store.transact(lambda unit: unit.inbox.raw(message))
    left = await desk.evidence.destroy(message, "identity card, not needed", KIM)
    with pytest.raises(NotFound, match="destroyed"):
        await desk.store.transact(lambda unit: unit.inbox.raw(message))
    assert left.message is not None
    (file,) = left.message.attachments
    assert (file.name, file.media_type) == (CARD.name, CARD.media_type)
    assert file.destroyed == "2026-03-02 09:00 UTC, kim@nexioprojects.com: identity card, not needed"
    assert left.message.text == "my data, my card is attached"
    case = await desk.case()
    history = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    assert ("files_destroyed", KIM) in [(link.event, link.actor) for link in history]
    assert "card" not in "".join(str(link.data) for link in history)


@pytest.mark.rule(10, refused=True)
async def test_destroying_takes_a_role_a_reason_and_a_file(desk: TestDesk) -> None:
    message = await received(desk)
    with pytest.raises(NotAllowed, match="may not approve"):
        await desk.evidence.destroy(message, "seen", "nobody@nexioprojects.com")
    with pytest.raises(NotAllowed, match="stays on file"):
        await desk.evidence.destroy(message, " ", KIM)
    await desk.evidence.destroy(message, "seen", KIM)
    with pytest.raises(NotAllowed, match="no file that is still there"):
        await desk.evidence.destroy(message, "seen again", KIM)
