"""What we hold of the people a case is about, and may not be told where a letter goes (law.md rules 12, 42)."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from bot.core.case import OPEN_STATES, Case
from bot.core.drafts import Draft, DraftKind
from bot.core.house import House
from bot.core.identity import named_addresses, named_numbers
from bot.core.letters import RecordField
from bot.core.messages import MAIL, PHONE, Handle, Way, canonical_address, is_chat
from bot.core.names import words_of_name
from bot.core.proof import may_hold_data
from bot.core.records import Customer, Kept, record_of
from bot.core.residence import residence_of
from bot.core.sayable import is_sayable
from bot.core.telling import tells
from bot.core.unit import Unit
from bot.flow.data_subject import own_messages, whose_data

_NUMBERED: Final = re.compile(r"(?<!\w)(?=[\w-]*\d)[\w-]{5,}(?!\w)")
"""What may be somebody's number; a year is not."""

_ADDRESS: Final = re.compile(r"[^\s<>(),;:]+@[^\s<>(),;:]+\w")
_PHONE: Final = re.compile(r"(?<!\w)\+?\d(?:[ ./()-]*\d){7,}(?!\w)")


def data_kept_from(draft: Draft, unit: Unit, case: Case, house: House) -> frozenset[str]:
    """Return the values on record, of whoever this case may be about, that are kept from where a letter goes.

    A platform reads along: it sees nothing that is on record. In a call name, address and numbers are said, no more.
    Who proved nothing reads what they wrote themselves, no more: rule 12 asks no proof of a complaint, a question or
    an opt-out for as long as the answer holds no personal data.
    """
    channel = draft.recipient.channel
    if is_chat(channel):
        return _addresses(case).union(*map(_values, _customers(unit, case)))
    kept = frozenset() if _reaches_the_person(draft, unit, case) else _unwritten(draft, unit, case, house)
    if channel == Way.CALL:
        return kept.union(*(_never_said(customer, house) for customer in _customers(unit, case)))
    return kept


def data_chosen_for(draft: Draft, unit: Unit, case: Case) -> frozenset[str]:
    """Return the values on record that the person chose to read where an answer goes; none of any other letter."""
    one = case.chosen
    if one is None or draft.kind is not DraftKind.ANSWER or draft.recipient != one.account:
        return frozenset()
    customer = unit.directory.get(one.word.customer_id)
    return frozenset(_named(customer, one.fields)) if customer else frozenset()


def _named(customer: Customer, fields: Collection[str]) -> Iterator[str]:
    yield from (field.value for field in record_of(customer) if field.name in fields)
    yield from customer.phones if "phones" in fields else ()


def _customers(unit: Unit, case: Case) -> list[Customer]:
    handles = {case.requester, case.proven} - {None}
    customers = {one.id: one for handle in handles if handle for one in unit.directory.find(handle)}
    vouched_for = unit.directory.get(case.customer_id) if case.customer_id else None
    return [*customers.values(), *([vouched_for] if vouched_for and vouched_for.id not in customers else [])]


def _reaches_the_person(draft: Draft, unit: Unit, case: Case) -> bool:
    """Say whether a letter goes to who showed whose data it may hold, or to who received them (Art. 19)."""
    if draft.kind is DraftKind.RECIPIENT_NOTICE:
        return True
    to, spoken_of = draft.recipient, {*draft.items, *draft.concerns}
    items = [item for item in case.items if (item.id in spoken_of if spoken_of else item.state in OPEN_STATES)]
    shown = to in {case.proven, case.vouch.to if case.vouch else None}
    shown = shown or (bool(items) and all(map(may_hold_data, items)))
    return shown and bool(whose_data(unit, case, to, items))


def _unwritten(draft: Draft, unit: Unit, case: Case, house: House) -> frozenset[str]:
    """Return what is on record of whoever a case or its letter names, but for what the person wrote or we word.

    A country tells nobody apart, and many a letter names one.
    """
    if unit.directory.is_empty():
        return frozenset()
    passed_on = [kept for kept in unit.inbox.correspondence(case.id) if _forwarded_from(case, kept)]
    theirs = [*own_messages(unit, case), *passed_on]
    known = "\n".join((draft.recipient.value, draft.worded, *(word for kept in theirs for word in _written_in(kept))))
    named = (
        *_named_by(theirs, unit, house),
        *(unit.directory.named(case.name) if len(words_of_name(case.name)) > 1 else ()),
        *_named_in(f"{draft.subject}\n{draft.body}", known, unit, house),
    )
    people = {one.id: one for one in (*_customers(unit, case), *named)}
    held = frozenset().union(*(_values(one) - {residence_of(one.fields, ()).country} for one in people.values()))
    return frozenset(value for value in held if not tells(known, value))


def _forwarded_from(case: Case, kept: Kept) -> bool:
    """Say whether a colleague forwarded what the person of a case wrote to them."""
    inside = kept.message.forwarded if kept.message else None
    return inside is not None and inside.sender in {case.requester, case.proven}


def _written_in(kept: Kept) -> Iterator[str]:
    if (one := kept.message) is None:
        return
    yield from (one.name, one.subject, one.text, one.quoted, one.signature)
    if one.forwarded is not None:
        yield from (one.forwarded.name, one.forwarded.subject, one.forwarded.text)


def _named_by(theirs: Iterable[Kept], unit: Unit, house: House) -> Iterator[Customer]:
    """Yield whom a person names, as who they are or beside it."""
    for reading in (kept.reading for kept in theirs if kept.reading):
        for handle in (*named_addresses(reading), *named_numbers(reading, house.numbers)):
            yield from unit.directory.find(handle)
        numbers = (entity.text for entity in reading.entities if entity.kind == "customer")
        yield from filter(None, map(unit.directory.numbered, numbers))


def _named_in(text: str, known: str, unit: Unit, house: House) -> Iterator[Customer]:
    """Yield whom a letter names by an address or a number that nobody had written."""
    for address in set(_ADDRESS.findall(text)):
        yield from unit.directory.find(Handle(MAIL, canonical_address(address)))
    for number in filter(None, map(house.numbers.international, _PHONE.findall(text))):
        yield from unit.directory.find(Handle(PHONE, number))
    numbers = set(_NUMBERED.findall(text)) - set(_NUMBERED.findall(known))
    yield from filter(None, map(unit.directory.numbered, numbers))


def _never_said(customer: Customer, house: House) -> set[str]:
    """Return what of a record is told in writing alone; the name greets, and the number is called."""
    own = [("number", customer.number), *(("emails", address) for address in customer.emails)]
    own += [("handles", handle.value) for handle in customer.handles]
    held = [*(RecordField(name, value) for name, value in own), *customer.fields]
    return {field.value for field in held if not is_sayable(field.name, house.keys)}


def _addresses(case: Case) -> frozenset[str]:
    return frozenset(one.value for one in (case.requester, case.proven) if one and one.channel == MAIL)


def _values(customer: Customer) -> set[str]:
    fields = {field.value for field in customer.fields}
    return {customer.number, customer.name, *customer.emails, *customer.phones} | fields
