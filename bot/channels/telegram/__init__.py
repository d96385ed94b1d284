"""Telegram (Bot API): private chats only, by polling or webhook; a handle is the person's numeric id."""

from bot.channels.telegram.courier import TelegramCourier
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.parser import TelegramParser
from bot.channels.telegram.source import TelegramSource

__all__ = ["TelegramCourier", "TelegramOptions", "TelegramParser", "TelegramSource"]
