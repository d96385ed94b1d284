"""Serve the application inside our own loop; signals stay with the service."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


class _Server(uvicorn.Server):
    """A server that leaves SIGTERM to the service's own structured shutdown."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: FastAPI, listen: str) -> None:
    """Serve until cancelled; requests in hand are finished first. `listen` is host:port."""
    host, _, port = listen.rpartition(":")
    config = uvicorn.Config(
        app, host=host, port=int(port), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
