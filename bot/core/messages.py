"""A message as the wire brought it (`Inbound`) and as the desk reads it (`Message`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

MAIL: Final = "email"
TELEGRAM: Final = "telegram"
PHONE: Final = "phone"
"""No way in or out of ours, but where calls and text messages reach a person; its value is E.164."""

LINK: Final = "link"
"""Where an answer lies on our own page, behind a link that goes into a chat; its value names that account."""


class Way(StrEnum):
    """How something came that colleagues enter by hand; a channel of its own where the person gave no address."""

    LETTER = "letter"
    CALL = "call"
    VISIT = "visit"
    LINKEDIN = "linkedin"  # its inboxes are closed to machines
    ELSEWHERE = "elsewhere"


BY_HAND: Final = frozenset(Way)

_ADDRESS: Final = re.compile(r"""[^\s<>:;,"@]+@[^\s<>:;,"@]+""")


@dataclass(frozen=True, slots=True)
class Handle:
    """Where somebody can be reached: a channel and the identity it guarantees.

    For mail the value is the address, domain in lower case; for a platform its numeric id, never the user name.
    """

    channel: str
    value: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.value}"


class Verdict(StrEnum):
    """The result words of RFC 8601 that matter here; a temporary error is not a pass."""

    PASS = "pass"  # noqa: S105 - RFC 8601's word, not a password
    FAIL = "fail"
    NONE = "none"
    TEMPERROR = "temperror"


@dataclass(frozen=True, slots=True)
class Authentication:
    """What our own server, or we ourselves, found out about a mail's origin (RFC 7489, 8601).

    `policy` is the domain's published DMARC policy (none, quarantine, reject) where known.
    """

    dmarc: Verdict = Verdict.NONE
    policy: str = ""
    dkim: tuple[str, ...] = ()
    spf: Verdict = Verdict.NONE
    by: str = ""


class Oddity(StrEnum):
    """A malformed header that forgers like; any of these takes all trust away."""

    SEVERAL_FROM = "several_from"
    SEVERAL_ADDRESSES = "several_addresses"
    NO_FROM = "no_from"
    BARE_LINE_BREAK = "bare_line_break"
    CONFUSABLE = "confusable"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A failed delivery of one of our own messages (RFC 3464); `texts` are the ids a platform gave it."""

    permanent: bool
    recipients: tuple[str, ...]
    original_message_id: str = ""
    status: str = ""
    texts: tuple[str, ...] = ()


class ReceiptState(StrEnum):
    """What a platform tells of a text of ours that arrived."""

    DELIVERED = "delivered"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A platform's word that texts of ours arrived, or were read.

    It names one by our Message-ID, or some by the ids it gave them (`texts`), or none: then all that was handed over
    for its sender by `until`.
    """

    state: ReceiptState
    original_message_id: str = ""
    texts: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part beside the text; `part` is its index among the stored parts. Sizes in bytes.

    `destroyed` says when, by whom and why, once it is no longer there (law.md rule 10).
    A file of a chat lies where its `reference` says until it was copied (`core.copies`).
    """

    part: int
    name: str
    media_type: str
    size: int
    destroyed: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The person inside a mail that a colleague forwarded; to be confirmed by the colleague."""

    sender: Handle | None
    name: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class EnteredBy:
    """Which colleague brought a message in, how it came, and why by hand (law.md rule 1)."""

    staff: str
    way: Way
    reason: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing as a channel received it: raw, dated by a clock we trust, and named so that twice is once.

    `source` and `event` together are unique upstream: mailbox/folder and "uidvalidity:uid", or bot and update id.
    `received_at` is the earliest trustworthy time (EDPB 01/2022 §§53-57), in UTC. `raw` comes in pieces so that a
    big mail need never be in memory whole. `authserv_id` names the server whose Authentication-Results we
    believe; `conversation` names the chat in which more fragments may follow; `peer` is the client's address where
    we were the listener ourselves, with `envelope_from` and `helo`. `says` names the event of a change that would
    change nothing, where a platform tells of changes without saying what they were: it is known with this one.
    """

    channel: str
    source: str
    event: str
    received_at: datetime
    raw: Sequence[bytes]
    authserv_id: str = ""
    peer: str = ""
    helo: str = ""
    envelope_from: str | None = None
    folder: str = ""
    conversation: str = ""
    truncated: bool = False
    says: str = ""

    @property
    def size(self) -> int:
        """Bytes of all pieces together."""
        return sum(len(piece) for piece in self.raw)


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed message: what the person wrote now, apart from what they quoted.

    `automatic` says why this is machine mail (RFC 3834), empty for a person's. `references` holds the Message-IDs of
    In-Reply-To and References; in a chat, the message that is replied to, named as its own `message_id` would be.
    `text` is what was written now; `quoted` and `signature` are kept beside it.
    `version_of` names the event of the chat message this one edits. `command` is a chat command without the slash,
    `payload` what followed it. `html` says that the text was taken from HTML.
    `language` is the platform's hint, used only where the text says too little.
    """

    channel: str
    sender: Handle
    name: str = ""
    subject: str = ""
    text: str = ""
    quoted: str = ""
    signature: str = ""
    html: bool = False
    recipients: tuple[str, ...] = ()
    message_id: str = ""
    references: tuple[str, ...] = ()
    automatic: str = ""
    bounce: Bounce | None = None
    receipt: Receipt | None = None
    authentication: Authentication = field(default_factory=Authentication)
    oddities: frozenset[Oddity] = frozenset()
    attachments: tuple[Attachment, ...] = ()
    forwarded: Forwarded | None = None
    version_of: str = ""
    command: str = ""
    payload: str = ""
    sent_at: datetime | None = None
    language: str = ""
    entered: EnteredBy | None = None

    @property
    def typed(self) -> str:
        """What its writer typed now: some put a code into the subject line, and nothing below it."""
        return self.text if self.text.strip() else self.subject

    @property
    def is_silent(self) -> bool:
        """True for a sticker or an empty mail: no words, no file, no command."""
        return not (self.text.strip() or self.subject.strip() or self.attachments or self.command or self.forwarded)

    @property
    def has_only_attachments(self) -> bool:
        """True when there is nothing to read outside the attachments."""
        return not self.text.strip() and bool(self.attachments)


def is_chat(channel: str) -> bool:
    """Say whether a platform carries what goes there, and reads along: neither mail, nor our page, nor the post."""
    return channel not in BY_HAND | {MAIL, LINK}


def behind_link(chat: Handle) -> Handle:
    """Return where an answer lies whose link goes into a chat."""
    return Handle(LINK, str(chat))


def read_at(destination: Handle) -> Handle:
    """Return where a person reads what goes to a destination: of what lies on our page, the chat its link is in."""
    channel, _, value = destination.value.partition(":")
    return Handle(channel, value) if destination.channel == LINK else destination


def canonical_address(address: str) -> str:
    """Return an address as the directory compares it: trimmed, lower case (RFC 5321 2.4: domains ignore case)."""
    return address.strip().lower()


def untagged(handle: Handle) -> Handle:
    """Return an address without its tag: ann+shop@… is the mailbox of ann@… (RFC 5233)."""
    local, at, domain = handle.value.rpartition("@")
    return Handle(handle.channel, local.partition("+")[0] + at + domain)


def is_address(text: str) -> bool:
    """Say whether a text has the form local@domain, so that a name or half an address is noticed where it is typed."""
    return _ADDRESS.fullmatch(text) is not None
