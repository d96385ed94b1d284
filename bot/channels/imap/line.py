"""A connection on a thread of its own, called from asyncio, and never left hanging when we are cancelled."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Concatenate, Final, ParamSpec, Self, TypeVar

from bot.channels.imap.connection import Connection
from bot.channels.mail_server import MailServer

P = ParamSpec("P")
T = TypeVar("T")

GRACE_SECONDS: Final = 2.0
"""How long a command in hand may take to end by itself once we are cancelled."""


class Line:
    """An open connection for the length of an `async with` block."""

    def __init__(self, name: str, server: MailServer) -> None:
        self._server = server
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"imap-{name}")
        self._connection: Connection | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._run(self._open)
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def call(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` with the connection on the thread and return its result."""
        return await self._run(lambda: work(self._opened(), *args, **kwargs))

    async def _run(self, work: Callable[[], T]) -> T:
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            if self._connection is not None:
                self._connection.wake()
                await asyncio.wait({future}, timeout=GRACE_SECONDS)
                if not future.done():
                    self._connection.abort()
            raise

    async def _leave(self) -> None:
        """Close what was opened; a connection still opening closes as soon as it is open, without us."""
        closed = asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)
        await asyncio.wait({closed}, timeout=GRACE_SECONDS)

    def _open(self) -> None:
        self._connection = Connection.open(self._server)

    def _opened(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the line is not open")
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()


async def finish(unit: Awaitable[T]) -> T:
    """Bring a unit of work to its end even when we are cancelled meanwhile; only then obey."""
    task = asyncio.ensure_future(unit)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
