"""What we sent, where colleagues look for it: in the mailbox's folder of sent mail."""

import asyncio
import logging
from contextlib import closing
from datetime import datetime
from email.headerregistry import Address

from bot.channels.imap.connection import Connection
from bot.channels.imap.health import in_words
from bot.channels.mail_server import MailServer
from bot.channels.outgoing_mail import build_copy
from bot.core.delivery import Outgoing
from bot.core.messages import MAIL

log = logging.getLogger(__name__)


class SentFolder:
    """Appends sent mails to a folder, as read; without a name, to the one the server has for sent mail.

    The copy is the very mail that left, but for the code in it: that is for who must prove themselves.
    """

    def __init__(self, server: MailServer, sender: Address, folder: str = "") -> None:
        self._server = server
        self._sender = sender
        self._folder = folder

    async def keep(self, outgoing: Outgoing) -> None:
        """Append one mail; never raises, for the mail has left already."""
        if outgoing.recipient.channel != MAIL:
            return
        try:
            raw = build_copy(outgoing, self._sender).as_bytes()
            await asyncio.to_thread(self._append, raw, outgoing.created_at)
        except Exception as failure:  # noqa: BLE001 - a copy is a convenience; that it is missing is told in the log
            log.warning("sent mail %s is not in the Sent folder: %s", outgoing.id, in_words(failure))

    def _append(self, raw: bytes, at: datetime) -> None:
        with closing(Connection.open(self._server)) as connection:
            connection.append_sent(self._folder, raw, at)
