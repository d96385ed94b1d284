"""A sample of the soak campaign."""

from pathlib import Path

import pytest

from tests.campaigns.soak import run


@pytest.mark.campaign
def test_three_hundred_mails_leave_nothing_behind(tmp_path: Path) -> None:
    tally = run(1, 300, tmp_path)
    assert (tally["lost"], tally["failed"], tally["parked"]) == (0, 0, 0)
