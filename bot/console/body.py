"""What a caller sends, read within limits: nobody fills our memory, and a slow one holds no connection for long."""

import asyncio
from http import HTTPStatus
from typing import Final

from fastapi import Request

PATIENCE: Final = 10.0
"""Seconds a caller may take to send a body."""


async def body_of(
    request: Request, most: int, patience: float | None = None, came: bytearray | None = None
) -> bytes | HTTPStatus:
    """Return the body as it came, of `most` bytes and within `patience` seconds, or why it was not waited for.

    `came` has then what came until then.
    """
    body = bytearray() if came is None else came
    try:
        async with asyncio.timeout(PATIENCE if patience is None else patience):
            async for piece in request.stream():
                body += piece
                if len(body) > most:
                    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    except TimeoutError:
        return HTTPStatus.REQUEST_TIMEOUT
    return bytes(body)
