"""One IMAP connection, used from one thread: the few commands we need, typed, each bounded in time and memory.

Folders are opened read-only and bodies peeked at, so that nothing a colleague sees changes; only `move` writes.
"""

import select
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Self

from imapclient import DELETED, SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError
from imapclient.imapclient import SENT

from bot.channels.mail_server import MailServer

SEARCH_WINDOW: Final = 50_000
"""UIDs asked for at once: imaplib takes no line over a million bytes."""

_GOODBYE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it is now: UIDs at or above `uidnext` are still to come (RFC 9051 2.3.1.1)."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What the server says of one mail. The size is a claim; `received_at` is its INTERNALDATE in UTC."""

    size: int
    received_at: datetime | None


class Connection:
    """A logged-in connection. All but `wake` and `abort` belong to one thread.

    Every method may raise IMAPClientError or OSError; the connection is of no use afterwards unless the error is the
    server's "NO" to one command.
    """

    def __init__(self, client: IMAPClient) -> None:
        self._client: Any = client  # IMAPClient has no types
        self._bell, self._rope = socket.socketpair()

    @classmethod
    def open(cls, server: MailServer) -> Self:
        """Connect, with the TLS that was asked for and no less, and log in."""
        context = server.tls_context()
        client = IMAPClient(
            server.host, server.port, ssl=server.tls == "tls", ssl_context=context, timeout=server.timeout
        )
        # IMAPClient has imaplib format each body with %r for a debug log nobody reads: five times the CPU.
        client._imap.debug = 0  # noqa: SLF001 - there is no public switch
        client.normalise_times = False
        try:
            if server.tls == "starttls":
                client.starttls(context)
            _log_in(client, server)
        except BaseException:
            client.shutdown()
            raise
        return cls(client)

    def examine(self, folder: str) -> Folder:
        """Open a folder read-only and say how it is now."""
        return self._select(folder, readonly=True)

    def folders(self) -> list[str]:
        """Return the names of all folders."""
        return [name for _flags, _delimiter, name in self._client.list_folders()]

    def search(self, first: int, last: int, since: date | None = None) -> list[int]:
        """Return the UIDs present from first to last, ascending; `since` leaves out mail received before a day."""
        criteria: list[object] = ["UID", f"{first}:{last}"]
        if since is not None:
            criteria += ["SINCE", since]
        return sorted(uid for uid in self._client.search(criteria) if first <= uid <= last)

    def list_mails(self, uids: Sequence[int]) -> Mapping[int, Listing]:
        """Return size and date of those that still exist."""
        found = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return {
            uid: Listing(said[b"RFC822.SIZE"], _in_utc(said.get(b"INTERNALDATE")))
            for uid, said in found.items()
            if b"RFC822.SIZE" in said
        }

    def read(self, uids: Sequence[int], offset: int, length: int) -> Mapping[int, bytes]:
        """Return at most `length` bytes of each mail that still exists, from `offset` on; nothing is marked as read."""
        found = self._client.fetch(uids, [f"BODY.PEEK[]<{offset}.{length}>"])
        key = b"BODY[]<%d>" % offset
        return {uid: said[key] or b"" for uid, said in found.items() if key in said}

    def move(self, folder: str, uidvalidity: int, uids: Sequence[int], target: str) -> None:
        """Move mails with one command; those that are gone are passed over, and a folder that began anew is left alone.

        Without MOVE (RFC 6851) they are copied and marked deleted, and expunged by UID where the server can:
        a plain EXPUNGE would take away what colleagues have marked.
        """
        if self._select(folder, readonly=False).uidvalidity != uidvalidity:
            return
        if not self._client.folder_exists(target):
            self._client.create_folder(target)
        if self._client.has_capability("MOVE"):
            self._client.move(uids, target)
            return
        self._client.copy(uids, target)
        self._client.add_flags(uids, DELETED, silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    def append_sent(self, folder: str, raw: bytes, at: datetime) -> None:
        """Put a mail of ours into a folder, as read; without a name, into the one the server uses for sent mail."""
        target = folder or self._client.find_special_folder(SENT) or "Sent"
        if not self._client.folder_exists(target):
            self._client.create_folder(target)
        self._client.append(target, raw, (SEEN,), at)

    @property
    def can_idle(self) -> bool:
        """Say whether the server tells of arrivals by itself."""
        return bool(self._client.has_capability("IDLE"))

    def wait(self, seconds: float) -> None:
        """IDLE (RFC 2177) until something happens in the open folder, `wake` is called, or the time is over."""
        self._client.idle()
        if not self._said_already():
            poll = select.poll()
            poll.register(self._client.socket(), select.POLLIN)
            poll.register(self._bell, select.POLLIN)
            poll.poll(seconds * 1000)
        self._client.idle_done()

    def wake(self) -> None:
        """End a `wait`, now or the next one; from any thread."""
        with suppress(OSError):  # closed already: nobody waits
            self._rope.send(b"!")

    def abort(self) -> None:
        """Cut the connection, so that whatever waits for the server fails at once; from any thread."""
        with suppress(OSError):  # it is cut already
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Log out if the server answers soon, and let go."""
        try:
            self._client.socket().settimeout(_GOODBYE_SECONDS)
            self._client.logout()
        except (IMAPClientError, OSError):
            with suppress(OSError):  # it is cut already
                self._client.shutdown()
        finally:
            self._bell.close()
            self._rope.close()

    def _select(self, folder: str, *, readonly: bool) -> Folder:
        said = self._client.select_folder(folder, readonly=readonly)
        if b"UIDVALIDITY" not in said or b"UIDNEXT" not in said:
            raise IMAPClientError("the server names no UIDVALIDITY and UIDNEXT")
        return Folder(said[b"UIDVALIDITY"], said[b"UIDNEXT"])

    def _said_already(self) -> bool:
        """Look into imaplib's buffer: news that came together with the answer to IDLE never rings the socket again."""
        line: socket.socket = self._client.socket()
        line.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))  # noqa: SLF001 - there is no public way to look
        except ssl.SSLWantReadError:
            return False
        finally:
            line.settimeout(self._client._timeout.read)  # noqa: SLF001


def _log_in(client: Any, server: MailServer) -> None:
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(server.user, server.password)  # any letter; LOGIN takes ASCII only
    else:
        client.login(server.user, server.password)


def _in_utc(said: datetime | None) -> datetime | None:
    return said.astimezone(UTC) if said is not None and said.tzinfo is not None else None
