"""SIGKILL at any moment: what was acknowledged is there, and nothing is there by half."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import storage
from bot.core.unit import Unit
from storage import open_store
from tests.storage.insider import run

KILLS = 5
ROOT = Path(storage.__file__).parents[1]


@pytest.mark.campaign
async def test_a_killed_process_loses_nothing_it_acknowledged(store_url: str, keys_path: Path) -> None:
    chance = random.Random(7)  # the same kills every time
    acknowledged = []
    for kill in range(KILLS):
        acknowledged += _run_and_kill(store_url, keys_path, f"run{kill}", chance.uniform(0.02, 0.25))
    assert acknowledged

    events = {str(row[0]) for row in run(store_url, "SELECT event FROM ledger")}
    assert set(acknowledged) <= events
    for table, column in (("messages", "id"), ("part_keys", "part_id"), ("part_chunks", "part_id")):
        assert run(store_url, f"SELECT count(DISTINCT {column}) FROM {table}") == [(len(events),)]
    for table, column in (("cases", "id"), ("drafts", "case_id"), ("audit_heads", "case_id")):
        assert {row[0] for row in run(store_url, f"SELECT {column} FROM {table}")} == events

    async with open_store(store_url, keys_path) as store:

        def open_all(unit: Unit) -> None:
            for name in events:
                assert unit.cases.get(name).reference == f"NX-{name}"
                assert unit.drafts.get(name).case_id == name

        await store.transact(open_all)
        assert await store.transact(lambda unit: unit.audit.verify()) == []


def _run_and_kill(url: str, keys: Path, name: str, seconds: float) -> list[str]:
    """Run the process, kill it so long after its first acknowledgement, and return what it acknowledged."""
    command = [sys.executable, "-m", "tests.storage.doomed", url, str(keys), name]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, "the process ended before its first unit"
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
    lines = (first + rest).splitlines(keepends=True)
    return [line.strip() for line in lines if line.endswith("\n")]
