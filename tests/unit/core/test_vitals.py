"""When a way in counts as away: not for a hiccup or silence, but for trouble that lasts and for nobody watching."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.vitals import Vitals, Waiting

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WELL = Vitals("info", NOW, NOW)


@pytest.mark.parametrize(
    ("vitals", "away"),
    [
        (WELL, False),
        (replace(WELL, last_contact=NOW - timedelta(days=9)), False),  # nobody wrote for a while
        (replace(WELL, last_error="broke", last_contact=NOW - timedelta(minutes=4)), False),  # it is being mended
        (replace(WELL, last_error="broke", last_contact=NOW - timedelta(minutes=6)), True),
        (replace(WELL, last_error="broke", last_contact=None), True),
        (replace(WELL, told_at=NOW - timedelta(minutes=3)), True),  # its process is gone
    ],
)
def test_what_counts_as_away(vitals: Vitals, away: bool) -> None:
    assert vitals.is_away(NOW) is away


def test_a_mailbox_counts_the_mail_of_its_folders_and_of_no_other() -> None:
    waiting = Waiting({"info/INBOX": 2, "info/Spam": 1, "info2/INBOX": 9, "telegram": 4})
    assert (waiting.unread_of("info"), waiting.unread_of("telegram"), waiting.unread_of("sms")) == (3, 4, 0)
