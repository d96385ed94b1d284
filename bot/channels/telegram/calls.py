"""What Telegram calls us with: one update, and the secret we told it."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.channels.telegram.courtesy import courtesy_for
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.updates import arrival
from bot.core.calls import Call
from bot.core.messages import Inbound

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name


@dataclass(frozen=True, slots=True)
class TelegramCalls:
    """The calls of one bot."""

    options: TelegramOptions

    def admits(self, call: Call, now: datetime) -> bool:  # noqa: ARG002 - Telegram's proof has no time
        """Compare the secret in constant time."""
        secret = self.options.secret
        return bool(secret) and hmac.compare_digest(
            call.header(SECRET_HEADER).encode(errors="replace"), secret.encode()
        )

    def challenge(self, call: Call) -> str | None:  # noqa: ARG002
        """Telegram never asks."""
        return None

    def arrivals(self, body: bytes, now: datetime) -> Sequence[Inbound]:
        """Return the update, unless it was not said to the bot in private."""
        inbound = arrival(body, self.options.source, now)
        return [] if inbound is None else [inbound]

    def owed(self, body: bytes) -> str:
        """Return the one call of the Bot API that an answer may carry."""
        courtesy = courtesy_for(body)
        return json.dumps({"method": courtesy.method, **courtesy.wish}) if courtesy else ""
