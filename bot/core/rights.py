"""What people ask for, in the field's own words, and what a reader found in one message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

OUR_LANGUAGES: Final = ("fr", "en", "nl", "de")
UNKNOWN_LANGUAGE: Final = "und"
"""ISO 639-2 "undetermined": not one of ours, or too little to tell."""


class RequestType(StrEnum):
    """A right of chapter III GDPR, or what stands beside them at this desk; `other` stands alone."""

    INFORMATION = "information"  # Art. 15(1): about me: whether, why, where from, to whom, how long
    ACCESS = "access"  # Art. 15(3): see or get a copy
    RECTIFICATION = "rectification"  # Art. 16
    ERASURE = "erasure"  # Art. 17
    RESTRICTION = "restriction"  # Art. 18
    PORTABILITY = "portability"  # Art. 20
    OBJECTION = "objection"  # Art. 21
    COMPLAINT = "complaint"  # Art. 38(4), 77
    UNSUBSCRIBE = "unsubscribe"  # Art. 21(3), ePrivacy 13
    CONSENT_WITHDRAWAL = "consent_withdrawal"  # Art. 7(3)
    HUMAN_REVIEW = "human_review"  # Art. 22(3)
    OTHER = "other"


RIGHTS: Final = tuple(right for right in RequestType if right is not RequestType.OTHER)


class Scope(StrEnum):
    """Which mailings an opt-out stops."""

    EMAIL = "email"
    PHONE = "phone"  # calls, SMS and messengers
    POST = "post"
    SURVEY = "survey"
    ALL = "all"


class Act(StrEnum):
    """What the message does in the conversation."""

    REQUEST = "request"
    ANSWER = "answer"
    REMINDER = "reminder"
    WITHDRAWAL = "withdrawal"
    AUTOMATIC = "automatic"


class Flag(StrEnum):
    """A circumstance that routes a case or stops the bot."""

    MARKETING = "marketing"
    BREACH = "breach"
    THREAT = "threat"
    UNSAFE = "unsafe"
    IDENTITY_THEFT = "identity_theft"
    MINOR = "minor"
    PARENT = "parent"
    AGENT = "agent"
    HEIR = "heir"
    EMPLOYEE = "employee"
    AUTHORITY = "authority"
    PROCESSOR = "processor"


class DataCategory(StrEnum):
    """The categories of data the company's privacy policy names."""

    USAGE = "usage"
    ORDERS = "orders"
    SERVICES = "services"
    INQUIRIES = "inquiries"
    RELATIONSHIP = "relationship"
    TRANSACTIONS = "transactions"
    MARKETING = "marketing"
    POST = "post"
    SURVEYS = "surveys"
    FRAUD = "fraud"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that speak for a label; `start` and `end` are character offsets into the text that was read."""

    label: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A name, address, number, date or code found in the text, with its character offsets.

    `kind` is one of: person, email, phone, address, customer, order, invoice, date, code.
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Correction:
    """What a rectification wants changed; an empty `old` or `new` was not said."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the classifiers say of one message.

    `rights` is the best guess even when the reader abstains; `confidence` is the probability that this exact set
    is right, `any_right` the probability that the message exercises any right at all, `scores` one per right.
    """

    rights: frozenset[RequestType]
    confidence: float
    abstain: bool
    any_right: float
    language: str
    act: Act = Act.REQUEST
    flags: frozenset[Flag] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    scores: Mapping[RequestType, float] = field(default_factory=lambda: MappingProxyType({}))
    evidence: tuple[Evidence, ...] = ()
    entities: tuple[Entity, ...] = ()
    corrections: tuple[Correction, ...] = ()
    categories: frozenset[DataCategory] = frozenset()
    model: str = ""

    @property
    def exercised(self) -> tuple[RequestType, ...]:
        """The rights without `other`, in the order of the law."""
        return tuple(right for right in RIGHTS if right in self.rights)

    @property
    def runner_up(self) -> tuple[RequestType, float] | None:
        """The likeliest right that is not in the reading, with its score."""
        others = [(right, self.scores[right]) for right in RIGHTS if right in self.scores and right not in self.rights]
        return max(others, key=lambda one: one[1], default=None)
