"""A mailbox as a way in: watched by IDLE, polled as a fallback, tried again for ever when its server is away."""

import asyncio
import logging
from collections.abc import Sequence
from traceback import format_tb
from typing import Final

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from bot.channels.imap.connection import Connection, Folder
from bot.channels.imap.folder import FolderReader
from bot.channels.imap.health import MailboxHealth, in_words
from bot.channels.imap.line import Line
from bot.channels.imap.options import Mailbox
from bot.channels.imap.seams import Cursors, Settled
from bot.core.errors import StorageUnavailable
from bot.core.ports import Accept, Clock

MOST_MOVED: Final = 200
"""Mails moved by one command: servers take lines of at least 8,000 letters (RFC 9051 4.3)."""

_LONGEST_IDLE: Final = 25 * 60.0  # RFC 2177: renewed before 29 minutes are over

log = logging.getLogger(__name__)


class ImapSource:
    """Hands over what arrives in the folders of one mailbox; `health` tells how that goes."""

    one_at_a_time = True

    def __init__(self, mailbox: Mailbox, cursors: Cursors, clock: Clock, settled: Settled | None = None) -> None:
        self.name = mailbox.name
        self.health = MailboxHealth()
        self._mailbox = mailbox
        self._clock = clock
        self._settled = settled if mailbox.done_folder else None
        self._readers = [FolderReader(mailbox, folder, cursors, clock) for folder in mailbox.folders]

    async def run(self, accept: Accept) -> None:
        """Feed `accept` until cancelled; the batch in hand is finished then."""
        while True:
            try:
                async with Line(self.name, self._mailbox.server) as line:
                    await self._serve(line, accept)
            except Exception as failure:  # noqa: BLE001 - a service outlives whatever its server does; it is told and tried again
                self.health.failures += 1
                self._complain("", failure)
                await asyncio.sleep(self._mailbox.pauses.after(failure, self.health.failures))

    async def _serve(self, line: Line, accept: Accept) -> None:
        while True:
            watched = None
            for reader in reversed(self._readers):  # the first one last, so that IDLE can follow at once
                watched = await self._visit(line, accept, reader)
            self.health.last_contact = self._clock.now()
            self.health.failures = 0
            self._relieved("")
            await self._rest(line, watched)

    async def _visit(self, line: Line, accept: Accept, reader: FolderReader) -> Folder | None:
        """Read one folder and tidy it; a folder the server won't open does not keep us from the others."""
        try:
            folder = await reader.read(line, accept)
        except IMAPClientError as refusal:
            if isinstance(refusal, IMAPClientAbortError) or reader.backlog:
                raise
            self._complain(reader.folder, refusal)
            return None
        finally:
            self.health.backlog = sum(each.backlog for each in self._readers)
        self._relieved(reader.folder)
        await self._move_settled(line, reader, folder)
        return folder

    async def _move_settled(self, line: Line, reader: FolderReader, folder: Folder) -> None:
        if self._settled is None or reader.folder == self._mailbox.sent_folder:
            return
        target = self._mailbox.done_folder
        while events := await self._settled.to_move(reader.source, MOST_MOVED):
            if uids := _uids_of(events, folder.uidvalidity):
                try:
                    await line.call(Connection.move, reader.folder, folder.uidvalidity, uids, target)
                except IMAPClientError as refusal:
                    if isinstance(refusal, IMAPClientAbortError):
                        raise
                    self._complain(target, refusal)
                    return
            self._relieved(target)
            await self._settled.moved(reader.source, events)

    async def _rest(self, line: Line, watched: Folder | None) -> None:
        seconds = min(self._mailbox.poll_seconds, _LONGEST_IDLE)
        if watched is None or not await line.call(lambda connection: connection.can_idle):
            await asyncio.sleep(seconds)
            return
        # What came since we looked is told with EXAMINE, once; IDLE would be silent about it.
        if await line.call(Connection.examine, self._mailbox.folders[0]) == watched:
            await line.call(Connection.wait, seconds)

    def _complain(self, where: str, failure: BaseException) -> None:
        words = in_words(failure)
        if self.health.errors.get(where) == words:
            return
        self.health.errors[where] = words
        log.warning("mailbox %s %s: %s", self.name, where, words)
        if not isinstance(failure, (IMAPClientError, OSError, StorageUnavailable)):
            # The place alone: what an exception says may be somebody's mail.
            log.error(
                "mailbox %s: %s at\n%s", self.name, type(failure).__name__, "".join(format_tb(failure.__traceback__))
            )

    def _relieved(self, where: str) -> None:
        if self.health.errors.pop(where, None):
            log.info("mailbox %s %s: all is well again", self.name, where)


def _uids_of(events: Sequence[str], uidvalidity: int) -> list[int]:
    """Return the UIDs among events that still mean something; others were told before the folder began anew."""
    pairs = (event.partition(":") for event in events)
    return sorted(int(uid) for validity, _, uid in pairs if validity == str(uidvalidity))
