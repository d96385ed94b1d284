"""One folder of a mailbox: every mail once, in order, none forgotten over outages, restarts and new UIDVALIDITYs."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from imapclient.exceptions import IMAPClientError

from bot.channels.imap.batches import Batch, Fetched, fetch_batch
from bot.channels.imap.connection import SEARCH_WINDOW, Connection, Folder
from bot.channels.imap.line import Line, finish
from bot.channels.imap.options import Mailbox
from bot.channels.imap.seams import Cursors
from bot.core.messages import MAIL, Inbound
from bot.core.ports import Accept, Clock
from bot.core.records import Cursor

MOST_TRIES: Final = 3
_MARGIN: Final = timedelta(days=1)  # SINCE compares dates, in the server's zone


@dataclass(slots=True)
class _Suspicion:
    """Mails among which one may break every fetch: up to `up_to` they are fetched singly.

    `single` broke its fetch `tries` times with nothing beside it.
    """

    up_to: int = 0
    single: int = 0
    tries: int = 0


class FolderReader:
    """Reads a folder. What must not be forgotten is in `Cursors`; what is kept here only saves work."""

    def __init__(self, mailbox: Mailbox, folder: str, cursors: Cursors, clock: Clock) -> None:
        self.folder = folder
        self.source = f"{mailbox.name}/{folder}"
        self.backlog = 0
        self._mailbox = mailbox
        self._cursors = cursors
        self._clock = clock
        self._uidvalidity = 0
        self._suspicion = _Suspicion()
        self._reread_to = 0

    async def read(self, line: Line, accept: Accept) -> Folder:
        """Hand over what arrived since the last time, and return the folder as it was found."""
        self.backlog = 0
        folder = await line.call(Connection.examine, self.folder)
        if folder.uidvalidity != self._uidvalidity:
            self._uidvalidity, self._suspicion, self._reread_to = folder.uidvalidity, _Suspicion(), 0
        cursor = await self._cursors.get(self.source)
        newest = Cursor(folder.uidvalidity, folder.uidnext - 1)
        if cursor is None:  # a first start takes mail from now on
            await self._cursors.set(self.source, newest)
        elif cursor.uidvalidity == folder.uidvalidity:
            async for uid in self._hand_over(line, accept, folder, cursor.last_uid):
                await self._cursors.set(self.source, Cursor(folder.uidvalidity, uid))
        else:
            # Every UID is new: read from the start; the inbox knows by the bytes what it had before. Only when all
            # is read does the cursor say so, or a restart would not know that old mail is to be left alone.
            began = await self._cursors.first_seen(self.source)
            since = None if began is None else (began - _MARGIN).date()
            async for uid in self._hand_over(line, accept, folder, self._reread_to, since):
                self._reread_to = uid
            await self._cursors.set(self.source, newest)
        return folder

    async def _hand_over(
        self, line: Line, accept: Accept, folder: Folder, after: int, since: date | None = None
    ) -> AsyncIterator[int]:
        """Hand over the mails after a UID batch by batch; yield the UID up to which that is done."""
        while after < folder.uidnext - 1:
            window = min(after + SEARCH_WINDOW, folder.uidnext - 1)
            uids = await line.call(Connection.search, after + 1, window, since)
            while uids:
                self.backlog = len(uids)
                batch = await self._fetch(line, uids)
                if batch.mails:
                    await finish(accept([self._inbound(folder, mail) for mail in batch.mails]))
                yield batch.last_uid
                uids = [uid for uid in uids if uid > batch.last_uid]
            self.backlog = 0
            after = window
            yield after

    async def _fetch(self, line: Line, uids: Sequence[int]) -> Batch:
        suspicion = self._suspicion
        asked = uids[: 1 if uids[0] <= suspicion.up_to else self._mailbox.limits.mails]
        if asked[0] == suspicion.single and suspicion.tries >= MOST_TRIES:
            unreadable = Fetched(asked[0], None, (), truncated=True)  # the ledger has it, and a person is told
            return Batch((unreadable,), asked[0])
        try:
            return await line.call(fetch_batch, asked, self._mailbox.limits)
        except (IMAPClientError, OSError):
            if len(asked) > 1:
                suspicion.up_to = asked[-1]
            else:
                suspicion.tries = suspicion.tries + 1 if suspicion.single == asked[0] else 1
                suspicion.single = asked[0]
            raise

    def _inbound(self, folder: Folder, mail: Fetched) -> Inbound:
        now = self._clock.now()
        return Inbound(
            channel=MAIL,
            source=self.source,
            event=f"{folder.uidvalidity}:{mail.uid}",
            received_at=min(mail.received_at or now, now),
            raw=mail.pieces,
            authserv_id=self._mailbox.authserv_id,
            folder=self.folder,
            truncated=mail.truncated,
        )
