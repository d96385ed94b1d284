"""When we may write to somebody on Meta's platforms (law.md rule 43)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.window import EARLIEST_LAST_WORD, FREE, Passage, Window

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY, WEEK = timedelta(hours=24), timedelta(days=7)


@pytest.mark.rule(43)
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


@pytest.mark.parametrize(
    ("heard", "last_word"),
    [
        ("2026-03-05 14:00", "2026-03-06 12:00"),
        ("2026-03-05 10:00", "2026-03-06 08:00"),
        ("2026-03-05 09:30", "2026-03-05 20:00"),
        ("2026-03-05 23:15", "2026-03-06 20:00"),
        ("2026-03-06 03:10", "2026-03-06 20:00"),
        ("2026-03-28 09:00", "2026-03-29 08:00"),
    ],
)
def test_the_last_word_comes_in_time_and_never_at_night(heard: str, last_word: str) -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    at = datetime.fromisoformat(heard).replace(tzinfo=zone).astimezone(UTC)
    window = Window(at)
    assert f"{window.last_word_at(zone):%Y-%m-%d %H:%M}" == last_word
    assert EARLIEST_LAST_WORD <= window.last_word_at(zone) - at < FREE
