"""The way out to a chat platform: plain text, in as many messages as it takes, at the platform's pace."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self

from bot.channels.chat.pace import Pace
from bot.channels.chat.pieces import split
from bot.channels.chat.platform import Platform
from bot.core.delivery import Outgoing
from bot.core.drafts import CODE_SLOT, Choice
from bot.core.errors import PermanentFailure, TransientFailure, UncertainDelivery


class ChatCourier:
    """Sends to people of one account. An asynchronous context manager: it holds connections."""

    def __init__(self, platform: Platform, pace: Pace | None = None) -> None:
        self._platform = platform
        self._pace = pace or Pace(per_chat=platform.seconds_apart)
        self._line = platform.line()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._line)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def fetch(self, reference: str) -> bytes:
        """Fetch a file somebody sent. Raises PermanentFailure, TransientFailure."""
        return await self._platform.fetch(self._line, reference)

    async def send(self, outgoing: Outgoing) -> str:
        """Send one message and return the platform's ids of its pieces.

        Raises UncertainDelivery as soon as a piece has arrived and a later one has not.
        """
        platform, person = self._platform, outgoing.recipient.value
        if not platform.people.fullmatch(person):
            raise PermanentFailure(f"{platform.channel}: {person!r} is no id of a person there")
        if CODE_SLOT in outgoing.body:
            raise PermanentFailure("a code never goes to a chat: it would prove nothing (law.md rule 42)")

        async def post(piece: str, choices: tuple[Choice, ...]) -> str:
            await self._pace.turn(person)
            return await platform.post(self._line, replace(outgoing, choices=choices), piece)

        return await in_pieces(split(outgoing.body, platform.longest), outgoing.choices, post)


async def in_pieces(
    pieces: list[str], choices: tuple[Choice, ...], post: Callable[[str, tuple[Choice, ...]], Awaitable[str]]
) -> str:
    """Send pieces in order, what can be tapped below the last one, and return the ids they were given.

    Raises UncertainDelivery as soon as a piece has arrived and a later one has not: sent again whole, the first would
    come twice.
    """
    if not pieces:
        raise PermanentFailure("there is nothing to send: the text is empty")
    receipts: list[str] = []
    for number, piece in enumerate(pieces, 1):
        try:
            receipts.append(await post(piece, choices if number == len(pieces) else ()))
        except (TransientFailure, PermanentFailure) as failure:
            if not receipts:
                raise
            raise UncertainDelivery(f"{len(receipts)} of {len(pieces)} parts arrived, then: {failure}") from failure
    return " ".join(receipts)


async def checked(platform: Platform) -> str:
    """Return what is right with an account. Raises NotReady, or as a line does."""
    async with platform.line() as line:
        return await platform.check(line)
