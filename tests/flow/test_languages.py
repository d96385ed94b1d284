"""Whoever goes on in another of our languages is answered in that one."""

from datetime import date
from typing import Any, Unpack

import pytest

from bot.core.case import State
from bot.core.delivery import DeliveryState
from bot.core.drafts import DraftKind
from bot.core.messages import Authentication
from bot.core.rights import RequestType
from tests.fakes.said import MessageFields
from tests.flow.conftest import ANN, TestDesk

R = RequestType
POLISH = "Proszę o usunięcie moich danych osobowych z państwa bazy."
FORGED = Authentication()  # as our own domain without any proof
ASKS, ADDS = "You leaked my address.", "Je vous écris désormais en français, car l’anglais me fatigue trop."


async def complains(desk: TestDesk) -> None:
    desk.reader.tell(ASKS, R.COMPLAINT)
    await desk.mail(ASKS)


async def adds(desk: TestDesk, text: str, read_as: str = "fr", **changes: Unpack[MessageFields]) -> None:
    desk.reader.tell(text, R.COMPLAINT, language=read_as)
    (letter,) = [one for one in await desk.outbox() if one.recipient.value == ANN]
    await desk.mail(text, **(changes | {"references": (letter.message_id,)}))


@pytest.mark.rule(18)
async def test_the_answer_is_drafted_in_the_language_the_person_went_on_in(desk: TestDesk) -> None:
    await complains(desk)
    await adds(desk, ADDS)
    (draft,) = await desk.drafts()
    assert draft.language == "fr"


async def test_a_word_or_two_a_foreign_language_and_a_mere_from_line_change_nothing(desk: TestDesk) -> None:
    await complains(desk)
    await adds(desk, "Merci bien !")
    await adds(desk, "Proszę odpowiedzieć mi po polsku, bo nie znam angielskiego dobrze.", read_as="und")
    await adds(desk, ADDS, authentication=Authentication())
    assert [draft.language for draft in await desk.drafts()] == ["en"]


@pytest.mark.rule(18)
async def test_who_writes_in_another_language_hears_that_a_person_reads_it_and_the_clock_runs(desk: TestDesk) -> None:
    desk.reader.tell(POLISH, R.ERASURE, language="und", abstain=True, any_right=0.9)
    await desk.mail(POLISH)
    await desk.deliver()
    (letter,) = await desk.outbox()
    assert (letter.kind, letter.state) == (DraftKind.HOLDING, DeliveryState.SENT)
    (item,) = (await desk.case()).items
    assert (item.state, item.doubtful, item.statutory_due) == (State.REVIEW, True, date(2026, 4, 2))


@pytest.mark.rule(18, refused=True)
@pytest.mark.parametrize("changes", [{"automatic": "auto-submitted"}, {"authentication": FORGED}])
async def test_neither_a_machine_nor_a_forger_gets_a_holding_letter(desk: TestDesk, changes: dict[str, Any]) -> None:
    desk.reader.tell(POLISH, R.ERASURE, language="und", abstain=True, any_right=0.9)
    await desk.mail(POLISH, sender="kim@nexioprojects.com" if "authentication" in changes else ANN, **changes)
    assert await desk.outbox() == []
