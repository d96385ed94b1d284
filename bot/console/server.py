"""Serve the application inside our own loop; signals stay with the service."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI

from bot.core.errors import CannotListen

MOST_AT_ONCE: Final = 512
"""Connections held at once, of which 200 may be pages that listen for changes; further calls hear 503."""


class _Server(uvicorn.Server):
    """A server that leaves SIGTERM to the service's own structured shutdown."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: FastAPI, listen: str, ending: asyncio.Event | None = None) -> None:
    """Serve until cancelled; requests in hand are finished first, and `ending` tells those that last that it is time.

    `listen` is host:port. Raises CannotListen.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
        limit_concurrency=MOST_AT_ONCE,
    )
    server = _Server(config)
    with taken(listen) as door:
        serving = asyncio.create_task(server.serve([door]))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            if ending:
                ending.set()
            await serving
            raise


def taken(listen: str) -> socket.socket:
    """Take the address ourselves: uvicorn would end the whole program where it is in use."""
    host, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host.strip("[]"), int(port)), family=family, backlog=2048)
    except OSError as failure:
        raise CannotListen(listen, failure) from None
    # What is accepted there inherits it; asyncio sets it only on sockets made with a protocol number, and without it
    # the end of each answer waits 40 ms for the other side's late acknowledgement of its beginning.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door
