"""What a colleague filled in survives a new draft of the same case, and goes to nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.drafts import Draft, DraftKind
from bot.core.letters import Brief, Letter
from bot.core.messages import MAIL, Handle
from bot.core.rights import Entity, RequestType
from tests.fakes.ports import PlainWriter
from tests.flow.conftest import ANN, KIM, TestDesk, open_test_desk

R = RequestType


class AskingWriter(PlainWriter):
    """Leaves one fact to colleagues in each answer."""

    def compose(self, brief: Brief) -> Letter:
        letter = super().compose(brief)
        if brief.kind is not DraftKind.ANSWER:
            return letter
        body = f"{letter.body}\n\nWhat was found: ⟦what⟧\n\nKind regards"
        return Letter(letter.subject, body, letter.html, letter.template, ("⟦what⟧",))


@pytest.fixture
async def asking(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json", writer=AskingWriter()) as opened:
        yield opened


async def the_draft(desk: TestDesk) -> Draft:
    (draft,) = await desk.drafts()
    return draft


async def fill_in(desk: TestDesk) -> Draft:
    draft = await the_draft(desk)
    return await desk.approval.edit(draft.id, KIM, body=draft.body.replace("⟦what⟧", "a wrong envelope"))


async def test_a_new_message_keeps_what_was_filled_in(asking: TestDesk) -> None:
    asking.reader.tell("You leaked my address", R.COMPLAINT)
    await asking.mail("You leaked my address")
    old = await fill_in(asking)
    for _ in range(2):  # and once more, from a draft that was never edited itself
        await asking.mail("You leaked my address", references=("<0@example.com>",))
    anew = await the_draft(asking)
    assert anew.id != old.id
    assert "What was found: a wrong envelope\n" in anew.body
    assert "a wrong envelope" in anew.html
    assert (anew.open_slots, anew.approvals) == ((), ())


async def test_an_answer_to_another_address_begins_anew(asking: TestDesk) -> None:
    await asking.know(ANN)
    asking.reader.tell("You leaked it; send me all", R.COMPLAINT, R.ACCESS)
    await asking.chat("You leaked it; send me all")
    await fill_in(asking)
    asking.reader.tell(f"I am {ANN}", entities=(Entity("email", ANN, 5, 5 + len(ANN)),))
    await asking.chat(f"I am {ANN}")
    await asking.chat(await asking.code())
    anew = await the_draft(asking)
    assert anew.recipient == Handle(MAIL, ANN)
    assert anew.open_slots == ("⟦what⟧",)
