"""A proposed outgoing message, what binds an approval to it, and who must approve."""

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.core.errors import NotApprovable
from bot.core.extension import ExtensionReason
from bot.core.messages import Handle, canonical_address
from bot.core.rights import Flag, RequestType


class DraftKind(StrEnum):
    """What a message of ours is for; the names of `[replies] auto_send`."""

    ACKNOWLEDGEMENT = "acknowledgement"
    IDENTITY_QUESTION = "identity_question"
    CLARIFICATION = "clarification"
    UNSUBSCRIBE_CONFIRMATION = "unsubscribe_confirmation"
    HOLDING = "holding"
    REMINDER = "reminder"  # of an open question of ours
    STATUS = "status"  # how far we are
    RECORD_NOTICE = "record_notice"  # to an address on record, or a new one: something was asked in its owner's name
    EXTENSION = "extension"  # Art. 12(3): two further months, and why
    INTERIM = "interim"  # said on the way: a fee, a complaint received, before a restriction is lifted
    ANSWER = "answer"
    RECIPIENT_NOTICE = "recipient_notice"  # Art. 19: to somebody who received the data, never to the person
    NOTICE = "notice"  # to colleagues, never to a customer, and without personal data


class Question(StrEnum):
    """The one thing a reply asks for, or what it says of the code it had asked for."""

    CODE_BY_REPLY = "code_by_reply"  # mail: here is a code, reply with it
    CODE_FOR_CHAT = "code_for_chat"  # mail: here is a code, type it in the chat
    WHICH_ADDRESS = "which_address"  # chat: which e-mail address do we know you by?
    LAST_WORD = "last_word"  # chat: where can our answer go, before the platform stops taking our texts?
    OTHER_WAY = "other_way"  # chat: without e-mail, shall the answer come by post or by telephone?
    BY_POST = "by_post"  # chat: by post, then; a colleague goes on
    BY_PHONE = "by_phone"  # chat: by telephone, then; a colleague goes on
    NEITHER = "neither"  # chat: neither post nor telephone suits; a colleague looks for another way
    CODE_ELSEWHERE = "code_elsewhere"  # mail: here is a code, reply with it from the address you wrote from
    CODE_SENT = "code_sent"  # chat: if that address is right, a code waits there
    CODE_WRONG = "code_wrong"  # that was not the code
    CODE_RIGHT = "code_right"  # that was the code: nothing more is asked
    READ_ANEW = "read_anew"  # mail: what we said we understood was not right, this is: nothing is asked
    WHICH_RIGHT = "which_right"  # what exactly should we do?
    FACTS = "facts"  # mail: a few facts that are on record with us
    SECOND_PROOF = "second_proof"  # mail: the code was right; one more sign that is not in this mailbox
    SECOND_SENT = "second_sent"  # chat: the code was right; one more question lies in the mailbox
    SECOND_WRONG = "second_wrong"  # mail: that was no second proof
    SECOND_RIGHT = "second_right"  # mail: the second proof was right: nothing more is asked
    WAS_IT_YOU = "was_it_you"  # mail to another address on record: we are to erase or change something
    NEW_ADDRESS = "new_address"  # mail to an address that was given to us as somebody's new one
    WELCOME = "welcome"  # chat: what can we do for you?
    HELP = "help"  # chat: what can be written here
    NOT_IN_GROUPS = "not_in_groups"  # chat, in private: nobody is answered in the group we were put into
    UNDONE = "undone"  # the opt-out was taken back: nothing is asked
    NOTHING_OPEN = "nothing_open"  # chat: nothing is open that we could tell how far it is


GREETINGS: Final = frozenset({Question.WELCOME, Question.HELP, Question.NOT_IN_GROUPS, Question.NOTHING_OPEN})
"""What is said in a chat without any case."""

CODES_TYPED_ELSEWHERE: Final = frozenset({Question.CODE_FOR_CHAT, Question.CODE_ELSEWHERE})
"""Codes that go to an address the person named, and come back from where they wrote."""

DECIDED: Final = frozenset({DraftKind.ANSWER, DraftKind.INTERIM, DraftKind.EXTENSION})
"""What a colleague decides on: a person's letter, to the address that was proven, and never sent twice by itself."""

MAY_SEND_ALONE: Final = frozenset(DraftKind) - DECIDED - {DraftKind.NOTICE, DraftKind.RECIPIENT_NOTICE}
"""What discloses nothing; the setting may only choose among these."""

SILENCING_FLAGS: Final = frozenset({Flag.UNSAFE, Flag.IDENTITY_THEFT, Flag.AUTHORITY})
"""Flags that stop every automatic message of a case (law.md rule 17)."""

_IRREVERSIBLE: Final = frozenset({DraftKind.ANSWER, DraftKind.RECIPIENT_NOTICE})
"""What can't be called back from whoever read it: data are shown or refused, or erased at a recipient."""

_TWO_APPROVERS: Final = frozenset(
    {RequestType.ACCESS, RequestType.INFORMATION, RequestType.PORTABILITY, RequestType.ERASURE}
)


class DraftStatus(StrEnum):
    """Where a draft is."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    STALE = "stale"


class Role(StrEnum):
    """What a colleague may do."""

    READER = "reader"
    DRAFTER = "drafter"
    APPROVER = "approver"
    DPO = "dpo"
    HR = "hr"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to tap instead of writing it, where the platform has buttons; `word` is what we hear of a tap."""

    label: str
    word: str


@dataclass(frozen=True, slots=True)
class Approval:
    """One colleague's yes to one exact wording; `seal` is the draft's hash when it was given."""

    staff: str
    seal: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """A draft's words at one time."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A message waiting to leave.

    `open_slots` are facts only a colleague can fill; while there is one, nobody can approve. `items` are the ids of the
    items it answers, `concerns` of those it speaks of and leaves open; `reason` is why these take longer. `rights` are
    those it decides about, or tells a recipient of. A code is made only when the message leaves: the body holds
    `CODE_SLOT` in its place. `template` is name@version, `worded` the body before any colleague changed it, and
    `before` the words that the last change, or this draft, replaced. `refuses` says that it, or the answer that a
    notice is about, says no to something. `question` and `told` say what a first reply asks, and whether it may say
    what was understood: what it is drafted anew from; `choices` are answers to it. `sorry_for` is the day of the missed
    promise that it apologises for.
    """

    id: str
    case_id: str
    kind: DraftKind
    language: str
    recipient: Handle
    subject: str
    body: str
    html: str
    template: str
    case_version: int
    created_at: datetime
    items: tuple[str, ...] = ()
    rights: frozenset[RequestType] = frozenset()
    open_slots: tuple[str, ...] = ()
    question: Question | None = None
    told: bool = False
    refuses: bool = False
    status: DraftStatus = DraftStatus.WAITING
    approvals: tuple[Approval, ...] = field(default_factory=tuple)
    in_reply_to: str = ""
    worded: str = ""
    concerns: tuple[str, ...] = ()
    reason: ExtensionReason | None = None
    choices: tuple[Choice, ...] = ()
    before: Version | None = None
    sorry_for: date | None = None

    @property
    def version(self) -> Version:
        """The words as they stand."""
        return Version(self.subject, self.body)

    @property
    def seal(self) -> str:
        """The hash an approval is bound to: change a letter, and it is another draft."""
        bound = [
            self.recipient.channel,
            self.recipient.value,
            self.subject,
            self.body,
            self.html,
            self.template,
            self.case_version,
        ]
        return hashlib.sha256(json.dumps(bound, ensure_ascii=False).encode()).hexdigest()

    @property
    def valid(self) -> tuple[Approval, ...]:
        """The approvals of these very words."""
        return tuple(given for given in self.approvals if given.seal == self.seal)

    @property
    def carries_code(self) -> bool:
        """True for a letter that leaves with a fresh code."""
        return self.question in {Question.CODE_BY_REPLY, Question.SECOND_PROOF, *CODES_TYPED_ELSEWHERE}

    @property
    def discloses(self) -> bool:
        """True for an answer that may show personal data."""
        return self.kind is DraftKind.ANSWER

    @property
    def approvers_needed(self) -> int:
        """Two different people for a disclosure, an erasure or a refusal, and to tell recipients of one, else one."""
        two = self.kind in _IRREVERSIBLE and (self.refuses or bool(self.rights & _TWO_APPROVERS))
        return 2 if two else 1


def edit(draft: Draft, subject: str, body: str, html: str) -> Draft:
    """Return the draft with new words; earlier approvals are void. Raises NotApprovable when it no longer waits."""
    if draft.status is not DraftStatus.WAITING:
        raise NotApprovable(f"this draft is {draft.status}: only a waiting one can be edited")
    slots = tuple(dict.fromkeys(slot for slot in _SLOT.findall(body) if slot != CODE_SLOT))
    return replace(draft, subject=subject, body=body, html=html, open_slots=slots, approvals=(), before=draft.version)


_SLOT: Final = re.compile("⟦[^⟦⟧\n]*⟧")

CODE_SLOT: Final = "⟦code⟧"
"""Where the sender puts the secret at the moment of sending, and nowhere before."""


def may_send_alone(kind: DraftKind, allowed: frozenset[DraftKind], flags: frozenset[Flag]) -> bool:
    """Say whether a draft of this kind leaves without a colleague (design: what may leave)."""
    return kind in allowed & MAY_SEND_ALONE and not flags & SILENCING_FLAGS


def approve(draft: Draft, staff: str, now: datetime, *, case_version: int) -> Draft:
    """Return the draft with one more approval, approved when enough different people said yes.

    Who may approve is settled by `core.lanes`. Raises NotApprovable for a draft that is stale, not waiting, has open
    slots, or already holds this colleague's yes.
    """
    staff = canonical_address(staff)
    if draft.status is not DraftStatus.WAITING:
        raise NotApprovable(f"this draft is {draft.status}, not waiting")
    if draft.case_version != case_version:
        raise NotApprovable("this draft is stale: the case has changed since it was written; look at the new one")
    if draft.open_slots:
        raise NotApprovable("fill these first: " + ", ".join(draft.open_slots))
    if any(given.staff == staff for given in draft.valid):
        raise NotApprovable(f"{staff} has approved this already; a second, different colleague is needed")
    approvals = (*draft.valid, Approval(staff, draft.seal, now))
    done = len(approvals) >= draft.approvers_needed
    return replace(draft, approvals=approvals, status=DraftStatus.APPROVED if done else DraftStatus.WAITING)
