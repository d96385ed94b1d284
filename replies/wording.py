"""Values as sentences may hold them: dated, listed, and typed. Templates see nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list

from bot.core.deadlines import PROMISE
from bot.core.drafts import CODE_SLOT, DraftKind
from bot.core.letters import Brief, Exchange, Extent, ItemBrief, OtherRequest, RecordField, Stop
from bot.core.messages import MAIL, Way
from bot.core.pages import Links
from bot.core.rights import RequestType, Scope
from bot.core.withholding import Place, Where
from replies.cleaning import clean, greeting_name, one_line
from replies.policy import Company
from replies.policy.authorities import authority_of
from replies.processing import ProcessingWords, processing_words
from replies.sections import Part
from replies.vocabulary import MARKETING, RightWords, Vocabulary

_TELLING_OF_PROCESSING: Final = frozenset({DraftKind.ANSWER, DraftKind.INTERIM})
"""Only an answer tells what Art. 15(1) asks for."""


@dataclass(frozen=True, slots=True)
class ItemWords:
    """One item, worded."""

    wish: str
    topic: str
    article: str
    nothing: str
    stopped: tuple[str, ...]
    corrections: tuple["CorrectionWords", ...]
    provisional: bool
    taken_effect: bool


@dataclass(frozen=True, slots=True)
class CorrectionWords:
    """One field that changes."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ClockWords:
    """The dates of one item; each is empty once past, `statutory` also where only our promise binds."""

    topic: str
    promise: str
    statutory: str


@dataclass(frozen=True, slots=True)
class FieldWords:
    """One field of the record."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ExchangeWords:
    """One message of the correspondence."""

    on: str
    channel: str
    ours: bool
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Values:
    """Every name a template may use. From `items` on they belong to the part at hand.

    `late` has a letter apologise for the promise of that day, `ahead` says that the day is still to come.
    `by_hand` says that nobody can reply to the very message: it comes on paper or, `aloud`, in a call.
    `clocks` are the dates item by item, where they differ; else `legal_limit` is the one legal date ahead, and `bound`
    the items it binds, where it does not bind them all (law.md rule 2). `opens` says that the part begins the letter's
    text: in German it goes on in lower case after the greeting.
    """

    reference: str
    name: str
    company: str
    contact: str
    address: str
    dpo_contact: str
    policy_url: str
    authority: str
    authority_site: str
    promise: str
    asked: str
    until: str
    reason: str
    late: bool
    ahead: bool
    by_hand: bool
    aloud: bool
    plausible: bool
    opted_out: tuple[str, ...]
    opted_out_brief: str
    extent: str
    options: tuple[str, ...]
    code: str
    tries_left: int
    facts: tuple[str, ...]
    unsure: str
    identifier: str
    record: tuple[FieldWords, ...]
    exchanges: tuple[ExchangeWords, ...]
    stops: tuple[str, ...]
    requests: tuple[str, ...]
    processing: ProcessingWords | None
    links: Links
    items: tuple[ItemWords, ...] = ()
    clocks: tuple[ClockWords, ...] = ()
    legal_limit: str = ""
    bound: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    recipients: str = ""
    left_out: str = ""
    withheld: str = ""
    reply_by: str = ""
    heading: str = ""
    opens: bool = False

    def names(self) -> dict[str, object]:
        """Return the values by name, as a template takes them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Wording:
    """Turns a brief into values, in one language."""

    company: Company
    words: Vocabulary

    def letter(self, brief: Brief) -> Values:
        """Return what every part of a letter may show of its brief."""
        authority = authority_of(brief.residence, self.company.lead)
        return Values(
            reference=brief.reference,
            name=greeting_name(brief.name) if brief.plausible else "",
            company=self.company.name,
            contact=self.company.contact,
            address=one_line(self.company.address),
            dpo_contact=self.company.dpo,
            policy_url=self.company.policy_url,
            authority=authority.named(brief.language) if authority else "",
            authority_site=authority.site_in(brief.language) if authority else "",
            promise=self.day(brief.promise_due),
            asked=self.day(brief.asked) if brief.asked else "",
            until=self.day(brief.until) if brief.until else "",
            reason=self.words.extension[brief.reason] if brief.reason else "",
            late=brief.late,
            ahead=brief.promise_due >= brief.today,
            by_hand=brief.channel in {Way.LETTER, Way.CALL},
            aloud=brief.channel == Way.CALL,
            plausible=brief.plausible,
            opted_out=self.stopped(brief.opted_out),
            opted_out_brief=self._briefly(brief.opted_out),
            extent=self._extent(brief),
            options=tuple(self.words.right[right].wish for right in brief.candidates),
            code=CODE_SLOT,
            tries_left=brief.tries_left,
            facts=tuple(capitalised(self.words.field_label(one_line(field))) for field in brief.facts),
            unsure=self.listing([self.words.right[right].topic for right in brief.unsure]),
            identifier=one_line(brief.identifier),
            record=tuple(map(self._field, brief.record)),
            exchanges=tuple(map(self._exchange, brief.correspondence)),
            stops=tuple(map(self.stop, brief.stops)),
            requests=tuple(map(self.request, brief.requests)),
            processing=self._processing(brief) if brief.kind in _TELLING_OF_PROCESSING else None,
            links=brief.links,
        )

    def part(self, letter: Values, part: Part, today: date) -> Values:
        """Return a letter's values with those of the items one of its parts is about."""
        items = part.about
        by_law = tuple(item for item in items if item.statutory_due)
        statutory = min((item.statutory_due for item in by_law if item.statutory_due), default=today)
        reply_by = statutory - PROMISE  # leaves us the days our promise counts on
        topic = self.right(items[0]).topic if items else ""
        return replace(
            letter,
            items=tuple(self._item(item, beside=bool(letter.stops or letter.requests)) for item in items),
            clocks=tuple(self._clocks(items, today)) if _dates_differ(items) else (),
            legal_limit=self.day(statutory) if by_law and statutory >= today else "",
            bound=tuple(self.right(item).topic for item in by_law) if by_law != tuple(items) else (),
            held=tuple(self.words.held[item.right] for item in items if item.provisional and not item.marketing),
            left_out=self.listing([self._place(place) for item in items for place in item.left_out]),
            withheld=self.listing([self.words.withheld[one] for item in items for one in sorted(item.grounds)]),
            recipients=self.listing([one_line(name) for item in items for name in item.recipients]),
            reply_by=self.day(reply_by) if reply_by > today else "",
            heading=self.words.heading.get(part.outcome) or capitalised(topic),
            opens=part.opens,
        )

    def _processing(self, brief: Brief) -> ProcessingWords:
        return processing_words(brief.register, brief.categories, brief.language, self.words, self.listing)

    def day(self, day: date) -> str:
        """Spell a date in full."""
        spelled = format_date(day, "long", self.words.locale)
        return f"1er{spelled[1:]}" if self.words.locale == "fr" and day.day == 1 else spelled

    def listing(self, things: Sequence[str]) -> str:
        """Join things as a sentence does, each once."""
        return format_list(list(dict.fromkeys(things)), "standard", self.words.locale) if things else ""

    def right(self, item: ItemBrief) -> RightWords:
        """Return the words for an item's right."""
        return self.words.right[MARKETING if item.marketing else item.right]

    def stopped(self, scopes: frozenset[Scope]) -> tuple[str, ...]:
        """Say which mailings stop, a sentence each; all of them at once is one sentence."""
        return tuple(self.words.stopped[scope] for scope in _narrowest(scopes))

    def stop(self, stop: Stop) -> str:
        """Name an opt-out in force."""
        return self.words.held_here["stop"].format(day=self.day(stop.since), what=self._briefly(stop.scopes))

    def request(self, request: OtherRequest) -> str:
        """Name another request of the same person."""
        return self.words.held_here["request"].format(reference=request.reference, day=self.day(request.received_on))

    def _briefly(self, scopes: frozenset[Scope]) -> str:
        return self.listing([thing for scope in _narrowest(scopes) for thing in self.words.stopped_brief[scope]])

    def _extent(self, brief: Brief) -> str:
        """Say what an opt-out reaches, the address or account it came from first."""
        words = self.words.extent if brief.channel == MAIL else self.words.extent_brief
        return self.listing([words[extent] for extent in Extent if extent in brief.extent])

    def _item(self, item: ItemBrief, *, beside: bool) -> ItemWords:
        """Word an item; `beside` says that the desk itself holds something of the person."""
        right = self.right(item)
        changed = tuple(
            CorrectionWords(self.words.field_label(one_line(c.field)), one_line(c.old), one_line(c.new))
            for c in item.corrections
            if c.new
        )
        return ItemWords(
            wish=right.wish,
            topic=right.topic,
            article=right.article,
            nothing=right.nothing if right.nothing_else is None or not beside else right.nothing_else,
            stopped=self.stopped(item.scopes or frozenset({Scope.ALL})),
            corrections=changed if item.right is RequestType.RECTIFICATION else (),
            provisional=item.provisional,
            taken_effect=item.taken_effect,
        )

    def _place(self, place: Place) -> str:
        name = self.words.field_label(place.name) if place.where is Where.FIELD else place.name
        return self.words.left_out[place.where].format(name=one_line(name), day=self.day(place.on) if place.on else "")

    def _clocks(self, items: Sequence[ItemBrief], today: date) -> Iterator[ClockWords]:
        """Yield the dates ahead, item by item."""
        for item in items:
            promise = self.day(item.promise_due) if item.promise_due >= today else ""
            statutory = self.day(item.statutory_due) if item.statutory_due and item.statutory_due >= today else ""
            if promise or statutory:
                yield ClockWords(capitalised(self.right(item).topic), promise, statutory)

    def _field(self, field: RecordField) -> FieldWords:
        value = one_line(field.value)
        if field.name == "language":
            value = self._language_name(value)
        return FieldWords(capitalised(self.words.field_label(one_line(field.name))), value)

    def _exchange(self, exchange: Exchange) -> ExchangeWords:
        return ExchangeWords(
            on=self.day(exchange.on),
            channel=self.words.by_channel(exchange.channel),
            ours=exchange.ours,
            subject=one_line(exchange.subject),
            text=clean(exchange.text).strip(),
        )

    def _language_name(self, code: str) -> str:
        try:
            return Locale.parse(code).get_language_name(self.words.locale) or code
        except (UnknownLocaleError, ValueError):
            return code


def _dates_differ(items: Sequence[ItemBrief]) -> bool:
    """Say whether items have to be told their dates one by one: our promises differ, or the law's do."""
    return len({item.promise_due for item in items}) > 1 or len({i.statutory_due for i in items if i.statutory_due}) > 1


def _narrowest(scopes: frozenset[Scope]) -> tuple[Scope, ...]:
    """Return the scopes to name: all of them is one."""
    if Scope.ALL in scopes or scopes >= frozenset(Scope) - {Scope.ALL}:
        return (Scope.ALL,)
    return tuple(scope for scope in Scope if scope in scopes)


def capitalised(text: str) -> str:
    """Return a text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]
