"""Duties that one process at a time has: an advisory lock on PostgreSQL, a locked file beside an SQLite database."""

import asyncio
import fcntl
import hashlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy.engine import URL, make_url

from bot.core.errors import StorageUnavailable
from bot.core.ports import Duties
from storage.engine import SQLITE, direct_address

LOOK_AGAIN_SECONDS: Final = 1.0
"""How often whoever waits asks for the duty, and whoever has it makes sure of it."""

_ANSWER_SECONDS: Final = 5.0
_SERVER_NOTICES: Final = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
"""When a machine vanishes, its holder knows within six seconds and the server after 25: never two at once."""

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


def open_duties(url: str) -> Duties:
    """Return the duties of all processes that share this database."""
    parsed = make_url(url)
    return FileDuties(Path(str(parsed.database))) if parsed.get_backend_name() == SQLITE else ServerDuties(parsed)


class FileDuties:
    """The processes of one machine, with a file for each duty; the system unlocks it when its holder dies."""

    def __init__(self, database: Path) -> None:
        self._database = database

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[Awaitable[None]]:
        """Wait until no other process has the duty, and have it for the block; it can't be lost."""
        try:
            file = self._database.with_name(f"{self._database.name}.{abs(_number(name)):x}.duty").open("ab")
        except OSError as failure:
            raise StorageUnavailable(f"{failure.filename} can't be opened ({failure.strerror})") from None
        with file:  # closing it gives the duty back
            while not _locked(file.fileno()):  # noqa: ASYNC110 - the other side is another process
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            yield asyncio.get_running_loop().create_future()


class ServerDuties:
    """Any number of processes on any machines; each duty held is a session of its own, and ends with it."""

    def __init__(self, url: URL) -> None:
        self._url = url

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[Awaitable[None]]:
        """Wait until no other process has the duty, and have it for the block or until the session is lost."""
        connection = await self._taken(_number(name))
        watching = asyncio.create_task(_until_lost(connection))
        try:
            yield watching
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            await connection.close()

    async def _taken(self, key: int) -> Connection:
        address, arguments = direct_address(self._url)
        try:
            connection = await psycopg.AsyncConnection.connect(
                address, autocommit=True, **{"options": _SERVER_NOTICES, **arguments}
            )
            try:
                while not await _has(connection, key):  # noqa: ASYNC110 - the other side is another process
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
            except BaseException:
                await connection.close()
                raise
        except (psycopg.Error, TimeoutError):
            raise StorageUnavailable("the database is away") from None
        return connection


async def _has(connection: Connection, key: int) -> bool:
    async with asyncio.timeout(_ANSWER_SECONDS):
        answer = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (key,))).fetchone()
    return bool(answer and answer[0])


async def _until_lost(connection: Connection) -> None:
    """Return when the session that holds the lock does not answer any more."""
    with suppress(psycopg.Error, TimeoutError):
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            async with asyncio.timeout(_ANSWER_SECONDS):
                await connection.execute("SELECT 1")


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _number(name: str) -> int:
    """Return a duty's number: advisory locks have 64 signed bits, in each database apart."""
    return int.from_bytes(hashlib.sha256(f"nexio-intake {name}".encode()).digest()[:8], signed=True)
