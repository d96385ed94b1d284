"""Which tasks a case's answer waits for: opened with its draft, forgotten when nothing is to be changed any more."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import Case, Event, Item, State, is_proven
from bot.core.denial import refuse_denied
from bot.core.drafts import Draft, DraftKind, DraftStatus
from bot.core.errors import NotAllowed
from bot.core.identity import answer_destination
from bot.core.letters import Brief, ItemBrief
from bot.core.messages import MAIL, Handle
from bot.core.outcomes import is_refused
from bot.core.proof import COOLING
from bot.core.records import Customer
from bot.core.references import ID_BYTES, write_id
from bot.core.rights import Correction, RequestType
from bot.core.tasks import CHANGING, DONE, KnownBy, Recipient, Task, TaskKind
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.core.vouching import OF_NO_RECORD
from bot.flow.posting import Post, Purpose

DESK_ITSELF = "all systems"
"""What one task stands for where recipients are named in the settings and no system is."""

NAMED_SERVICE = "the service the person named"
"""Where portable data are sent directly (Art. 20(2)); the note of the task says which it was."""

_SAID: Final = frozenset({State.SENDING, State.ANSWERED})
"""Where a letter has said that it was done: what turns out not to be so stays to be done."""


@dataclass(frozen=True, slots=True)
class CarryingOut:
    """Keeps a case's tasks as its answer needs them, and words the notices of Art. 19."""

    post: Post

    def keep_tasks(
        self, unit: Unit, case: Case, changing: Collection[Item], whose: Sequence[Customer], now: datetime
    ) -> None:
        """Open what is still to be done for these items, and let go what no item calls for any more.

        `whose` are the customers on record whose data the answer is about.
        """
        items = {item.id: item for item in case.items}
        said = {item.id for item in case.items if item.state in _SAID}
        wanted = {(item.id, kind, name): owner for item in changing for kind, name, owner in self._wanted(item, whose)}
        for task in unit.tasks.of_case(case.id):
            known = wanted.pop((task.item, task.kind, task.name), None)
            called_for = known is not None or task.item in said or on_its_way(unit, task)
            if task.is_open and not called_for:
                unit.tasks.drop(task.id)
                self._end_notice(unit, task)
            elif task.is_open and task.draft:
                _bind(unit, case, items[task.item], task)
        for (item, kind, name), owner in wanted.items():
            ident = write_id(now, self.post.entropy.draw(ID_BYTES))
            unit.tasks.add(Task(ident, case.id, item, items[item].right, kind, name, owner, now))

    def tell(self, unit: Unit, case: Case, item: Item, corrections: Sequence[Correction], now: datetime) -> None:
        """Draft the notices of an item once it was carried out everywhere (Art. 19); each waits for approval."""
        tasks = [task for task in unit.tasks.of_case(case.id) if task.item == item.id]
        if any(task.is_open and task.kind is TaskKind.CARRY_OUT for task in tasks):
            return
        for task in tasks:
            recipient = self._recipient(task)
            if task.is_open and not task.draft and recipient is not None:
                draft = self._notice(unit, case, item, recipient, corrections, now)
                unit.drafts.add(draft)
                unit.tasks.save(replace(task, draft=draft.id))

    def _wanted(self, item: Item, whose: Sequence[Customer]) -> Iterator[tuple[TaskKind, str, str]]:
        house = self.post.house
        if item.right is RequestType.PORTABILITY:
            yield TaskKind.HAND_OVER, NAMED_SERVICE, ""
            return
        systems = [one for one in house.systems if item.right in one.rights]
        recipients = [one for one in house.recipients if item.right in one.rights]
        if recipients and not systems:
            yield TaskKind.CARRY_OUT, DESK_ITSELF, ""
        for system in systems:
            yield TaskKind.CARRY_OUT, system.name, system.owner
        for recipient in recipients:
            yield TaskKind.TELL, recipient.name, ""
        if item.right is RequestType.ERASURE and len(whose) == 1:
            yield TaskKind.ERASE_ROW, whose[0].number, ""

    def _recipient(self, task: Task) -> Recipient | None:
        named = [one for one in self.post.house.recipients if one.name == task.name]
        return named[0] if named and task.kind is TaskKind.TELL else None

    def _notice(
        self,
        unit: Unit,
        case: Case,
        item: Item,
        recipient: Recipient,
        corrections: Sequence[Correction],
        now: datetime,
    ) -> Draft:
        today = self.post.house.calendar.civil_date(now)
        customer = unit.directory.get(case.customer_id) if case.customer_id else None
        brief = Brief(
            kind=DraftKind.RECIPIENT_NOTICE,
            language=recipient.language,
            channel=MAIL,
            reference=case.reference,
            promise_due=item.promise_due,
            today=today,
            plausible=True,
            proven=True,
            items=(ItemBrief(item.right, item.promise_due, corrections=tuple(corrections)),),
            identifier=_known_by(recipient.known_by, customer, case),
        )
        return _about(item, self.post.word(case, brief, Handle(MAIL, recipient.contact), now, Purpose()))

    def _end_notice(self, unit: Unit, task: Task) -> None:
        if task.draft:
            waiting = unit.drafts.get(task.draft)
            if waiting.status is DraftStatus.WAITING:
                unit.drafts.save(replace(waiting, status=DraftStatus.STALE))


def calls_for_deeds(item: Item, *, on_record: bool) -> bool:
    """Say whether an item's letter says that data were corrected, erased, restricted or sent to another service."""
    if not is_proven(item):
        return False
    if item.right not in CHANGING:
        return item.outcome is Outcome.TRANSFERRED
    return on_record if item.outcome is None else item.outcome in DONE


def undone(unit: Unit, draft: Draft) -> Sequence[Task]:
    """Return what has to be done or excepted before an answer may say that it was done.

    A direct transfer stands in the way of the last approval alone: the others come before it.
    """
    if draft.kind is not DraftKind.ANSWER:
        return ()
    last = len(draft.valid) + 1 >= draft.approvers_needed
    tasks = [task for task in unit.tasks.of_case(draft.case_id) if task.is_open and task.item in draft.items]
    return [task for task in tasks if task.comes_first and (last or task.kind is not TaskKind.HAND_OVER)]


def agreed_by(unit: Unit, case: Case, task: Task) -> frozenset[str]:
    """Return the colleagues who approved the answer that says a task was done, as the case and its words stand."""
    waiting = unit.drafts.listed(DraftStatus.WAITING, case.id)
    answers = [one for one in waiting if one.kind is DraftKind.ANSWER and one.case_version == case.version]
    return frozenset(given.staff for one in answers if task.item in one.items for given in one.valid)


def known_only_since(unit: Unit, case: Case, now: datetime) -> datetime | None:
    """Return since when we know the address proven for a case, if that is too lately for data to go by its word.

    It came on record of somebody we knew before, a colleague vouched for it, or it was chosen (law.md rule 12).
    """
    begun, proven, word = now - COOLING, answer_destination(case), case.chosen or case.vouch
    of_no_record = case.vouch is not None and case.vouch.ground in OF_NO_RECORD
    if word is not None and not of_no_record and word.at > begun and not unit.directory.find(proven):
        return word.at
    return unit.directory.new_since(proven, begun)


def refuse_sent_early(unit: Unit, case: Case, task: Task, staff: str, now: datetime) -> None:
    """Let nobody alone hand data to a service that is named (Art. 20(2)), nor on the word of an address just known.

    Raises NotAllowed.
    """
    refuse_denied(case)
    if known_only_since(unit, case, now) is not None:
        raise NotAllowed("we know this address only lately: nothing may be sent on its word for three days")
    if not agreed_by(unit, case, task) - {staff}:
        raise NotAllowed("first another colleague approves the answer that says so: nobody sends data alone")


def heard(unit: Unit, notice: Draft, event: Event, now: datetime) -> None:
    """Keep a recipient's task in step with its letter: told once it was delivered, and to be told if it did not go."""
    lost = event not in {Event.APPROVED, Event.DELIVERED}
    unit.drafts.save(replace(notice, status=DraftStatus.STALE if lost else DraftStatus.APPROVED))
    for task in tasks_of(unit, notice):
        if event is Event.DELIVERED:
            unit.tasks.save(replace(task, ended_at=now, by=notice.approvals[-1].staff))
        else:
            unit.tasks.save(replace(task, ended_at=None, by=""))


def tasks_of(unit: Unit, notice: Draft) -> Sequence[Task]:
    """Return what a notice to a recipient is there for; nothing once another took its place."""
    if notice.kind is not DraftKind.RECIPIENT_NOTICE:
        return ()
    return [task for task in unit.tasks.of_case(notice.case_id) if task.draft == notice.id]


def on_its_way(unit: Unit, task: Task) -> bool:
    """Say whether a recipient's notice was approved and has not come to nothing."""
    return bool(task.draft) and unit.drafts.get(task.draft).status is DraftStatus.APPROVED


def told_of(tasks: Sequence[Task], item: str) -> tuple[str, ...]:
    """Return the recipients that hear of an item: those with a notice or one to come, none that was excepted."""
    return tuple(task.name for task in tasks if task.item == item and task.kind is TaskKind.TELL and not task.excepted)


def told_before(unit: Unit, person: Handle) -> tuple[str, ...]:
    """Return the recipients that were told of anything this person asked: they learn it on request (Art. 19)."""
    tasks = [task for case in unit.cases.of_requester(person) for task in unit.tasks.of_case(case.id)]
    told = [task.name for task in tasks if task.kind is TaskKind.TELL and not task.is_open and not task.excepted]
    return tuple(dict.fromkeys(told))


def _known_by(how: KnownBy, customer: Customer | None, case: Case) -> str:
    """Return by what a recipient finds the person; empty where nothing of that kind is known here."""
    if how is KnownBy.NUMBER:
        return customer.number if customer else ""
    if customer:
        return ", ".join(customer.emails)
    return case.proven.value if case.proven and case.proven.channel == MAIL else ""


def _about(item: Item, notice: Draft) -> Draft:
    """Return a notice that as many colleagues must approve as the answer to its item."""
    return replace(notice, rights=frozenset({item.right}), refuses=is_refused(item))


def _bind(unit: Unit, case: Case, item: Item, task: Task) -> None:
    """Let a notice wait on while its case goes on: it says nothing that changes with it."""
    waiting = unit.drafts.get(task.draft)
    if waiting.status is DraftStatus.WAITING and waiting.case_version != case.version:
        unit.drafts.save(replace(_about(item, waiting), case_version=case.version, approvals=()))
