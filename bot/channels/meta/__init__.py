"""Meta's platforms: Messenger, Instagram and WhatsApp, by webhook and Graph API; a handle is the id they give us."""

from bot.channels.meta.messenger import Messenger
from bot.channels.meta.options import MetaOptions
from bot.channels.meta.whatsapp import WhatsApp

__all__ = ["Messenger", "MetaOptions", "WhatsApp"]
