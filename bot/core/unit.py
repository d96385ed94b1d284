"""One unit of work, and the store that runs it: everything it does commits together or not at all.

A use case is one synchronous function over a `Unit`, so it reads like the commit it is; `Store.transact` runs it where
blocking is harmless.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from bot.core.accounts import Accounts, Staff
from bot.core.announcing import Announcements
from bot.core.case import Case, Lane
from bot.core.challenge import Challenge, ChallengeOutcome
from bot.core.copies import Copies
from bot.core.counters import Counters
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.directory import Directory
from bot.core.drafts import Draft, DraftStatus
from bot.core.enclosures import Enclosures
from bot.core.ending import Shelves
from bot.core.errands import Errands
from bot.core.figures import Figures
from bot.core.letters import Exchange
from bot.core.listings import Listings, Trail
from bot.core.messages import Handle, Inbound, Message
from bot.core.packages import Packages
from bot.core.passkeys import Passkeys
from bot.core.records import (
    AuditRow,
    Claimed,
    CorrectedReading,
    Cursor,
    Disposition,
    Kept,
)
from bot.core.redaction import Redactions
from bot.core.register import Register
from bot.core.rights import Reading
from bot.core.suppressions import Suppressions
from bot.core.tasks import Tasks
from bot.core.teamwork import Teamwork
from bot.core.tickets import Tickets
from bot.core.tokens import Tokens
from bot.core.unsaved import Unsaved
from bot.core.vitals import Pulses

T = TypeVar("T")


class Inbox(Protocol):
    """What arrived, kept raw as parts, each under its own key."""

    def keep(self, inbound: Inbound, now: datetime, quiet: timedelta = timedelta(0)) -> str | None:
        """Store one arrival with its ledger row and return its id, or None when (source, event) is known.

        Once it is stored, (source, says) is known too.

        What belongs to a conversation waits until nothing more was said there for as long as `quiet`, counted by the
        platform's times, and is leased together with what was said meanwhile.
        """

    def keep_all(self, batch: Sequence[Inbound], now: datetime, quiet: timedelta = timedelta(0)) -> Sequence[str]:
        """Store arrivals as `keep` stores one, and return the ids of those that are new, in their order."""

    def claim(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Claimed]:
        """Lease unread messages, oldest first; counts one attempt each."""

    def finish(
        self,
        message: str,
        fence: int,
        disposition: Disposition,
        *,
        parsed: Message | None = None,
        reading: Reading | None = None,
        case_id: str | None = None,
    ) -> None:
        """Record what became of a leased message. Raises StaleClaim when the fence has moved on."""

    def enclose(self, message: str, fence: int, lead: str, parsed: Message, case_id: str | None) -> None:
        """Record that a leased message was read as a fragment of another. Raises StaleClaim."""

    def retry(self, message: str, fence: int, error: str, not_before: datetime) -> None:
        """Give a leased message back for a later try."""

    def park(self, message: str, fence: int, error: str) -> None:
        """Put a leased message aside with its raw bytes; a person looks."""

    def twin(self, message: str, message_id: str) -> str | None:
        """Return an earlier message with the same raw SHA-256 and Message-ID, if any."""

    def last_heard(self, case_id: str, channel: str) -> datetime | None:
        """Return when the latest message of a case came by one channel; receipts and bounces are none."""

    def last_heard_between(
        self, channels: Collection[str], since: datetime, until: datetime
    ) -> Sequence[tuple[str, datetime]]:
        """Return the cases whose latest message by any of these channels came within a time, and when."""

    def case_of(self, message_ids: Sequence[str]) -> str | None:
        """Return the case that holds an incoming mail with one of these Message-IDs (by keyed hash)."""

    def assign(self, message: str, case_id: str) -> None:
        """Attach a kept message to a case (a colleague made it one)."""

    def leave(self, message: str, left: Message) -> None:
        """Keep no more than this of a message that was read, and destroy its bytes and those of its fragments."""

    def release(self, message: str) -> None:
        """Make a parked or other message unread again."""

    def get(self, message: str) -> Kept:
        """Raises NotFound."""

    def raw(self, message: str) -> bytes:
        """Return a message's bytes as they came. Raises NotFound when they were destroyed."""

    def listed(self, disposition: Disposition, limit: int = 50, after: str = "") -> Sequence[Kept]:
        """List messages of one disposition, newest first, paged by id."""

    def correspondence(self, case_id: str) -> Sequence[Kept]:
        """Return a case's incoming messages, each once, oldest first."""

    def purge(self, before: datetime) -> int:
        """Destroy the contents of mail kept since before a moment that no case needs, and return how many they were.

        Other mail, our own copies, bounces and duplicates; those of a case go with the case. The ledger rows and the
        digests stay, so that none of it is ever taken in again (law.md rule 44).
        """

    def purgeable(self, before: datetime) -> int:
        """Count what `purge` would destroy."""

    def cursor(self, source: str) -> Cursor | None:
        """Return how far a folder was seen."""

    def move_cursor(self, source: str, cursor: Cursor) -> None:
        """Record how far a folder was seen."""

    def event_of(self, raw: Sequence[bytes]) -> str:
        """Return the event that stands for bytes which came without one: their keyed hash (law.md rule 44)."""

    def of_event(self, source: str, event: str) -> Kept:
        """Return the message of one upstream event. Raises NotFound when it was never seen."""

    def settled(self, source: str, limit: int) -> Sequence[str]:
        """Return events of messages that belong to a case (or double one that does) and were not moved upstream yet."""

    def moved(self, source: str, events: Sequence[str]) -> None:
        """Record that these were moved upstream, or are gone there."""

    def watched_since(self, source: str) -> datetime | None:
        """Return when a folder's first cursor was set."""


class Cases(Protocol):
    """Cases with their items."""

    def add(self, case: Case) -> None:
        """Store a new case."""

    def save(self, case: Case) -> Case:
        """Store a changed case and return it with its version raised by one.

        Raises StaleClaim when somebody else saved it since it was read.
        """

    def keep_still(self, case: Case) -> None:
        """Let no other unit save a case as it was read here until this one ends; one that read too late runs again."""

    def get(self, case_id: str) -> Case:
        """Raises NotFound."""

    def by_reference(self, reference: str) -> Case | None:
        """Find a case by the reference people are told."""

    def by_tokens(self, tokens: Sequence[str]) -> Case | None:
        """Find a case by the unguessable word in our Message-IDs."""

    def hold(self, handle: Handle) -> None:
        """Hear one person at a time until this unit ends, so that two first messages don't open two cases."""

    def of_requester(self, handle: Handle) -> Sequence[Case]:
        """Return the cases this handle opened or proved, newest first (by blind index)."""

    def named(self, name: str, limit: int = 50) -> Sequence[Case]:
        """Return the cases in whose name all these words stand, newest first (by blind index)."""

    def listed(self, *, open_only: bool = False, limit: int = 50, after: str = "") -> Sequence[Case]:
        """List cases, those due first, paged by id."""

    def waiting(self) -> Sequence[Case]:
        """Return cases with an item that waits for the person."""

    def with_breach(self) -> Sequence[Case]:
        """Return cases that tell of a breach which nobody has assessed yet."""

    def open_in(self, lane: Lane) -> Sequence[Case]:
        """Return the cases of a lane with anything left to do, those due first."""

    def with_denial(self) -> Sequence[Case]:
        """Return cases in which somebody says that it was not them, and nobody has settled it yet."""

    def held(self) -> Sequence[Case]:
        """Return the cases that a legal hold keeps."""

    def due(self, promise_by: date, statutory_by: date) -> Sequence[Case]:
        """Return cases with an open item whose promise or statutory date is near, each up to its own day."""


class Challenges(Protocol):
    """Open questions to people."""

    def add(self, challenge: Challenge) -> None:
        """Store a new challenge; an older open one of the same case ends."""

    def attempt(
        self, case_ids: Sequence[str], candidates: tuple[str, ...], asked_of: Handle, now: datetime
    ) -> tuple[ChallengeOutcome, Challenge] | None:
        """Judge one answer on each case's latest challenge for this handle, counting atomically whatever else runs.

        An answer that fits a challenge is an attempt on that one alone; one that fits none is an attempt on each.
        Returns None when no case ever had a challenge for this handle. Uses `core.challenge.code_matches` with the
        store's code key.
        """

    def open_for(self, case_id: str, now: datetime) -> Challenge | None:
        """Return the case's open challenge."""

    def open_at(self, destinations: Collection[Handle], now: datetime) -> Sequence[Challenge]:
        """Return the open challenges whose codes lie in these mailboxes, whatever case they belong to."""

    def end(self, challenge_id: str) -> None:
        """Let a challenge's code prove nothing any more."""

    def issued(self, destination: Handle, since: datetime) -> int:
        """Count challenges sent to a destination since a moment."""

    def hash(self, code: str) -> bytes:
        """Hash a fresh code under the store's code key."""


class Drafts(Protocol):
    """Proposed messages."""

    def add(self, draft: Draft) -> None:
        """Store a new draft."""

    def save(self, draft: Draft) -> None:
        """Store a changed draft with its approvals."""

    def get(self, draft_id: str) -> Draft:
        """Raises NotFound; accepts an unambiguous beginning of the id."""

    def listed(
        self, status: DraftStatus | None = DraftStatus.WAITING, case_id: str | None = None, limit: int = 50
    ) -> Sequence[Draft]:
        """List drafts, oldest first."""


class Outbox(Protocol):
    """Approved messages on their way out."""

    def add(self, outgoing: Outgoing) -> None:
        """Store an approved message."""

    def claim(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Outgoing]:
        """Lease due messages and mark them `sending` with one more attempt; the caller commits before sending."""

    def abandoned(self, now: datetime) -> Sequence[Outgoing]:
        """Return messages in `sending` whose lease ran out."""

    def save(self, outgoing: Outgoing) -> None:
        """Record an attempt's end; an outgoing that is `sent` loses its secret. Raises StaleClaim by fence."""

    def get(self, outgoing_id: str) -> Outgoing:
        """Raises NotFound; accepts an unambiguous beginning of the id."""

    def by_message_ids(self, message_ids: Sequence[str]) -> Outgoing | None:
        """Find a message of ours by the Message-IDs a reply or bounce names."""

    def listed(
        self, state: DeliveryState | None = None, case_id: str | None = None, limit: int = 50, after: str = ""
    ) -> Sequence[Outgoing]:
        """List messages, newest first; `after` is the id of the last one seen. Raises NotFound for a wrong one."""

    def written_to(self, case_id: str, recipient: Handle) -> Sequence[Exchange]:
        """Return what we wrote to one recipient in a case, oldest first, codes masked."""


class Corrections(Protocol):
    """What colleagues taught: examples to review before any training, never used by themselves."""

    def put(self, correction: CorrectedReading) -> None:
        """Store one; a later word about the same message takes its place."""

    def listed(self) -> Sequence[CorrectedReading]:
        """Return all, oldest first."""


class Audit(Protocol):
    """A hash chain per case with anchored heads.

    Personal values are salted and hashed, and reasons sealed beside their links, so that erasure keeps the chain whole.
    """

    def record(
        self,
        case_id: str,
        event: str,
        actor: str,
        now: datetime,
        data: Mapping[str, str] | None = None,
        personal: Mapping[str, str] | None = None,
        *,
        why: str = "",
    ) -> None:
        """Append one link. `data` is kept in clear and never personal; `personal` values are salted and hashed.

        `why` is a colleague's reason in their own words: it can be read for as long as the case is kept (law.md
        rule 46), and the link holds its hash.
        """

    def chain(self, case_id: str) -> Sequence[AuditRow]:
        """Return a case's links in order, with their proofs and the reasons that are kept."""

    def trail(self, wanted: Trail, limit: int, after: str = "") -> Sequence[AuditRow]:
        """List links of all chains, newest first; `after` is the `key` of the last one seen. Raises NotFound."""

    def verify(self) -> Sequence[str]:
        """Return a sentence for every changed or missing link; empty when the history is whole."""


class Unit(Protocol):
    """Everything one commit may touch."""

    inbox: Inbox
    copies: Copies
    cases: Cases
    challenges: Challenges
    drafts: Drafts
    outbox: Outbox
    directory: Directory
    suppressions: Suppressions
    packages: Packages
    enclosures: Enclosures
    redactions: Redactions
    tickets: Tickets
    tasks: Tasks
    shelves: Shelves
    corrections: Corrections
    register: Register
    audit: Audit
    staff: Staff
    accounts: Accounts
    passkeys: Passkeys
    errands: Errands
    figures: Figures
    tokens: Tokens
    listings: Listings
    announcements: Announcements
    teamwork: Teamwork
    unsaved: Unsaved
    counters: Counters
    pulses: Pulses


class Store(Protocol):
    """Runs units of work; on SQLite many of them share one disk write."""

    async def transact(self, work: Callable[[Unit], T], *, ahead: bool = False) -> T:
        """Run `work` in one transaction and return its result once that is durable.

        A unit that somebody outside waits for goes `ahead`: it stands behind no others but those that are running.
        Whatever `work` raises undoes it and comes through. `work` may run again after a serialisation conflict,
        so it has no effects beside the unit. Raises StorageUnavailable when the database can't take it now.
        """

    async def wait(self, topic: str, timeout: float) -> None:  # noqa: ASYNC109 - the port's own patience, in seconds
        """Return when somebody committed work for a topic (inbox, outbox …), or after `timeout` seconds."""
