"""One person's request: its items, their states, and the only function that changes one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.core.choice import ChatChoice
from bot.core.drafts import SILENCING_FLAGS
from bot.core.errors import ImpossibleTransition
from bot.core.extension import Extension
from bot.core.fact_check import FactQuestion
from bot.core.messages import Handle
from bot.core.other_ways import OtherWay
from bot.core.rights import Flag, RequestType, Scope
from bot.core.shelves import Hold
from bot.core.trust import Trust
from bot.core.verdict import Outcome
from bot.core.vouching import Vouch


class State(StrEnum):
    """Where an item is; the case's stage is derived from its items."""

    OPEN = "open"
    CLARIFYING = "clarifying"
    VERIFYING = "verifying"
    REVIEW = "review"
    SENDING = "sending"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Event(StrEnum):
    """What can happen to an item."""

    UNDERSTOOD = "understood"  # read, and the identity suffices
    UNCLEAR = "unclear"  # some right, but which?
    DOUBTED = "doubted"  # read, but the identity does not suffice yet
    PROVED = "proved"  # the challenge was met
    SUSPECTED = "suspected"  # a forger knocked
    HANDED = "handed"  # a person must look
    GAVE_UP = "gave_up"  # an open question stayed open
    APPROVED = "approved"  # the answer may leave
    RETURNED = "returned"  # the draft was sent back, or its approval taken back
    DELIVERED = "delivered"
    FAILED = "failed"  # the answer did not leave, or nobody knows whether it did
    BOUNCED = "bounced"
    WITHDREW = "withdrew"  # the letter that confirms a withdrawal arrived
    JOINED = "joined"  # carried on in another case
    REREAD = "reread"  # a colleague read it as something else, which takes over its date
    FINISHED = "finished"  # a colleague closed it
    REOPENED = "reopened"


S, E = State, Event

TRANSITIONS: Final[Mapping[tuple[State, Event], State]] = {
    (S.OPEN, E.UNDERSTOOD): S.REVIEW,
    (S.OPEN, E.UNCLEAR): S.CLARIFYING,
    (S.OPEN, E.DOUBTED): S.VERIFYING,
    (S.OPEN, E.HANDED): S.REVIEW,
    (S.OPEN, E.REREAD): S.MERGED,
    (S.OPEN, E.FINISHED): S.CLOSED,
    (S.OPEN, E.JOINED): S.MERGED,
    (S.CLARIFYING, E.UNDERSTOOD): S.REVIEW,
    (S.CLARIFYING, E.DOUBTED): S.VERIFYING,
    (S.CLARIFYING, E.UNCLEAR): S.REVIEW,  # asked once; now a person reads it
    (S.CLARIFYING, E.HANDED): S.REVIEW,
    (S.CLARIFYING, E.GAVE_UP): S.REVIEW,  # silence never closes a case
    (S.CLARIFYING, E.REREAD): S.MERGED,
    (S.CLARIFYING, E.FINISHED): S.CLOSED,
    (S.CLARIFYING, E.JOINED): S.MERGED,
    (S.VERIFYING, E.DOUBTED): S.VERIFYING,
    (S.VERIFYING, E.PROVED): S.REVIEW,
    (S.VERIFYING, E.UNDERSTOOD): S.REVIEW,
    (S.VERIFYING, E.GAVE_UP): S.REVIEW,
    (S.VERIFYING, E.REREAD): S.MERGED,
    (S.VERIFYING, E.FINISHED): S.CLOSED,  # spam that was asked who it is
    (S.VERIFYING, E.JOINED): S.MERGED,
    (S.REVIEW, E.HANDED): S.REVIEW,
    (S.REVIEW, E.PROVED): S.REVIEW,
    (S.REVIEW, E.UNDERSTOOD): S.REVIEW,
    (S.REVIEW, E.UNCLEAR): S.CLARIFYING,  # a colleague asks what is meant
    (S.REVIEW, E.DOUBTED): S.VERIFYING,  # a colleague records a doubt (Art. 12(6))
    (S.REVIEW, E.APPROVED): S.SENDING,
    (S.REVIEW, E.RETURNED): S.REVIEW,
    (S.REVIEW, E.JOINED): S.MERGED,
    (S.REVIEW, E.REREAD): S.MERGED,
    (S.REVIEW, E.FINISHED): S.CLOSED,
    (S.SENDING, E.DELIVERED): S.ANSWERED,
    (S.SENDING, E.WITHDREW): S.WITHDRAWN,
    (S.SENDING, E.FAILED): S.REVIEW,
    (S.SENDING, E.RETURNED): S.REVIEW,  # taken back before it left
    (S.SENDING, E.BOUNCED): S.REVIEW,
    (S.ANSWERED, E.BOUNCED): S.REVIEW,  # law.md rule 7: the clock reopens at its old date
    (S.ANSWERED, E.REOPENED): S.REVIEW,
    (S.ANSWERED, E.FINISHED): S.CLOSED,
    (S.CLOSED, E.REOPENED): S.REVIEW,
    (S.CLOSED, E.BOUNCED): S.REVIEW,
    (S.WITHDRAWN, E.REOPENED): S.REVIEW,
    (S.WITHDRAWN, E.BOUNCED): S.REVIEW,
    **{(state, E.SUSPECTED): state for state in State},  # a forger can't move a case
}

OPEN_STATES: Final = frozenset({S.OPEN, S.CLARIFYING, S.VERIFYING, S.REVIEW, S.SENDING})
WAITING_STATES: Final = frozenset({S.VERIFYING, S.CLARIFYING})
"""Where the person has the next word."""

_MOST_PRESSING: Final = (
    S.REVIEW,
    S.OPEN,
    S.VERIFYING,
    S.CLARIFYING,
    S.SENDING,
    S.ANSWERED,
    S.WITHDRAWN,
    S.MERGED,
    S.CLOSED,
)


class Lane(StrEnum):
    """Who may see a case (law.md rules 15 and 31)."""

    GENERAL = "general"
    DPO = "dpo"  # complaints, minors, heirs, unsafe people
    HR = "hr"  # employees and applicants
    AUTHORITY = "authority"


class ClockKind(StrEnum):
    """Which duty drives an item (law.md rule 2)."""

    AT_ONCE = "at_once"
    STATUTORY = "statutory"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Item:
    """One right within a case, with its own state and clock.

    `statutory_due` is the strict legal date (Art. 12(3)), absent for items that only the promise binds;
    `done_at` is when a measure that acts at once took effect. `doubtful` says that a person has to confirm the reading,
    `provisional` that the use was stopped and is still to be weighed (Art. 18, 21(1)), `marketing` that the objection
    is the absolute one of Art. 21(2). `needs` is the proof the item asks for by the table of law.md rule 12, `least`
    what a colleague's recorded doubt asks for (rule 10), and `trust` what was shown for it: proof belongs to an item
    and to the `challenge` that was put for it, never to the whole case. `authentic` says that whoever asked is surely
    who the message says: an aligned mail, a platform's own account. `told_on` is when our promise was kept, by the
    answer or by a status letter where that depended on the person, or when a letter apologised that it was not;
    `answered_on` when an answer arrived, whatever was taken up again since; `outcome` what a colleague chose, in place
    of what the desk would draft. `lift_told_at` is when the end of a restriction was announced (Art. 18(3)).
    """

    id: str
    right: RequestType
    state: State
    clock: ClockKind
    received_at: datetime
    promise_due: date
    statutory_due: date | None
    scopes: frozenset[Scope] = frozenset()
    done_at: datetime | None = None
    doubtful: bool = False
    provisional: bool = False
    marketing: bool = False
    needs: Trust = Trust.CLAIMED
    least: Trust = Trust.CLAIMED
    trust: Trust = Trust.CLAIMED
    challenge: str = ""
    authentic: bool = False
    extension: Extension | None = None
    told_on: date | None = None
    answered_on: date | None = None
    lift_told_at: datetime | None = None
    outcome: Outcome | None = None

    @property
    def asks(self) -> Trust:
        """The proof without which nothing is disclosed or done."""
        return max(self.needs, self.least)

    @property
    def legal_due(self) -> date | None:
        """The last day the law allows: the month's, or the extension's once the person was told of it."""
        return self.extension.until if self.extension else self.statutory_due

    def broke_promise(self, today: date) -> bool:
        """Say whether our promise ended without an answer, or a status letter in its place (law.md rule 3)."""
        return self.promise_due < today and not self.kept_promise

    def owes_apology(self, today: date) -> bool:
        """Say whether our promise ended and no letter said so yet: the next one apologises, no other (rule 3)."""
        return self.promise_due < today and self.told_on is None

    @property
    def met_the_law(self) -> bool:
        """Say whether a restriction was set and said so: taken up again it is lifted, and no month runs (rule 7)."""
        return self.right is RequestType.RESTRICTION and self.answered_on is not None

    @property
    def kept_promise(self) -> bool:
        """Say whether an answer or a status letter left in time, whatever is still open or was taken up again."""
        return self.told_on is not None and self.told_on <= self.promise_due


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation with one person.

    `requester` is who wrote first; `trust` what was proven for the case, never by a match. `proven` is the handle whose
    control was shown, by a code at `proven_at`. `attention` says why a colleague should look beside what waits for
    approval. `version` grows with every change, so that an approval can be bound to it. `clarified` counts the
    questions of meaning already asked. `token` is the unguessable word in our Message-IDs. `complained_of` are the
    colleagues a complaint is about. `aware_at` is since when we know of a breach that nobody has assessed yet (Art.
    33); a `hold` keeps all of it.
    `authority_due` is by when an authority that wrote wants its answer.
    `denied_at` is when somebody in a mailbox we asked said that it was not them; all stands still until a colleague
    settled that, at `settled_at`.
    `vouch` is a colleague's word for who asks, or for whom: the letter goes where it says. `choice` is the person's
    own, to be answered in the chat. `facts` are those that were asked of somebody who lost their address. `other_way`
    is how somebody without e-mail wants the answer (rule 42).
    A merged case is carried on in the one whose id is `merged_into`, which names it among those that `joined` it.
    """

    id: str
    reference: str
    token: str
    requester: Handle
    language: str
    opened_at: datetime
    received_at: datetime
    name: str = ""
    trust: Trust = Trust.CLAIMED
    customer_id: str | None = None
    proven: Handle | None = None
    proven_at: datetime | None = None
    lane: Lane = Lane.GENERAL
    flags: frozenset[Flag] = frozenset()
    clarified: int = 0
    version: int = 1
    attention: str = ""
    complained_of: frozenset[str] = frozenset()
    aware_at: datetime | None = None
    authority_due: date | None = None
    denied_at: datetime | None = None
    settled_at: datetime | None = None
    hold: Hold | None = None
    vouch: Vouch | None = None
    choice: ChatChoice | None = None
    facts: FactQuestion | None = None
    other_way: OtherWay | None = None
    merged_into: str = ""
    joined: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def stage(self) -> State:
        """The most pressing state among the items."""
        states = {item.state for item in self.items}
        return next((state for state in _MOST_PRESSING if state in states), State.REVIEW)

    @property
    def chosen(self) -> ChatChoice | None:
        """The choice to be answered in this chat, while all it rests on stands: the account, the proof, no denial."""
        one = self.choice
        if one is None or (one.account, one.word, one.word.to) != (self.requester, self.vouch, self.proven):
            return None
        return None if self.denied_at or self.merged_into or self.flags & SILENCING_FLAGS else one

    @property
    def is_open(self) -> bool:
        """True while anything is left to do."""
        return any(item.state in OPEN_STATES for item in self.items)

    @property
    def was_taken_back(self) -> bool:
        """True for an ended case with a withdrawn item: a word of the person takes it up again."""
        return not self.is_open and any(item.state is State.WITHDRAWN for item in self.items)


def advance(item: Item, event: Event) -> Item:
    """Return the item after the event; the only place where a state changes.

    Raises ImpossibleTransition for a pair the table does not know.
    """
    try:
        state = TRANSITIONS[item.state, event]
    except KeyError:
        raise ImpossibleTransition(f"an item that is {item.state} can't be {event}") from None
    return replace(item, state=state)


def moved(item: Item, event: Event) -> Item:
    """Advance an item that can take the event, and leave any other as it is."""
    return advance(item, event) if can(item, event) else item


def promise_spoken_of(items: Collection[Item], today: date) -> date:
    """Return the day of the promise a letter speaks of: a broken one it apologises for, else the next to come.

    Where all are past and spoken of it is the first of them, and today where nothing is promised.
    """
    broken = [item.promise_due for item in items if item.owes_apology(today)]
    due = [item.promise_due for item in items]
    return min(broken or [day for day in due if day >= today] or due, default=today)


def is_proven(item: Item) -> bool:
    """Say whether what was shown suffices for the item."""
    return item.trust >= item.asks


def can(item: Item, event: Event) -> bool:
    """Say whether the table knows this event for the item's state."""
    return (item.state, event) in TRANSITIONS
