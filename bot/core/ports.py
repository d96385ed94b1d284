"""The seams at the edges of the desk: ways in, ways out, the reader, the writer, the clock."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.core.announcing import Announcement
from bot.core.calls import Webhook
from bot.core.delivery import Outgoing
from bot.core.drafts import Draft
from bot.core.letters import Brief, Flaw, Letter, Notice
from bot.core.messages import Inbound, Message
from bot.core.packages import Contents, PackageFile
from bot.core.pages import Page, PageWords
from bot.core.records import Erasure
from bot.core.rights import Reading
from bot.core.vitals import Condition

Accept = Callable[[Sequence[Inbound]], Awaitable[None]]
"""Stores a batch in one commit; when it returns, every message of the batch is durable."""


class Source(Protocol):
    """A way in. It translates the wire to `Inbound` and decides nothing."""

    name: str
    one_at_a_time: bool
    """Whether of all processes only one may run it."""

    async def run(self, accept: Accept) -> None:
        """Feed what arrives to `accept` until cancelled.

        When `accept` returns, the batch is stored: acknowledge it upstream (SMTP 250, Telegram offset). When
        it raises, it is not ours yet.
        """


@runtime_checkable
class WatchedSource(Protocol):
    """A way in that knows how it is."""

    health: Condition


@runtime_checkable
class CalledSource(Protocol):
    """A way in whose platform calls us."""

    def webhooks(self, accept: Accept) -> Mapping[str, Webhook]:
        """Return what answers the platform, by path below `company.public_url`."""


class Courier(Protocol):
    """A way out for one channel. The outbox sees only this."""

    async def send(self, outgoing: Outgoing) -> str:
        """Hand one message over and return the receipt (queue id, message id).

        Raises TransientFailure, PermanentFailure, or UncertainDelivery when the line broke after the hand-over.
        """


@runtime_checkable
class FileKeeper(Protocol):
    """A platform that keeps the files of its chats for a while."""

    async def fetch(self, reference: str) -> bytes:
        """Fetch one file.

        Raises PermanentFailure when it is gone or too big, TransientFailure when it can't be had now.
        """


class Scanner(Protocol):
    """Looks into files of strangers before a colleague gets them."""

    async def require_clean(self, name: str, data: bytes) -> None:
        """Say nothing where nothing was found.

        Raises NotAllowed for a file known to do harm, TransientFailure when it can't be looked into now.
        """


class Archive(Protocol):
    """Where colleagues look for what we sent: the mailbox's Sent folder."""

    async def keep(self, outgoing: Outgoing) -> None:
        """Append a sent mail; it is a convenience, so a failure is logged and never stops delivery."""


class Herald(Protocol):
    """A way to one of the company's own systems that wants to hear what happens."""

    async def tell(self, announcement: Announcement) -> None:
        """Hand one announcement over; the same id again is the same announcement again.

        Raises TransientFailure, PermanentFailure, or UncertainDelivery when the line broke after the hand-over.
        """


class Duties(Protocol):
    """What only one process at a time may do, of however many could: poll a mailbox, ring the timers."""

    def take(self, name: str) -> AbstractAsyncContextManager[Awaitable[None]]:
        """Wait until no other process has the duty, and have it for the block.

        What the block is given returns when the duty is lost: stop then, another may have it.
        Raises StorageUnavailable.
        """


class ErasureJournal(Protocol):
    """Where erasures are written down beside the database, so that a restored one can be told of them."""

    def read(self) -> Sequence[Erasure]:
        """Return all, oldest first."""

    def add(self, erasures: Sequence[Erasure]) -> None:
        """Write some down durably."""


class Parser(Protocol):
    """Turns raw bytes into a `Message` where it can be killed."""

    async def parse(self, inbound: Inbound) -> Message:
        """Raises Unparsable when the message exceeds a limit or no parser could read it."""


class Reader(Protocol):
    """The classifiers."""

    def read(self, subject: str, text: str, channel: str) -> Reading:
        """Say what one message asks for, whatever the text.

        Raises ReaderUnusable without a model, ReaderFailed where the process that reads is lost.
        """


class Writer(Protocol):
    """The letters."""

    def compose(self, brief: Brief) -> Letter:
        """Word one letter in the brief's language and channel."""

    def dress(self, body: str, language: str) -> str:
        """Return accessible HTML of a plain text that a colleague wrote."""

    def notice(self, notice: Notice) -> Letter:
        """Word one mail to colleagues, without personal data."""

    def page(self, page: Page) -> PageWords:
        """Word one page for the public."""

    def package(self, contents: Contents) -> tuple[PackageFile, ...]:
        """Return the files of a package, without its manifest."""

    def reads_along(self, language: str) -> str:
        """Return the sentences that say who else reads a chat, and that the answer may be read there all the same."""

    def findings(self, draft: Draft, private: Collection[str] = ()) -> tuple[Flaw, ...]:
        """Return what keeps a draft from approval (the legal lint).

        `private` are the person's own data, none of which may stand in a chat message.
        """


class Clock(Protocol):
    """The time, so that tests may turn it."""

    def now(self) -> datetime:
        """Return the moment, in UTC."""


class Entropy(Protocol):
    """Unguessable bytes, so that tests may foresee them."""

    def draw(self, count: int) -> bytes:
        """Return `count` random bytes."""
