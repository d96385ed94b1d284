"""What colleagues read when a bot's messages stop coming."""

from telegram.error import TelegramError

from bot.channels.telegram.failures import describe
from bot.core.errors import StorageUnavailable


def in_words(failure: Exception) -> str:
    """Say in our own words what went wrong."""
    match failure:
        case TelegramError():
            return describe(failure)
        case StorageUnavailable():
            return "our storage can't take messages now"
        case _:
            return f"an error of our own ({type(failure).__name__}); the log has it"
