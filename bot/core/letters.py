"""What a letter is made from (`Brief`) and what it becomes (`Letter`): the seam between deciding and wording."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.core.drafts import Choice, DraftKind, Question
from bot.core.extension import ExtensionReason
from bot.core.pages import NO_LINKS, Links
from bot.core.register import Processing
from bot.core.rights import Correction, DataCategory, RequestType, Scope
from bot.core.verdict import Outcome
from bot.core.withholding import Place, Withheld


class Finding(StrEnum):
    """What the directory knows about the proven address."""

    NOT_LOOKED = "not_looked"
    NOTHING = "nothing"
    ONE = "one"
    SEVERAL = "several"
    ACCOUNT = "account"  # not asked: the letter is about one chat account alone (law.md rule 42)


class Extent(StrEnum):
    """How far an opt-out reaches, as its confirmation says it."""

    HERE = "here"  # the very address or account it came from
    RECORD = "record"  # and whatever is on record with it, if anything
    NAMED = "named"  # and the addresses or numbers the person named


@dataclass(frozen=True, slots=True)
class ItemBrief:
    """One item as a letter sees it; dates are the company's civil dates, absent where no such clock runs."""

    right: RequestType
    promise_due: date
    statutory_due: date | None = None
    scopes: frozenset[Scope] = frozenset()
    marketing: bool = False
    corrections: tuple[Correction, ...] = ()
    provisional: bool = False  # stopped for now, weighed later (Art. 18, 21(1))
    taken_effect: bool = False
    outcome: Outcome | None = None  # what a colleague chose
    left_out: tuple[Place, ...] = ()  # of the copy, for these
    grounds: frozenset[Withheld] = frozenset()  # (Art. 15(4))
    recipients: tuple[str, ...] = ()  # who is told of it, or was told of earlier ones (Art. 19)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message of the correspondence, for the copy of Art. 15(3); `ours` for what we wrote, which has an `id`.

    `at` is by the company's clock, where it is read.
    """

    at: datetime
    channel: str
    subject: str
    text: str
    ours: bool
    id: str = ""

    @property
    def on(self) -> date:
        """Its day."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Stop:
    """Mailings that somebody no longer gets, and since which day."""

    scopes: frozenset[Scope]
    since: date


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """Another request of the same person, as a letter names it."""

    reference: str
    received_on: date


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of the directory row.

    `name` is the field's key: number, name, emails, phones, address, language, or a column of the company's own.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Residence:
    """What a person's record says of where they live, as it is written there; empty where it says nothing."""

    country: str = ""
    region: str = ""
    address: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything one letter may say, in one of our languages.

    `plausible` lets the letter say what was understood; to anybody else it names neither the right nor whether
    data are held (law.md rule 16). `opted_out` is confirmed first, as far as `extent` says. `channel` is the one the
    letter leaves by. `first` adds the notice of Art. 13, and to what leaves by itself that of AI Act 50(1).
    `identifier` is the proven address the answer is about. `tries_left` belongs to `CODE_WRONG`. `late` apologises
    for a missed promise, the one of `promise_due`. `candidates` are the rights a clarification offers. `proven` says
    that the identity was shown; without it an answer to a right that needs it says what is missing (Art. 12(6)) and
    discloses nothing.
    `unsure` are the rights a colleague has to confirm before anything is said. `residence` decides which authority is
    named, and is known of the proven only.
    `asked` is when a question was put that was not answered, `until` and `reason` are an extension's; for a notice by
    post, `until` is the day to object by. `register` is the company's record of processing; empty, what the published
    policy says stands in for it. `stops` and `requests` are what this desk itself holds of the person beside the record
    and this case (Art. 15(1), (3)).
    """

    kind: DraftKind
    language: str
    channel: str
    reference: str
    promise_due: date
    today: date
    asked: date | None = None
    until: date | None = None
    reason: ExtensionReason | None = None
    name: str = ""
    plausible: bool = False
    proven: bool = False
    unsure: tuple[RequestType, ...] = ()
    first: bool = False
    question: Question | None = None
    items: tuple[ItemBrief, ...] = ()
    opted_out: frozenset[Scope] = frozenset()
    extent: frozenset[Extent] = frozenset({Extent.HERE})
    candidates: tuple[RequestType, ...] = ()
    tries_left: int = 0
    facts: tuple[str, ...] = ()  # the fields a question of facts is about
    finding: Finding = Finding.NOT_LOOKED
    identifier: str = ""
    record: tuple[RecordField, ...] = ()
    categories: frozenset[DataCategory] = frozenset()
    register: tuple[Processing, ...] = ()
    correspondence: tuple[Exchange, ...] = ()
    stops: tuple[Stop, ...] = ()
    requests: tuple[OtherRequest, ...] = ()
    late: bool = False
    residence: Residence = Residence()
    subject: str = ""  # the person's own subject, repeated only to a plausible sender
    links: Links = NO_LINKS


class NoticeKind(StrEnum):
    """What colleagues are told by mail."""

    BREACH = "breach"
    UNSAFE = "unsafe"
    IDENTITY_THEFT = "identity_theft"
    AUTHORITY = "authority"
    AUTHORITY_DUE = "authority_due"
    PROVISIONAL_STOP = "provisional_stop"
    BREACH_DUE = "breach_due"
    PROMISE_DUE = "promise_due"
    STATUTORY_DUE = "statutory_due"
    PARKED = "parked"
    NOT_DELIVERED = "not_delivered"
    TO_POST = "to_post"
    TO_CALL = "to_call"
    CODE_USED_UP = "code_used_up"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to colleagues: references, dates and counts, never personal data.

    `hour` is the company's, HH:MM. `counts` pairs the name of a state or queue with a number.
    """

    kind: NoticeKind
    reference: str = ""
    due: date | None = None
    hour: str = ""
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A worded message: plain text and accessible HTML of the same content (HTML empty for chat).

    `open_slots` names the facts only a colleague can fill, as they stand in the text between ⟦ and ⟧. The code, where
    there is one, stands as `CODE_SLOT`. `template` is name@version. `choices` may be tapped in a chat that can.
    `apologises` says that it owns to a missed promise.
    """

    subject: str
    body: str
    html: str
    template: str
    open_slots: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    apologises: bool = False


@dataclass(frozen=True, slots=True)
class Flaw:
    """What keeps a draft from approval: a sentence for a colleague, and the line of the body that causes it, from 0."""

    said: str
    line: int | None = None
