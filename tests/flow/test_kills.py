"""A sample of the kill campaign: SIGKILL at checkpoints spread over the whole street, on both databases."""

import pytest

from tests.campaigns.kills import checkpoints, kill_once
from tests.servers.postgres import Postgres

SAMPLES = 8


@pytest.mark.campaign
def test_a_desk_killed_anywhere_on_sqlite_loses_and_doubles_nothing() -> None:
    last = checkpoints(None)
    points = range(1, last, last // SAMPLES)
    assert [kill_once(None, point) for point in points] == [[]] * len(points)


@pytest.mark.campaign
def test_a_desk_killed_anywhere_on_postgresql_loses_and_doubles_nothing(postgres: Postgres) -> None:
    last = checkpoints(postgres)
    points = range(last // SAMPLES // 2, last, last // SAMPLES)
    assert [kill_once(postgres, point) for point in points] == [[]] * len(points)
