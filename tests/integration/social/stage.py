"""The whole desk between a platform's calls and its API: real HTTP, a real database, a told reader."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import storage
from bot.bootstrap import Desk, open_desk
from bot.console.app import build_app
from bot.core.case import Case
from bot.core.delivery import Outgoing
from bot.core.drafts import Role
from bot.core.records import Disposition, Kept
from bot.health import health
from bot.service import webhooks
from bot.settings import settings_from
from tests.fakes.ports import CountedEntropy, ToldReader
from tests.servers.web import served
from tests.work import each

KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"
SECRET = "0123456789abcdef0123456789abcdef"


class Calendar:
    """The real time, moved on where a test says so."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Stage:
    """A running desk: where platforms call it, and what it made of that."""

    desk: Desk
    url: str
    reader: ToldReader
    clock: Calendar

    async def work(self) -> None:
        """Read what arrived and send what is due."""
        while await self.desk.reading.read_batch():
            pass
        while await self.desk.copying.copy_batch():
            pass
        while await self.desk.delivery.deliver_batch():
            pass

    async def copy(self, message: str, part: int = 1) -> bytes | None:
        """Return the sealed copy of a file."""
        return await self.desk.store.transact(lambda unit: unit.copies.content(message, part))

    async def let_leave(self) -> None:
        """Let the time go by in which an approval can be taken back, and work on."""
        self.clock.ahead += self.desk.house.undo
        await self.work()

    async def kept(self, disposition: Disposition) -> Sequence[Kept]:
        return await self.desk.store.transact(lambda unit: unit.inbox.listed(disposition))

    async def cases(self) -> Sequence[Case]:
        return await self.desk.store.transact(lambda unit: unit.cases.listed())

    async def outbox(self) -> list[Outgoing]:
        """Return what was ever to leave in a case, oldest first."""
        listed = await self.desk.store.transact(lambda unit: unit.outbox.listed(limit=200))
        return [one for one in reversed(listed) if one.case_id]

    async def history(self, case: Case) -> list[str]:
        return [row.event for row in await self.desk.store.transact(lambda unit: unit.audit.chain(case.id))]


@asynccontextmanager
async def on_stage(folder: Path, *social: dict[str, Any], quiet: int = 0, **secrets: str) -> AsyncIterator[Stage]:
    """Open a desk with these accounts; `secrets` are files beside the settings."""
    for name, secret in {"secret": SECRET, **secrets}.items():
        (folder / name).write_text(f"{secret}\n")
    settings = settings_from(
        {
            "company": {
                "name": "Nexio Projects",
                "contact": "info@nexioprojects.com",
                "country": "NL",
                "timezone": "Europe/Amsterdam",
                "domains": ["nexioprojects.com"],
                "public_url": "https://rights.nexioprojects.com",
            },
            "storage": {"url": f"sqlite:///{folder / 'desk.db'}"},
            "social": list(social),
            "reading": {"quiet_seconds": quiet},
        },
        base=folder,
    )
    storage.migrate(settings.database_url)
    clock, reader = Calendar(), ToldReader()
    async with open_desk(settings, clock=clock, entropy=CountedEntropy(), reader=reader) as desk:
        roles = [(colleague, role) for colleague in (KIM, LEE) for role in (Role.APPROVER, Role.DPO)]
        await desk.store.transact(each(roles, lambda unit, given: unit.staff.add(*given)))
        async with served(build_app(lambda: health(desk), webhooks(desk))) as url:
            yield Stage(desk, url, reader, clock)


def at_chatwoot(base: str) -> dict[str, Any]:
    """Return the settings of one Chatwoot account whose server is at an address."""
    account = {"url": base, "account": "3", "token_file": "token", "secret_files": ["secret"]}
    return {"kind": "chatwoot", "name": "chatwoot"} | account
