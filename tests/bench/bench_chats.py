"""How soon a chat is safe and answered: sixteen people at once over the signed webhook, until stored and until drafted.

Run `python -m tests.bench.bench_chats [URL]` from the checkout with a trained reader; without a URL it measures a
throw-away SQLite file. One process does it all, the callers included, so what it shows is an upper bound.
"""

import asyncio
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import httpx

import storage
from bot.bootstrap import Desk, open_desk
from bot.console.app import build_app
from bot.core.errors import NotFound
from bot.core.records import Disposition
from bot.core.unit import Unit
from bot.service import health, webhooks
from bot.settings import settings_from
from tests.fakes.bridge import FakeBridge
from tests.servers.web import served

AT_ONCE = 16
MESSAGES = 480
WARMING_UP = 48
LOOK_EVERY = 0.02
"""Seconds between two looks for what was drafted: so much is added to what is told at most."""

SECRET = "0123456789abcdef0123456789abcdef"
WISHES = (
    "hi, please delete my account and everything you have on me",
    "bonjour, je voudrais savoir quelles données vous avez sur moi",
    "ik wil graag een kopie van al mijn gegevens",
    "bitte keine Werbung mehr",
    "my street is misspelt, can you correct it?",
)


@dataclass
class Run:
    """What is under way: when each message was called in, and how long it took until stored and until drafted."""

    desk: Desk
    hook: str
    bridge: FakeBridge
    waiting: dict[str, tuple[float, asyncio.Event]] = field(default_factory=dict)
    stored: list[float] = field(default_factory=list)
    drafted: list[float] = field(default_factory=list)

    async def write(self, client: httpx.AsyncClient, number: int) -> None:
        """Send one message and wait until it was read and its answer drafted."""
        ident, done = f"m{number}", asyncio.Event()
        said = {"id": ident, "from": str(31_600_000_000 + number), "text": WISHES[number % len(WISHES)]}
        body, headers = self.bridge.signed({"messages": [said]})
        started = time.perf_counter()
        self.waiting[ident] = started, done
        answer = await client.post(self.hook, content=body, headers=headers)
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"the desk answers {answer.status_code}")
        self.stored.append(time.perf_counter() - started)
        await done.wait()

    async def watch(self) -> None:
        """See what was drafted meanwhile, until cancelled."""
        while True:
            names = list(self.waiting)
            for name in await self.desk.store.transact(lambda unit, names=names: list(_read(unit, names))):  # type: ignore[misc]
                started, done = self.waiting.pop(name)
                self.drafted.append(time.perf_counter() - started)
                done.set()
            await asyncio.sleep(LOOK_EVERY)


def _read(unit: Unit, names: Sequence[str]) -> Iterator[str]:
    """Yield what has a case and a draft, or was seen to need none: both are one commit."""
    for name in names:
        with suppress(NotFound):
            if unit.inbox.of_event("webhook/sms", name).disposition is not Disposition.RECEIVED:
                yield name


async def measure(run: Run, count: int, first: int) -> None:
    numbers = iter(range(first, first + count))

    async def caller() -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            for number in numbers:
                await run.write(client, number)

    await asyncio.gather(*(caller() for _ in range(AT_ONCE)))


def told(name: str, seconds: Sequence[float], most: float) -> str:
    p50, p99 = statistics.median(seconds), statistics.quantiles(seconds, n=100)[98]
    verdict = "kept" if p99 <= most else "MISSED"
    figures = f"p50 {p50 * 1000:5.0f} ms, p99 {p99 * 1000:5.0f} ms"
    return f"{name:>8}: {figures}, to be at most {most * 1000:.0f} ms: {verdict}\n"


async def main(url: str, folder: Path) -> None:
    (folder / "secret").write_text(SECRET)
    bridge = FakeBridge(SECRET)
    async with served(bridge.app) as theirs:
        entry = {"kind": "webhook", "name": "sms", "url": f"{theirs}/rights", "secret_files": ["secret"]}
        company = {"name": "Nexio", "contact": "info@example.com", "country": "NL", "timezone": "Europe/Amsterdam"}
        settings = settings_from(
            {
                "company": company | {"domains": ["example.com"]},
                "storage": {"url": url},
                "social": [entry],
                "reading": {"quiet_seconds": 0},
            },
            base=folder,
        )
        storage.migrate(settings.database_url)
        async with open_desk(settings) as desk, served(build_app(lambda: health(desk), webhooks(desk))) as ours:
            run = Run(desk, f"{ours}/webhooks/sms", bridge)
            working = [asyncio.create_task(work) for work in (desk.reading.run(), desk.delivery.run(), run.watch())]
            await measure(run, WARMING_UP, 0)
            run.stored.clear()
            run.drafted.clear()
            before, started = os.getloadavg()[0], time.perf_counter()
            await measure(run, MESSAGES, WARMING_UP)
            rate = MESSAGES / (time.perf_counter() - started)
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
    sys.stdout.write(
        f"{url.partition(':')[0]}: {MESSAGES} messages, {AT_ONCE} at once, {rate:.0f}/s, load {before:.1f}\n"
    )
    sys.stdout.write(told("stored", run.stored, 0.1) + told("drafted", run.drafted, 0.5))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        chosen = next(itertools.islice(sys.argv, 1, None), f"sqlite:///{place}/desk.db")
        asyncio.run(main(chosen, Path(place)))
