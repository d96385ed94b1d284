"""What calls take, as the OpenAPI description tells it."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from bot.core.choice import Told
from bot.core.extension import ExtensionReason
from bot.core.messages import Way
from bot.core.packages import PackageKind
from bot.core.rights import RequestType, Scope
from bot.core.verdict import Outcome
from bot.core.vouching import Ground
from bot.core.withholding import Where, Withheld

Seal = Annotated[str, Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$", description="The draft's `seal`")]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"\S", max_length=2000),
    Field(description="It goes on file"),
]
Recipient = Annotated[str, Field(min_length=1, max_length=320, description="An e-mail address, phone number or handle")]
Named = Annotated[str, Field(max_length=320)]
Year = Annotated[int, Path(ge=2018, le=2200, description="The Regulation applies since 2018")]
Read = Annotated[int, Field(ge=0, description="The case's `version` that was read")]


class Wish(BaseModel):
    """What a call takes; an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class Reading(Wish):
    """What a message asks for."""

    rights: list[RequestType] = Field(min_length=1, max_length=len(RequestType))


class ReadAnew(Reading):
    """What a case asks for."""

    version: Read


class Words(Wish):
    """New words of a draft."""

    subject: str = Field(max_length=998)
    body: str = Field(max_length=200_000)
    seal: Seal


class Yes(Wish):
    """A yes to the words that were read."""

    seal: Seal


class Outcomes(Wish):
    """How rights end; `evidence` is why a request is called excessive."""

    outcomes: dict[RequestType, Outcome] = Field(min_length=1)
    evidence: str = Field(default="", max_length=2000)


class Stop(Wish):
    """Which mailing stops, or may go out again, for whom."""

    recipient: Recipient
    scope: Scope = Scope.ALL
    reason: Reason


class Mailing(Wish):
    """To whom a mailing of one kind would go."""

    recipients: list[Recipient] = Field(min_length=1, max_length=10_000)
    scope: Scope


class Stretch(Wish):
    """Which part of the history is meant, from `since` till before `until`; what is empty does not narrow it."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    actor: Named = ""
    event: str = Field(default="", max_length=60)
    case: str = Field(default="", max_length=20, description="A case's reference")


class Back(Wish):
    """Why a draft that was read has to be different."""

    reason: Reason
    seal: Seal


class Settled(Wish):
    """Whether a letter arrived of which nobody knew."""

    arrived: bool


class Done(Wish):
    """What to remember of a task that was done."""

    note: str = Field(default="", max_length=2000)


class Why(Wish):
    """A reason that goes on file."""

    reason: Reason


class Assigned(Wish):
    """Who sees to a case from now on; an empty address is nobody."""

    to: Named


class ManyAssigned(Assigned):
    """Who sees to which cases from now on."""

    cases: list[Annotated[str, Field(max_length=20)]] = Field(min_length=1, max_length=200, description="References")


class Note(Wish):
    """A word for the colleagues."""

    text: str = Field(pattern=r"\S", max_length=10_000)


class Asked(Wish):
    """At which address the person named they are asked; empty is where they wrote from.

    `reason` is why there is a doubt; it is needed where nothing waits for a proof anyway.
    """

    at: Named = ""
    reason: str = Field(default="", max_length=2000, description="It goes on file")
    version: Read


class FactsAsked(Wish):
    """Of whom facts are asked: an address on record, with a customer number where several share it."""

    of: Recipient
    number: str = Field(default="", max_length=100)
    version: Read


class MoreTime(Wish):
    """For which rights more time is taken, and why the law allows it."""

    rights: list[RequestType] = Field(min_length=1, max_length=len(RequestType))
    reason: ExtensionReason
    version: Read


class DraftOutcomes(Outcomes):
    """How rights of a draft that was read end."""

    seal: Seal


class CaseOutcomes(Outcomes):
    """How rights of a case end, also those no letter was drafted for."""

    version: Read


class AsRead(Wish):
    """A case as it was read."""

    version: Read


class Given(Why):
    """A reason for what is done with a case."""

    version: Read


class Spoken(Wish):
    """In which language a case is answered."""

    language: Literal["fr", "en", "nl", "de"]
    version: Read


class Vouched(FactsAsked):
    """A colleague's word for who asks: whose data it is about, on what ground, and what was seen or checked."""

    of: Named = ""
    ground: Ground
    reason: Reason


class Chosen(Given):
    """Which columns of the record a person chose to read in the chat, and how they heard who reads along."""

    fields: list[Annotated[str, Field(max_length=100)]] = Field(min_length=1, max_length=100)
    how: Told


class Again(Given):
    """Which rights are taken up again; none named is all that have ended."""

    rights: list[RequestType] = Field(default_factory=list, max_length=len(RequestType))


class Merged(Given):
    """In which other case this one is carried on."""

    into: str = Field(min_length=1, max_length=20, description="The other case's reference")


class Parted(Given):
    """Which rights go on in a case of their own, and which messages go along."""

    rights: list[RequestType] = Field(min_length=1, max_length=len(RequestType))
    messages: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list, max_length=200, description="Ids of the conversation's messages"
    )


class KeptAway(Wish):
    """Which colleague a complaint is about."""

    colleague: Recipient
    version: Read


class Day(Given):
    """By when an authority wants its answer."""

    day: date


class Packing(Wish):
    """What a package is for, and the answer that was read: its link goes in there."""

    kind: PackageKind = PackageKind.ACCESS
    seal: Seal


class LeftOut(Wish):
    """Which words stay out of one text of a copy, and whose rights they would hurt."""

    where: Where
    key: str = Field(max_length=320, description="The text's `key`")
    words: str = Field(pattern=r"\S", max_length=10_000)
    ground: Withheld
    reason: Reason


class Entered(Wish):
    """Something that came by letter, by telephone or in person: from whom, when, in which words.

    Of `email` and `reach`, a postal address or profile in the person's own words, there is one.
    """

    way: Way
    at: AwareDatetime = Field(description="When it reached the company")
    name: str = Field(pattern=r"\S", max_length=200, description="Who the person says they are")
    email: Named = ""
    reach: str = Field(default="", max_length=1000)
    subject: str = Field(default="", max_length=998)
    text: str = Field(pattern=r"\S", max_length=200_000)
    reason: Reason


class Sought(Wish):
    """What is looked for."""

    words: str = Field(pattern=r"\S", max_length=320)


class Rows(Wish):
    """Customers as CSV with a header: number, emails, and what else is kept."""

    csv: str = Field(pattern=r"\S", max_length=900_000)
    dry_run: bool = False
