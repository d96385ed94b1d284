"""A case as a colleague reads it, on one page; looking leaves its trace."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.core.case import Case, Item, Lane, State
from bot.core.challenge import Challenge
from bot.core.delivery import Outgoing
from bot.core.doubting import is_doubted, may_doubt, standing_doubts
from bot.core.drafts import Draft, DraftStatus
from bot.core.errors import NotFound
from bot.core.house import House
from bot.core.identity import named_addresses
from bot.core.lanes import MAY, Deed, why_not
from bot.core.proof import lacks_proof, lacks_second_proof
from bot.core.reach import may_mean
from bot.core.records import AuditRow, Customer, Kept
from bot.core.references import references_in
from bot.core.tasks import Task
from bot.core.teamwork import Remark
from bot.core.trust import Grade, grade_sender
from bot.core.unit import Unit
from bot.flow.admission import look_at
from bot.flow.sight import links_seen
from bot.flow.teamwork import workers

BESIDE: Final = timedelta(minutes=10)
"""A colleague who looked at a case within these is taken to have it open."""

_LETTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the conversation, theirs or ours, with what was understood of theirs."""

    at: datetime
    kept: Kept | None = None
    grade: Grade | None = None
    ours: Outgoing | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about a case that its page shows."""

    case: Case
    entries: tuple[Entry, ...]
    drafts: tuple[Draft, ...]
    customer: Customer | None
    challenge: Challenge | None
    history: Sequence[AuditRow]
    assignee: str
    remarks: Sequence[Remark]
    workers: Sequence[str]
    may_edit: bool
    may_approve: bool

    @property
    def heard(self) -> Sequence[Kept]:
        """The person's own messages, oldest first."""
        return [entry.kept for entry in self.entries if entry.kept]

    @property
    def lacks_proof(self) -> bool:
        """Say whether anything in the case waits for a proof that a colleague may ask for."""
        return any(lacks_proof(item) for item in self.case.items)

    @property
    def may_doubt(self) -> bool:
        """Say whether a colleague who doubts who writes may ask for more than was shown."""
        return may_doubt(self.case)

    @property
    def is_doubted(self) -> bool:
        """Say whether a colleague's doubt stands."""
        return is_doubted(self.case)

    @property
    def doubts(self) -> Sequence[AuditRow]:
        """Return the doubts since the last one was withdrawn, with the reasons that were given."""
        return standing_doubts(self.history)

    @property
    def lacks_second_proof(self) -> Sequence[Item]:
        """Return what is proven once and needs it twice: no answer to it can be approved (law.md rules 10, 12)."""
        return [item for item in self.case.items if lacks_second_proof(item)]

    @property
    def named(self) -> Sequence[str]:
        """Which addresses the person named: a question may go there."""
        return addresses_named(self.heard)

    @property
    def request(self) -> str:
        """The id of the first message that was read: what a colleague says of the case corrects its reading."""
        return next((kept.id for kept in self.heard if kept.reading), "")

    @property
    def undrafted(self) -> Sequence[Item]:
        """What is on the desk without any letter that waits."""
        said = {item for draft in self.drafts for item in draft.items}
        return [item for item in self.case.items if item.state is State.REVIEW and item.id not in said]


def addresses_named(messages: Iterable[Kept]) -> Sequence[str]:
    """Return the e-mail addresses that messages name."""
    readings = [kept.reading for kept in messages if kept.reading]
    return sorted({address.value for reading in readings for address in named_addresses(reading)})


def open_file(unit: Unit, reference: str, staff: str, now: datetime) -> CaseFile:
    """Open a case by its reference. Raises NotFound also where this colleague may not see it."""
    case = look_at(unit, seen_case(unit, reference, staff), staff, now)
    roles = unit.staff.roles(staff)
    customer = unit.directory.get(case.customer_id) if case.customer_id else None
    theirs = [Entry(kept.received_at, kept, _graded(kept, customer)) for kept in unit.inbox.correspondence(case.id)]
    ours = [Entry(sent.created_at, ours=sent) for sent in unit.outbox.listed(case_id=case.id, limit=_LETTERS)]
    return CaseFile(
        case=case,
        entries=tuple(sorted([*theirs, *ours], key=lambda entry: entry.at)),
        drafts=tuple(unit.drafts.listed(DraftStatus.WAITING, case.id)),
        customer=customer,
        challenge=unit.challenges.open_for(case.id, now),
        history=history_seen(unit, case, staff),
        assignee=unit.teamwork.assignees([case.id]).get(case.id, ""),
        remarks=unit.teamwork.remarks(case.id),
        workers=workers(unit),
        may_edit=not why_not(case, staff, roles, Deed.EDIT),
        may_approve=not why_not(case, staff, roles, Deed.APPROVE),
    )


def history_seen(unit: Unit, case: Case, staff: str) -> Sequence[AuditRow]:
    """Return the chain of a case, oldest first, as far as it names no other case that is kept from a colleague."""
    return links_seen(unit, unit.audit.chain(case.id), staff)


def seen_case(unit: Unit, reference: str, staff: str) -> Case:
    """Return a case by its reference. Raises NotFound also where this colleague may not see it."""
    case = unit.cases.by_reference(reference)
    if case is None or why_not(case, staff, unit.staff.roles(staff), Deed.SEE):
        raise NotFound(f"there is no case {reference}")
    return case


def open_message(unit: Unit, message: str, staff: str, now: datetime) -> tuple[Kept, bytes]:
    """Give out a message's bytes; those of a case only to who may see it. Raises NotFound."""
    kept = unit.inbox.get(message)
    if kept.case_id is not None:
        case = unit.cases.get(kept.case_id)
        if why_not(case, staff, unit.staff.roles(staff), Deed.SEE):
            raise NotFound(f"there is no message {message}")
        unit.audit.record(case.id, "original_opened", staff, now, {"message": message})
    elif not unit.staff.roles(staff) & MAY[Lane.GENERAL][Deed.EDIT]:
        raise NotFound(f"there is no message {message}")
    return kept, unit.inbox.raw(message)


def case_of_message(unit: Unit, message: str, staff: str) -> Case:
    """Return the case of a message. Raises NotFound for one that has none, or none for this colleague's eyes."""
    case_id = unit.inbox.get(message).case_id
    if case_id is None:
        raise NotFound(f"there is no case of message {message}")
    return seen_case(unit, unit.cases.get(case_id).reference, staff)


def seen_task(unit: Unit, ident: str, staff: str) -> Task:
    """Return a task. Raises NotFound in the same words where there is none and where its case is not to be seen."""
    try:
        task = unit.tasks.get(ident)
        seen_case(unit, unit.cases.get(task.case_id).reference, staff)
    except NotFound:
        raise NotFound(f"there is no task {ident}") from None
    return task


def seen_letter(unit: Unit, ident: str, staff: str) -> Outgoing:
    """Return a letter. Raises NotFound in the same words where there is none and where its case is not to be seen."""
    try:
        letter = unit.outbox.get(ident)
        if letter.guarded_by:
            seen_case(unit, unit.cases.get(letter.guarded_by).reference, staff)
    except NotFound:
        raise NotFound(f"there is no delivery {ident}") from None
    return letter


def find_customers(unit: Unit, house: House, words: str) -> Sequence[Customer]:
    """Find customers by a whole address, number of a phone or handle, or by whole words of their name."""
    by_handle = (one for handle in may_mean(words, house.numbers) for one in unit.directory.find(handle))
    return list({one.id: one for one in (*by_handle, *unit.directory.named(words))}.values())


def find_cases(unit: Unit, house: House, words: str, staff: str) -> Sequence[Case]:
    """Find cases by reference, by an address or handle of the person, or by name, as far as this colleague may see."""
    roles, word = unit.staff.roles(staff), words.strip()
    by_reference = filter(None, map(unit.cases.by_reference, references_in(word)))
    known = list(may_mean(word, house.numbers))
    for customer in find_customers(unit, house, word):
        known += customer.reached_at
    by_handle = (case for handle in dict.fromkeys(known) for case in unit.cases.of_requester(handle))
    found = {case.id: case for case in (*by_reference, *by_handle, *unit.cases.named(word))}
    return [case for case in found.values() if not why_not(case, staff, roles, Deed.SEE)]


def _graded(kept: Kept, customer: Customer | None) -> Grade | None:
    message = kept.message
    if message is None:
        return None
    on_record = customer is not None and customer.knows(message.sender)
    return grade_sender(
        message.channel, message.authentication, message.oddities, on_record=on_record, own_domain=False
    )


def beside(history: Sequence[AuditRow], staff: str, now: datetime) -> tuple[str, datetime] | None:
    """Return which other colleague has a case open too, and since when, from its history."""
    others = [link for link in looks_of_late(history, now) if "@" in link.actor and link.actor != staff]
    return (others[-1].actor, others[-1].at) if others else None


def looks_of_late(history: Sequence[AuditRow], now: datetime) -> Sequence[AuditRow]:
    """Return the looks at a case after which it is taken to be open still."""
    return [link for link in history if link.event == "seen" and now - link.at < BESIDE]
