"""An approved message on its way out, and what a broken connection means for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.core.challenge import LIFETIME
from bot.core.drafts import DECIDED, Choice, DraftKind
from bot.core.messages import Handle
from bot.core.waits import wait_after

GIVE_UP_AFTER: Final = timedelta(days=5)
"""RFC 5321 4.5.4.1: retries continue for at least four to five days."""


class DeliveryState(StrEnum):
    """Where an outgoing message is."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"  # may have arrived; a colleague says
    PARKED = "parked"  # will not arrive by itself; a colleague looks
    TAKEN_BACK = "taken_back"  # a colleague thought again before it left


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One approved message with the Message-ID it keeps over every try. Times in UTC.

    `secret` replaces `CODE_SLOT` at the moment of sending and is wiped with the receipt. `receipt` is what the way out
    gave for it: the ids of its pieces in a chat, with a blank between. `left_at` is when it was handed over.
    `case_version` is the case's as the message left it: a case that went on since makes the words old. `about` is the
    case a mail tells of that belongs to none, such as a code for a page: nothing moves there, and who may not see that
    case sees no such mail.
    """

    id: str
    draft_id: str
    case_id: str
    kind: DraftKind
    recipient: Handle
    subject: str
    body: str
    html: str
    language: str
    message_id: str
    created_at: datetime
    state: DeliveryState = DeliveryState.QUEUED
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    secret: str = ""
    attempts: int = 0
    not_before: datetime | None = None
    last_error: str = ""
    receipt: str = ""
    left_at: datetime | None = None
    fence: int = 0
    heard_at: datetime | None = None
    choices: tuple[Choice, ...] = ()
    about: str = ""

    @property
    def guarded_by(self) -> str:
        """The id of the case that says who may see this; empty for what tells of nobody, as notices to colleagues."""
        return self.case_id or self.about

    @property
    def by_colleague(self) -> bool:
        """Whether a colleague stands behind the words: an answer never leaves by itself, anything else may."""
        return self.kind in DECIDED

    case_version: int = 0

    @property
    def texts(self) -> frozenset[str]:
        """The ids a platform gave its pieces."""
        return frozenset(self.receipt.split())

    def had_left(self, by: datetime) -> bool:
        """Say whether it was handed over by a moment."""
        return (self.left_at or self.not_before or self.created_at) <= by


def may_be_taken_back(outgoing: Outgoing) -> bool:
    """Say whether nobody has tried to send a letter of a colleague yet."""
    return outgoing.state is DeliveryState.QUEUED and outgoing.by_colleague and not outgoing.attempts


def next_try(outgoing: Outgoing, now: datetime, jitter: float) -> datetime | None:
    """Return when to try again, or None when five days are over, or the day of the code it carries."""
    if now - outgoing.created_at >= (LIFETIME if outgoing.secret else GIVE_UP_AFTER):
        return None
    return now + wait_after(outgoing.attempts, jitter)


def after_a_crash(outgoing: Outgoing) -> DeliveryState:
    """Say what becomes of a message found in `sending`: resend what discloses nothing, leave the rest to a person."""
    return DeliveryState.UNCERTAIN if outgoing.kind in DECIDED else DeliveryState.QUEUED
