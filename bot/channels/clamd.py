"""Asking ClamAV's daemon whether a file holds something known to do harm (clamd(8), INSTREAM)."""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import chain
from typing import Final

from bot.core.errors import NotAllowed, TransientFailure

PATIENCE: Final = 60.0
"""Seconds one file may take."""
_CHUNK: Final = 1 << 16

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Clamd:
    """Implements the core's `Scanner`; `address` is host:port, or the path of a socket."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def require_clean(self, name: str, data: bytes) -> None:
        """Say nothing where nothing was found. Raises NotAllowed, TransientFailure."""
        said = await self._ask(b"zINSTREAM\0", _streamed(data))
        if said.endswith(" FOUND"):
            found = said.removeprefix("stream: ").removesuffix(" FOUND")
            raise NotAllowed(f"the virus scanner found {found} in {name}: it is not handed out")
        if said != "stream: OK":
            raise TransientFailure(f"the virus scanner could not look into {name} ({said}): it is not handed out")

    async def version(self) -> str:
        """Return what answers. Raises TransientFailure."""
        return await self._ask(b"zVERSION\0")

    async def _ask(self, command: bytes, pieces: Iterable[bytes] = ()) -> str:
        try:
            async with asyncio.timeout(PATIENCE), self._line() as (reader, writer):
                with suppress(ConnectionError):  # it says that a file is too large, and hangs up
                    for piece in chain((command,), pieces):
                        writer.write(piece)
                        await writer.drain()
                answer = await reader.read(_CHUNK)
        except (OSError, TimeoutError) as failure:
            raise TransientFailure(f"the virus scanner does not answer at {self._address}") from failure
        if not answer:
            raise TransientFailure(f"the virus scanner at {self._address} hung up")
        return answer.decode("utf-8", "replace").rstrip("\0\n")

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        if "/" in self._address:
            reader, writer = await asyncio.open_unix_connection(self._address)
        else:
            host, _, port = self._address.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield reader, writer
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def _streamed(data: bytes) -> Iterator[bytes]:
    """Yield data in chunks, each behind its length, an empty one at the end."""
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        yield struct.pack("!I", len(chunk)) + chunk
    yield struct.pack("!I", 0)
