"""What we hold of a person never leaves by itself in a chat, whatever a letter would say (law.md rule 42)."""

import pytest

from bot.core.messages import MAIL, TELEGRAM
from bot.core.rights import RequestType
from tests.flow.conftest import TestDesk


@pytest.mark.rule(42, refused=True)
async def test_a_text_that_would_tell_a_platform_what_we_hold_waits_for_a_colleague(desk: TestDesk) -> None:
    desk.reader.tell("stop", RequestType.UNSUBSCRIBE)
    await desk.know("ann@example.com", telegram="777", secret="kind: unsubscribe_confirmation")
    await desk.chat("stop", "777")
    await desk.deliver()
    assert desk.couriers[TELEGRAM].sent == []
    assert [draft.recipient.value for draft in await desk.drafts()] == ["777"]


async def test_a_text_that_tells_nothing_leaves(desk: TestDesk) -> None:
    desk.reader.tell("stop", RequestType.UNSUBSCRIBE)
    await desk.know("ann@example.com", telegram="777")
    await desk.chat("stop", "777")
    await desk.deliver()
    assert len(desk.couriers[TELEGRAM].sent) == 1


async def test_by_mail_the_person_may_read_their_own_data(desk: TestDesk) -> None:
    desk.reader.tell("stop", RequestType.UNSUBSCRIBE)
    await desk.know("ann@example.com", secret="kind: unsubscribe_confirmation")
    await desk.mail("stop", "ann@example.com")
    await desk.deliver()
    assert len(desk.couriers[MAIL].to("ann@example.com")) == 1
