"""Whoever goes on in another of our languages is answered in that one."""

from bot.core.messages import Authentication
from bot.core.rights import RequestType
from tests.flow.conftest import ANN, TestDesk

R = RequestType
ASKS, ADDS = "You leaked my address.", "Je vous écris désormais en français, car l’anglais me fatigue trop."


async def complains(desk: TestDesk) -> None:
    desk.reader.tell(ASKS, R.COMPLAINT)
    await desk.mail(ASKS)


async def adds(desk: TestDesk, text: str, language: str = "fr", **changes: object) -> None:
    desk.reader.tell(text, R.COMPLAINT, language=language)
    (letter,) = [one for one in await desk.outbox() if one.recipient.value == ANN]
    await desk.mail(text, references=(letter.message_id,), **changes)


async def test_the_answer_is_drafted_in_the_language_the_person_went_on_in(desk: TestDesk) -> None:
    await complains(desk)
    await adds(desk, ADDS)
    (draft,) = await desk.drafts()
    assert draft.language == "fr"


async def test_a_word_or_two_a_foreign_language_and_a_mere_from_line_change_nothing(desk: TestDesk) -> None:
    await complains(desk)
    await adds(desk, "Merci bien !")
    await adds(desk, "Proszę odpowiedzieć mi po polsku, bo nie znam angielskiego dobrze.", language="und")
    await adds(desk, ADDS, authentication=Authentication())
    assert [draft.language for draft in await desk.drafts()] == ["en"]
