"""SIGKILL at every checkpoint, on both databases: nothing lost, nothing doubled, no answer sent twice."""

import asyncio
import json
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import storage
from bot.core.delivery import DeliveryState
from bot.core.drafts import Role
from bot.core.records import Disposition
from bot.core.unit import Unit
from tests.campaigns.doomed_desk import CASES, MAILS
from tests.flow.conftest import KIM, LEE
from tests.servers.postgres import Postgres
from tests.work import each

AFTER_THE_LEASES = 600.0
ROOT = Path(__file__).parents[2]


def run(seed: int, count: int, state_dir: Path) -> Mapping[str, int]:
    """Kill `count` desks at random checkpoints, half on SQLite and half on PostgreSQL; goes on where it was stopped."""
    progress = state_dir / f"kills-{seed}.json"
    tally = Counter(json.loads(progress.read_text()) if progress.exists() else {})
    with Postgres(durable=True) as postgres:
        chances = {"sqlite": checkpoints(None), "postgresql": checkpoints(postgres)}
        while tally["killed"] < count:
            engine = "sqlite" if tally["killed"] % 2 else "postgresql"
            dice = random.Random(f"{seed}-{tally['killed']}")
            problems = kill_once(postgres if engine == "postgresql" else None, dice.randint(1, chances[engine]))
            tally["killed"] += 1
            tally["failed"] += bool(problems)
            for problem in problems:
                (state_dir / f"kills-{seed}.log").open("a").write(f"{tally['killed']} {engine}: {problem}\n")
            progress.write_text(json.dumps(tally))
    return tally


def checkpoints(postgres: Postgres | None) -> int:
    """Run one desk to its end and return how many checkpoints it passed."""
    with desk_folder(postgres) as (folder, url):
        assert desk(folder, url, kill_at=0) == 0
        return int((folder / "checkpoints").read_text())


def kill_once(postgres: Postgres | None, kill_at: int) -> list[str]:
    """Kill a fresh desk at one checkpoint, let it recover, and say what is wrong then."""
    with desk_folder(postgres) as (folder, url):
        if (code := desk(folder, url, kill_at)) not in {-signal.SIGKILL, 0}:
            return [f"checkpoint {kill_at}: the desk ended by itself with {code}"]
        if (code := desk(folder, url, kill_at=0, ahead=AFTER_THE_LEASES)) != 0:
            return [f"checkpoint {kill_at}: the desk did not recover, exit code {code}"]
        return [f"checkpoint {kill_at}: {problem}" for problem in asyncio.run(problems_of(folder, url))]


@contextmanager
def desk_folder(postgres: Postgres | None) -> Iterator[tuple[Path, str]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = postgres.create_database() if postgres else f"sqlite:///{folder}/intake.db"
        storage.migrate(url)
        asyncio.run(employ(url, folder))
        yield folder, url
        if postgres:
            postgres.drop_database(url)


async def employ(url: str, folder: Path) -> None:
    async with storage.open_store(url, folder / "keys.json") as store:
        await store.transact(each((KIM, LEE), lambda unit, one: unit.staff.add(one, Role.DPO)))


def desk(folder: Path, url: str, kill_at: int, ahead: float = 0.0) -> int:
    job = folder / "job.json"
    job.write_text(json.dumps({"folder": str(folder), "url": url, "kill_at": kill_at, "ahead": ahead}))
    command = [sys.executable, "-m", "tests.campaigns.doomed_desk", str(job)]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=120).returncode


async def problems_of(folder: Path, url: str) -> list[str]:
    """Say what a person would notice: a mail nobody answers, a second case, a second letter."""
    sent = [json.loads(line) for line in (folder / "sent.jsonl").read_text().splitlines()]
    handed = [line for line in sent if line["case"]]
    async with storage.open_store(url, folder / "keys.json") as store:

        def look(unit: Unit) -> list[str]:
            cases = unit.cases.listed(limit=100)
            states = Counter(one.state for one in unit.outbox.listed(limit=100) if one.case_id)
            seen = sum(len(unit.inbox.listed(kind, limit=100)) for kind in (Disposition.CASE, Disposition.OTHER))
            answers = Counter(line["id"] for line in handed if line["kind"] == "answer")
            firsts: dict[tuple[str, str], set[str]] = {}
            for line in handed:
                firsts.setdefault((line["case"], line["kind"]), set()).add(line["id"])
            return [
                *([] if len(cases) == CASES else [f"{len(cases)} cases instead of {CASES}"]),
                *([] if seen == len(MAILS) else [f"{seen} mails accounted for instead of {len(MAILS)}"]),
                *(f"answer {ident} was sent {times} times" for ident, times in answers.items() if times > 1),
                *(f"{kind} was written {len(ids)} times" for (_, kind), ids in firsts.items() if len(ids) > 1),
                *(["a message was left in sending"] if states[DeliveryState.SENDING] else []),
                *(["a message was left in the queue"] if states[DeliveryState.QUEUED] else []),
                *(
                    []
                    if {line["case"] for line in handed} == {case.id for case in cases}
                    else ["somebody got no reply"]
                ),
                *unit.audit.verify(),
            ]

        return await store.transact(look)
