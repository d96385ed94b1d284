"""Mail in by SMTP or LMTP on a port of our own: for our own domains, and ours only once it is stored."""

from bot.channels.smtp_in.options import ListenerOptions
from bot.channels.smtp_in.source import SmtpSource

__all__ = ["ListenerOptions", "SmtpSource"]
