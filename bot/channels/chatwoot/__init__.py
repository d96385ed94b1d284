"""Chatwoot: what people write in its inboxes (Facebook, WhatsApp, Line, SMS, site chat …), and our texts back there."""

from bot.channels.chatwoot.platform import Chatwoot, ChatwootOptions
from bot.channels.chatwoot.source import ChatwootSource

__all__ = ["Chatwoot", "ChatwootOptions", "ChatwootSource"]
