"""`/health` is not well while a mailbox is away, whichever process watches it; `/alive` only says that one answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import storage
from bot.bootstrap import Desk, open_desk
from bot.console.app import build_app
from bot.health import health
from bot.settings import settings_from
from tests.fakes.ports import CountedEntropy, ToldReader, TurnedClock
from tests.servers.process import HOST, free_ports
from tests.servers.web import served as on_the_web


@asynccontextmanager
async def open_mailbox(folder: Path, port: int, clock: TurnedClock) -> AsyncIterator[Desk]:
    (folder / "imap").write_text("secret")
    mailbox = {"name": "info", "host": HOST, "port": port, "tls": "none", "user": "info", "password_file": "imap"}
    settings = settings_from(
        {
            "company": {
                "name": "Nexio Projects", "contact": "info@nexioprojects.com", "country": "NL",
                "timezone": "Europe/Amsterdam", "domains": ["nexioprojects.com"],
            },
            "storage": {"url": f"sqlite:///{folder / 'desk.db'}"},
            "mailbox": [mailbox],
        },
        base=folder,
    )  # fmt: skip
    storage.migrate(settings.database_url)
    async with open_desk(settings, clock=clock, entropy=CountedEntropy(), reader=ToldReader()) as desk:
        yield desk


async def asked(desk: Desk) -> tuple[int, dict[str, Any], int]:
    """Return what a monitor gets: the code and words of /health, the code of /alive."""
    async with on_the_web(build_app(lambda: health(desk), {})) as url, httpx.AsyncClient(base_url=url) as http:
        report = await http.get("/health")
        return report.status_code, report.json(), (await http.get("/alive")).status_code


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


async def test_a_mailbox_that_is_away_is_told_and_by_every_process(tmp_path: Path, clock: TurnedClock) -> None:
    (nobody,) = free_ports(1)
    async with AsyncExitStack() as stack:
        watching, other = [await stack.enter_async_context(open_mailbox(tmp_path, nobody, clock)) for _ in range(2)]
        (source,) = watching.sources
        work = asyncio.create_task(watching.pulse.beside(source, source.run(watching.intake.accept)))
        async with asyncio.timeout(10):
            while not (await asked(other))[1]["channels"]["info"]["last_error"]:
                await watching.pulse.store.transact(lambda unit: unit.pulses.put(watching.pulse.of(source)))
        for desk in (watching, other):
            code, report, alive = await asked(desk)
            assert (code, report["ok"], report["away"], alive) == (503, False, ["info"], 200)
            assert report["channels"]["info"]["last_error"] == "nobody answers on this host and port"
            assert await desk.pulse.away(desk.sources) == ["info"]
        work.cancel()
        await asyncio.wait([work])


async def test_a_mailbox_nobody_watches_is_told_after_two_minutes(tmp_path: Path, clock: TurnedClock) -> None:
    async with open_mailbox(tmp_path, 9, clock) as desk:
        assert (await asked(desk))[0] == 200
        clock.turn(minutes=3)
        code, report, alive = await asked(desk)
        assert (code, report["away"], alive) == (503, ["info"], 200)
        assert report["channels"]["info"]["unwatched"]
