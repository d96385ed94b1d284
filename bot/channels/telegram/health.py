"""How a bot is: what colleagues read when its messages stop coming."""

from dataclasses import dataclass
from datetime import datetime

from telegram.error import TelegramError

from bot.channels.telegram.failures import describe
from bot.core.errors import StorageUnavailable


@dataclass(slots=True)
class TelegramHealth:
    """What is known of a bot now, without personal data.

    `backlog` counts the updates that wait at Telegram, where it tells (by webhook it does); `failures` those in a row.
    """

    last_contact: datetime | None = None
    last_error: str = ""
    failures: int = 0
    backlog: int | None = None

    def well(self, now: datetime) -> None:
        """Note that Telegram and our storage both did their part."""
        self.last_contact, self.last_error, self.failures = now, "", 0


def in_words(failure: Exception) -> str:
    """Say in our own words what went wrong."""
    match failure:
        case TelegramError():
            return describe(failure)
        case StorageUnavailable():
            return "our storage can't take messages now"
        case _:
            return f"an error of our own ({type(failure).__name__}); the log has it"
