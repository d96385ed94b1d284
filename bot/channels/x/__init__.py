"""X by polling, where the company pays for it; a handle is the person's numeric id."""

from bot.channels.x.platform import X, XOptions
from bot.channels.x.signing import Keys
from bot.channels.x.source import XSource

__all__ = ["Keys", "X", "XOptions", "XSource"]
