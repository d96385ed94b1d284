"""A sample of the mutation campaign: every mutant is read or parked, and a stopped campaign goes on."""

from pathlib import Path

import pytest

from tests.campaigns import mutate


@pytest.mark.campaign
def test_three_hundred_mutants_are_read_or_parked(tmp_path: Path) -> None:
    tally = mutate.run(20_260, 300, tmp_path)
    assert tally["crashed"] == 0
    assert sum(tally.values()) == 300
    assert tally["read"] > 150


def test_a_campaign_goes_on_where_it_stopped(tmp_path: Path) -> None:
    mutate.run(7, 20, tmp_path)
    assert mutate.run(7, 40, tmp_path) == mutate.run(7, 40, tmp_path / ".." / tmp_path.name)
    assert sum(mutate.run(7, 40, tmp_path).values()) == 40


def test_a_crash_is_counted_and_its_bytes_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(raw: bytes) -> str:
        raise IndexError(len(raw))

    monkeypatch.setattr(mutate, "judge", judge)
    assert mutate.run(7, 2, tmp_path)["crashed"] == 2
    assert (tmp_path / "mutate-7-0.eml").read_bytes() == mutate.mutant(7, 0)
