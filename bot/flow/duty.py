"""What only one process at a time may do, by whoever has the duty: another takes over when its holder is gone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from bot.core.errors import StorageUnavailable
from bot.core.ports import Duties

TRY_AGAIN_SECONDS: Final = 2.0

log = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]


async def on_duty(duties: Duties, name: str, work: Work) -> None:
    """Do `work` as long as this process has the duty, and wait for it as long as another has; until cancelled.

    Whoever loses the duty ends its work first, as if cancelled, and then waits for its turn. What `work` raises comes
    through.
    """
    while True:
        try:
            async with duties.take(name) as lost:
                log.info("%s: on duty", name)
                if await _ended_before(work, lost):
                    return
                log.warning("%s: the duty was lost; waiting for it again", name)
        except StorageUnavailable as away:
            log.warning("%s waits: %s", name, away)
            await asyncio.sleep(TRY_AGAIN_SECONDS)


async def _ended_before(work: Work, lost: Awaitable[None]) -> bool:
    """Run `work` until it ends (True) or the duty is lost (False)."""
    working, losing = asyncio.ensure_future(work()), asyncio.ensure_future(lost)
    try:
        await asyncio.wait((working, losing), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
            return True
        return False
    finally:
        working.cancel()
        losing.cancel()
        await asyncio.wait((working, losing))
