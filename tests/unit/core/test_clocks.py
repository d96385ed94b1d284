"""Extension, pause, breach and the hours for reminders (Art. 12(3), 33(1); law.md rules 5, 6 and 33)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.case import ClockKind, Item, State
from bot.core.deadlines import Calendar, breach_due, extension_until, paused_due, strict_day
from bot.core.errors import NotAllowed
from bot.core.extension import Extension, ExtensionReason
from bot.core.rights import RequestType

NL = Calendar(ZoneInfo("Europe/Amsterdam"), frozenset({date(2026, 4, 6)}))
RECEIVED = datetime(2026, 1, 31, 12, tzinfo=UTC)
ACCESS = Item("i1", RequestType.ACCESS, State.REVIEW, ClockKind.STATUTORY, RECEIVED, date(2026, 2, 7), date(2026, 3, 2))
TOLD = Extension(ExtensionReason.REDACTION, date(2026, 4, 30), RECEIVED)


@pytest.mark.rule(5)
def test_rule_5_an_extension_counts_from_receipt() -> None:
    assert extension_until(ACCESS, date(2026, 2, 10), NL) == date(2026, 4, 30)


@pytest.mark.rule(5, refused=True)
@pytest.mark.parametrize(
    ("today", "allowed"), [(date(2026, 2, 28), True), (date(2026, 3, 1), False), (date(2026, 3, 2), False)]
)
def test_rule_5_the_strict_first_month_is_the_last_moment_even_when_its_end_has_moved(
    today: date, *, allowed: bool
) -> None:
    if allowed:
        assert extension_until(ACCESS, today, NL) == date(2026, 4, 30)
    else:
        with pytest.raises(NotAllowed, match="ended on 2026-02-28"):
            extension_until(ACCESS, today, NL)


@pytest.mark.rule(5, refused=True)
@pytest.mark.parametrize(
    "item",
    [
        replace(ACCESS, right=RequestType.CONSENT_WITHDRAWAL, clock=ClockKind.AT_ONCE),
        replace(ACCESS, right=RequestType.OBJECTION, clock=ClockKind.AT_ONCE, marketing=True),
        replace(ACCESS, right=RequestType.UNSUBSCRIBE, clock=ClockKind.AT_ONCE),
        replace(ACCESS, right=RequestType.COMPLAINT, clock=ClockKind.PROMISE, statutory_due=None),
        replace(ACCESS, extension=TOLD),
    ],
)
def test_rule_5_what_is_done_at_once_promised_only_or_extended_already_is_not_extended(
    item: Item,
) -> None:
    with pytest.raises(NotAllowed):
        extension_until(item, date(2026, 2, 10), NL)


def test_an_extension_moves_the_legal_day_and_the_alarms() -> None:
    assert (ACCESS.legal_due, strict_day(ACCESS, NL)) == (date(2026, 3, 2), date(2026, 2, 28))
    extended = replace(ACCESS, extension=TOLD)
    assert (extended.legal_due, strict_day(extended, NL)) == (date(2026, 4, 30), date(2026, 4, 30))


@pytest.mark.rule(6)
@pytest.mark.parametrize(
    ("asked", "proved", "shown"),
    [
        (date(2026, 2, 1), date(2026, 2, 11), date(2026, 3, 10)),  # ten days from the unmoved 28 February
        (date(2026, 2, 1), None, date(2026, 3, 16)),  # still open on 15 February: 14 days, to Saturday the 14th
        (date(2026, 2, 1), date(2026, 2, 1), None),
        (None, None, None),
        (date(2026, 2, 8), date(2026, 2, 20), None),  # asked after our own promise: with undue delay
    ],
)
def test_rule_6_the_pause_is_shown_and_never_drives_an_alarm(
    asked: date | None, proved: date | None, shown: date | None
) -> None:
    assert paused_due(ACCESS, asked, proved, date(2026, 2, 15), NL) == shown
    assert strict_day(ACCESS, NL) == date(2026, 2, 28)


@pytest.mark.rule(6, refused=True)
def test_rule_6_a_promise_never_pauses() -> None:
    complaint = replace(ACCESS, right=RequestType.COMPLAINT, clock=ClockKind.PROMISE, statutory_due=None)
    assert paused_due(complaint, date(2026, 2, 1), None, date(2026, 2, 15), NL) is None


def test_art_33_the_72_hours_run_over_the_weekend_and_the_change_of_the_clock() -> None:
    assert breach_due(datetime(2026, 3, 27, 17, tzinfo=UTC)) == datetime(2026, 3, 30, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "is_open"), [("06:59", False), ("07:00", True), ("15:59", True), ("16:00", False), ("23:30", False)]
)
def test_people_are_reminded_between_nine_and_six_by_the_companys_clock(hour: str, *, is_open: bool) -> None:
    summer = datetime.fromisoformat(f"2026-07-01T{hour}+00:00")
    assert NL.office_is_open(summer) is is_open
