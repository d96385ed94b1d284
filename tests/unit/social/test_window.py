"""When we may write to somebody on Meta's platforms (law.md rule 43)."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.window import Passage, Window

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY, WEEK = timedelta(hours=24), timedelta(days=7)


@pytest.mark.parametrize(
    ("later", "bot", "colleague"),
    [
        (timedelta(0), Passage.FREELY, Passage.FREELY),
        (DAY - SECOND, Passage.FREELY, Passage.FREELY),
        (DAY, Passage.NOT, Passage.AS_A_COLLEAGUE),
        (WEEK - SECOND, Passage.NOT, Passage.AS_A_COLLEAGUE),
        (WEEK, Passage.NOT, Passage.NOT),
    ],
)
def test_a_bot_has_a_day_and_a_colleague_a_week(later: timedelta, bot: Passage, colleague: Passage) -> None:
    window = Window(NOON)
    assert window.passage(NOON + later, by_colleague=False) is bot
    assert window.passage(NOON + later, by_colleague=True) is colleague
