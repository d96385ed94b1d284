"""What Telegram's errors mean for a message on its way, and in words for a colleague."""

import os
from datetime import timedelta
from typing import Final

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.core.errors import PermanentFailure, TransientFailure, UncertainDelivery

os.environ["PTB_TIMEDELTA"] = "true"  # python-telegram-bot's switch to its coming API; without it every 429 warns

_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_LONGEST: Final = 200


def as_failure(error: TelegramError) -> TransientFailure | PermanentFailure | UncertainDelivery:
    """Say what a failed call means for the message it carried."""
    words = describe(error)
    match error:
        case RetryAfter():
            return TransientFailure(words, retry_after=flood_seconds(error))
        case Forbidden() | BadRequest() | ChatMigrated():
            return PermanentFailure(words)
        case InvalidToken() | Conflict():
            return TransientFailure(words)  # ours to repair; the message itself is good
        case NetworkError() if isinstance(error.__cause__, _NOTHING_SENT) or _answered(error):
            return TransientFailure(words)
        case _:
            return UncertainDelivery(words)


def describe(error: TelegramError) -> str:
    """Say in words what went wrong and, where somebody can act, what to do."""
    match error:
        case RetryAfter():
            return f"Telegram asks to wait {flood_seconds(error):g} s"
        case Forbidden():
            return f"the person can't be written to any more ({_said(error)})"
        case InvalidToken():
            return "Telegram refuses the bot's token: put the one BotFather shows into token_file"
        case Conflict():
            return f"somebody else reads this bot's messages: run it in one place only ({_said(error)})"
        case BadRequest():
            return f"Telegram refused ({_said(error)})"
        case NetworkError() if isinstance(error.__cause__, _NOTHING_SENT):
            return f"Telegram can't be reached ({type(error.__cause__).__name__})"
        case NetworkError() if _answered(error):
            return f"Telegram has trouble of its own ({_said(error)})"
        case NetworkError():
            return f"the line to Telegram broke ({type(error.__cause__).__name__})"
        case _:
            return f"Telegram's answer can't be read ({_said(error)})"


def flood_seconds(error: RetryAfter) -> float:
    """Return how long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _answered(error: NetworkError) -> bool:
    """An answer came, with a status of failure: no HTTP client's error is behind it."""
    return error.__cause__ is None or isinstance(error.__cause__, TelegramError)


def _said(error: TelegramError) -> str:
    return error.message.partition(". Parsing the server response")[0][:_LONGEST]  # never the payload itself
