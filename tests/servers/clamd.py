"""A daemon that speaks clamd's INSTREAM over TCP and knows one harmless test string."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from tests.servers.process import HOST

HARMFUL: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST: Final = 1 << 18


@asynccontextmanager
async def open_clamd() -> AsyncIterator[str]:
    """Run it, and yield where it answers."""
    server = await asyncio.start_server(_serve, HOST, 0)
    async with server:
        yield f"{HOST}:{server.sockets[0].getsockname()[1]}"


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    command = await reader.readuntil(b"\0")
    writer.write((await _said(reader) if command == b"zINSTREAM\0" else b"ClamAV 1.4.3/27800") + b"\0")
    await writer.drain()
    writer.close()


async def _said(reader: asyncio.StreamReader) -> bytes:
    data = b""
    while size := struct.unpack("!I", await reader.readexactly(4))[0]:
        data += await reader.readexactly(size)
        if len(data) > MOST:
            return b"INSTREAM size limit exceeded. ERROR"
    return b"stream: Eicar-Test-Signature FOUND" if HARMFUL in data else b"stream: OK"
