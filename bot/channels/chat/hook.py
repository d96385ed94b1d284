"""Answering a platform's calls: origin first, then the whole batch durable, and only then 200."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final, Protocol

from bot.channels.chat.health import ChatHealth
from bot.core.calls import JSON, Call, CallAnswer, Webhook
from bot.core.errors import StorageUnavailable
from bot.core.messages import Inbound
from bot.core.ports import Accept, Clock

MOST_BYTES: Final = 1024 * 1024
"""No honest call comes near this: media come by reference."""

PATIENCE: Final = 4.0
"""Seconds our storage may take: the least patient platform waits five, and repeats what it got no answer to."""

log = logging.getLogger(__name__)


class Caller(Protocol):
    """What is particular about one platform's calls."""

    def admits(self, call: Call, now: datetime) -> bool:
        """Say whether the call shows the proof of its origin."""

    def challenge(self, call: Call) -> str | None:
        """Return the word a GET asks to hear, which shows that the address is ours; None refuses."""

    def arrivals(self, body: bytes, now: datetime) -> Sequence[Inbound]:
        """Return what is to be kept of one call; what nobody can read is kept whole, for the parser to park."""

    def owed(self, body: bytes) -> str:
        """Return the JSON that a call is answered with once it is stored; empty for none."""


def hook(caller: Caller, health: ChatHealth, clock: Clock, accept: Accept) -> Webhook:
    """Return the handler of one platform's calls.

    A platform repeats a call until it hears 2xx, and switches off an address that fails for long. So only what may
    succeed later is answered otherwise: 503 while our storage is away. A repeated call is known to the ledger.
    """

    async def answer(call: Call) -> CallAnswer:
        if call.method == "GET":
            word = caller.challenge(call)
            return CallAnswer(HTTPStatus.FORBIDDEN) if word is None else CallAnswer(HTTPStatus.OK, word)
        now = clock.now()
        if not caller.admits(call, now):
            health.refused += 1
            return CallAnswer(HTTPStatus.FORBIDDEN)
        if len(call.body) > MOST_BYTES:
            return CallAnswer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if batch := caller.arrivals(call.body, now):
            trouble = await _store(accept, batch)
            if trouble:
                health.ill(trouble)
                return CallAnswer(HTTPStatus.SERVICE_UNAVAILABLE)
        health.well(now)
        owed = caller.owed(call.body)
        return CallAnswer(HTTPStatus.OK, owed, JSON) if owed else CallAnswer(HTTPStatus.OK)

    return answer


async def _store(accept: Accept, batch: Sequence[Inbound]) -> str:
    """Return why a batch is not ours yet, empty once it is durable."""
    try:
        async with asyncio.timeout(PATIENCE):
            await accept(batch)
    except (StorageUnavailable, TimeoutError):
        return "our storage can't take messages now"
    except Exception as failure:  # noqa: BLE001 - whatever it is, the platform still has the messages and calls again
        log.error("a call was not stored: %s", type(failure).__name__)  # noqa: TRY400 - its words may be a person's
        return f"an error of our own ({type(failure).__name__}); the log has it"
    return ""
