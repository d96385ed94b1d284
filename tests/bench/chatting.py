"""The people and the platform of `bench_chats`, in a process of their own as they are in life.

Started by it with the database's URL. Says on standard output where the platform is called, hears on standard input
where the desk is called, says when it has warmed up, and ends with what it measured, all as lines of JSON.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import httpx
from sqlalchemy import Engine, bindparam, create_engine, select
from sqlmodel import col

from bot.core.records import Disposition
from storage.tables import LedgerRow, MessageRow
from tests.fakes.bridge import FakeBridge
from tests.servers.web import served

AT_ONCE: Final = 16
MESSAGES: Final = 480
WARMING_UP: Final = 48
LOOK_EVERY: Final = 0.01
"""Seconds between two looks for what was drafted: so much is added to what is told at most."""

IDLE: Final = 2.0
"""Seconds after which a line is not used again; the desk's server hangs up after five."""

SECRET: Final = "0123456789abcdef0123456789abcdef"
WISHES: Final = (
    "hi, please delete my account and everything you have on me",
    "bonjour, je voudrais savoir quelles données vous avez sur moi",
    "ik wil graag een kopie van al mijn gegevens",
    "bitte keine Werbung mehr",
    "my street is misspelt, can you correct it?",
)

_DRAFTED: Final = (  # the case and its draft are one commit with the end of reading
    select(col(LedgerRow.event))
    .join(MessageRow, col(LedgerRow.message_id) == col(MessageRow.id))
    .where(
        col(LedgerRow.source) == "webhook/sms",
        col(LedgerRow.event).in_(bindparam("names", expanding=True)),
        col(MessageRow.disposition) != Disposition.RECEIVED.value,
    )
)


@dataclass
class Run:
    """What is under way: when each message was called in, and how long it took until stored and until drafted."""

    hook: str
    bridge: FakeBridge
    database: Engine
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
        """See what was drafted meanwhile, until cancelled, reading the database from beside the desk."""
        while True:
            for name in await asyncio.to_thread(self._drafted, list(self.waiting)):
                started, done = self.waiting.pop(name)
                self.drafted.append(time.perf_counter() - started)
                done.set()
            await asyncio.sleep(LOOK_EVERY)

    async def measure(self, client: httpx.AsyncClient, numbers: Iterator[int]) -> None:
        """Let so many people write at once until all the messages were drafted."""

        async def caller() -> None:
            for number in numbers:
                await self.write(client, number)

        await asyncio.gather(*(caller() for _ in range(AT_ONCE)))

    def _drafted(self, names: Sequence[str]) -> Sequence[str]:
        with self.database.connect() as connection:
            return connection.execute(_DRAFTED, {"names": names}).scalars().all() if names else ()


def say(**words: Any) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


async def main(url: str) -> None:
    bridge = FakeBridge(SECRET)
    # One for all: to make one is 17 ms of reading certificates, in which nobody else here gets on.
    lines = httpx.AsyncClient(trust_env=False, timeout=60, limits=httpx.Limits(keepalive_expiry=IDLE))
    async with served(bridge.app) as platform, lines as client:
        say(platform=platform)
        hook = json.loads(await asyncio.to_thread(sys.stdin.readline))["hook"]
        run = Run(hook, bridge, create_engine(url))
        watching = asyncio.create_task(run.watch())
        await run.measure(client, iter(range(WARMING_UP)))
        run.stored.clear()
        run.drafted.clear()
        gc.collect()
        gc.freeze()  # a collector that stops all sixteen for 0.1 s would count as slowness of the desk
        say(warm=True)
        started = time.perf_counter()
        await run.measure(client, iter(range(WARMING_UP, WARMING_UP + MESSAGES)))
        say(seconds=time.perf_counter() - started, stored=run.stored, drafted=run.drafted)
        watching.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
