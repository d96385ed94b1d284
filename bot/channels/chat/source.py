"""A platform that calls us, as a way in; and the reader of what it left."""

import asyncio
from collections.abc import Mapping

from pydantic import ValidationError

from bot.channels.chat.health import ChatHealth
from bot.channels.chat.hook import MOST_BYTES, hook
from bot.channels.chat.platform import Platform
from bot.core.calls import Webhook
from bot.core.errors import Unparsable
from bot.core.messages import Inbound, Message
from bot.core.ports import Accept, Clock


def webhook_path(channel: str) -> str:
    """Return where a channel's platform calls us, below `company.public_url`."""
    return f"/webhooks/{channel}"


class ChatSource:
    """Takes the calls of one account; `health` tells how that goes."""

    one_at_a_time = False  # whichever process is called takes the call

    def __init__(self, platform: Platform, clock: Clock) -> None:
        self.name = platform.source
        self.health = ChatHealth()
        self._platform = platform
        self._clock = clock

    def webhooks(self, accept: Accept) -> Mapping[str, Webhook]:
        """Return what answers the platform's calls, by path."""
        return {webhook_path(self._platform.channel): hook(self._platform, self.health, self._clock, accept)}

    async def run(self, accept: Accept) -> None:  # noqa: ARG002 - everything comes by webhook
        """Wait until cancelled: there is nothing to fetch."""
        await asyncio.Event().wait()


class ChatParser:
    """Reads what one account's calls told. Small and bounded as that is, it needs no process that can be killed."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def parse(self, inbound: Inbound) -> Message:
        """Raises Unparsable, and nothing else, for whatever is not as the platform writes it."""
        if inbound.size > MOST_BYTES:
            raise Unparsable(f"a call of {inbound.size} bytes; honest ones are far smaller")
        try:
            return self._platform.read(b"".join(inbound.raw))
        except ValidationError as misfit:
            places = sorted({".".join(map(str, error["loc"])) or "the whole" for error in misfit.errors()})
            raise Unparsable(f"not as {self._platform.channel} writes it: {', '.join(places)[:200]}") from None
