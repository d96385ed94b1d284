"""The store: units of work in, durable outcomes out, whichever database is behind it."""

import asyncio
from types import TracebackType
from typing import Self, TypeVar

from storage.bell import Bell
from storage.job import Runner, Work
from storage.postgres_bell import PostgresBell

T = TypeVar("T")


class SqlStore:
    """Runs units of work on the runner's threads and wakes whoever waits for what they committed."""

    def __init__(self, runner: Runner, bell: Bell, far_bell: PostgresBell | None = None) -> None:
        self._runner = runner
        self._bell = bell
        self._far_bell = far_bell

    async def transact(self, work: Work[T], *, ahead: bool = False) -> T:
        """Run `work` in one transaction and return its result once that is durable; `ahead` of others that wait.

        Leaving early (cancellation) changes nothing about the work: not begun, it never runs; begun, it commits whole.
        """
        return await asyncio.wrap_future(self._runner.submit(work, ahead=ahead))

    async def wait(self, topic: str, timeout: float) -> None:  # noqa: ASYNC109 - the port's own patience, in seconds
        """Return when somebody committed work for a topic (inbox, outbox …), or after `timeout` seconds.

        On SQLite the work of another process is found by the timeout alone.
        """
        if self._far_bell is not None:
            self._far_bell.start()
        await self._bell.listen(topic, timeout)

    async def close(self) -> None:
        """Finish the units in hand and let the database go."""
        await asyncio.to_thread(self._runner.close)
        if self._far_bell is not None:
            await asyncio.to_thread(self._far_bell.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
