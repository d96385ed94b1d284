"""A worker that outlives whatever one round of its work does: it is told, it waits, it goes on."""

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

from bot.core.errors import StorageUnavailable

T = TypeVar("T")

AFTER_A_FAILURE: Final = 5.0
"""Seconds between a round that failed and the next."""

log = logging.getLogger(__name__)


async def work_steadily(
    name: str, round_of_work: Callable[[], Coroutine[Any, Any, int]], rest: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Work until cancelled, and rest when there was nothing to do; a round in hand is finished before the end."""
    while True:
        try:
            worked = await uninterrupted(round_of_work())
        except StorageUnavailable as away:
            log.warning("%s pauses: %s", name, away)
            worked = 0
            await asyncio.sleep(AFTER_A_FAILURE)
        except Exception as failure:  # noqa: BLE001 - one bad round must not end the service; it is told and tried again
            log.error("%s failed: %s", name, place_of(failure))  # noqa: TRY400 - a traceback could quote a message
            worked = 0
            await asyncio.sleep(AFTER_A_FAILURE)
        if not worked:
            await rest()


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end even when the caller is cancelled meanwhile; then let the cancellation through."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def place_of(failure: BaseException) -> str:
    """Name a failure by its kind and place; its text may quote a message."""
    steps = traceback.extract_tb(failure.__traceback__)
    place = f" at {Path(steps[-1].filename).name}:{steps[-1].lineno}" if steps else ""
    return type(failure).__name__ + place
