"""Mail in by IMAP: arrivals to `Inbound`, requests to the done folder once they are known to be some."""

from bot.channels.imap.batches import Limits
from bot.channels.imap.health import MailboxHealth, Pauses
from bot.channels.imap.options import Mailbox
from bot.channels.imap.seams import Cursors, Settled
from bot.channels.imap.source import ImapSource

__all__ = ["Cursors", "ImapSource", "Limits", "Mailbox", "MailboxHealth", "Pauses", "Settled"]
