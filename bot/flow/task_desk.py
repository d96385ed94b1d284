"""Where colleagues mark what was done, and say why something was not; nothing is marked by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import OPEN_STATES, Case
from bot.core.denial import refuse_denied
from bot.core.drafts import DraftStatus
from bot.core.errors import NotAllowed
from bot.core.lanes import Deed
from bot.core.messages import canonical_address
from bot.core.ports import Clock
from bot.core.reasons import require_reason
from bot.core.tasks import Task, TaskKind
from bot.core.unit import Store, Unit
from bot.flow.admission import admit, refused, require_colleague
from bot.flow.answering import Answering, corrections_in
from bot.flow.carrying_out import CarryingOut, agreed_by, known_only_since, on_its_way, refuse_sent_early
from bot.flow.erasing import ErasureDesk, erase_row
from bot.flow.finding import carried_on
from bot.flow.holding import refuse_held
from bot.flow.telling_record import in_the_way_of


@dataclass(frozen=True, slots=True)
class TaskDesk:
    """The task lists of rectification, erasure, restriction and direct transfers."""

    store: Store
    answering: Answering
    erasures: ErasureDesk
    clock: Clock

    async def done(self, task_id: str, staff: str, note: str = "") -> Task:
        """Mark a task as done; with the last one in a system, the notices to recipients are drafted (Art. 19).

        The desk's own row of somebody erased is destroyed by this. Raises NotFound, and NotAllowed without the role,
        for a task that ended, for a notice, which is approved, for what whoever is on record may still stop, for a row
        before the answer has left, while somebody says that it was not them or a legal hold keeps what is theirs, and
        for a transfer without a word of what went where, that no other colleague agreed to, or on the word of an
        address known only lately.
        """
        by, now = canonical_address(staff), self.clock.now()

        def end(unit: Unit, case: Case, task: Task) -> Task:
            match task.kind:
                case TaskKind.TELL:
                    raise NotAllowed("approve its notice, or say why this recipient is not told")
                case TaskKind.HAND_OVER if not note.strip():
                    raise NotAllowed("say what was sent, to which service, how and when: it goes on file")
                case TaskKind.HAND_OVER:
                    refuse_sent_early(unit, case, task, by, now)
                case TaskKind.CARRY_OUT:
                    self._refuse_too_soon(unit, case, task, now)
                case TaskKind.ERASE_ROW:
                    _erase_row(unit, case, task, by, now)
            return task

        ended = await self._end(task_id, staff, note, "task_done", end)
        if ended.kind is TaskKind.ERASE_ROW:
            await self.erasures.again()
        return ended

    async def except_(self, task_id: str, staff: str, reason: str) -> Task:
        """Say why a task is not done: nothing is there, or telling is impossible or disproportionate (Art. 19).

        Raises NotFound, and NotAllowed without the role, without a reason, for a task that ended, for a notice on its
        way, or for a transfer that is not feasible, which the letter has to say.
        """

        def end(_unit: Unit, case: Case, task: Task) -> Task:
            if task.kind is TaskKind.HAND_OVER:
                raise NotAllowed(
                    f"where it can't be sent there, the letter says why: `nexio-intake cases outcome {case.reference} "
                    "portability=not_transferred`"
                )
            require_reason(reason)
            return replace(task, excepted=True)

        return await self._end(task_id, staff, reason, "task_excepted", end)

    async def undo(self, task_id: str, staff: str) -> Task:
        """Open a task again that was marked by mistake, or let a notice that was sent back or lost be drafted anew.

        Raises NotFound, and NotAllowed without the role, for a task that waits as it is, for a notice on its way, or
        for a row that is gone.
        """
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> Task:
            task, case = self._task(unit, task_id, staff)
            _refuse_told(unit, task)
            if task.kind is TaskKind.ERASE_ROW and not task.excepted and not task.is_open:
                raise NotAllowed(f"customer {task.name} was erased: no row comes back")
            notice = unit.drafts.get(task.draft).status if task.draft else DraftStatus.STALE
            if task.is_open and (not task.draft or notice is DraftStatus.WAITING):
                raise NotAllowed(f"{task.name} is still to be done")
            again = replace(task, ended_at=None, by="", note="", excepted=False, draft="")
            unit.tasks.save(again)
            unit.audit.record(case.id, "task_reopened", staff, now, _facts(task))
            self._go_on(unit, case, again, now)
            return again

        return await self.store.transact(work)

    async def open(self, staff: str, limit: int = 200, after: str = "") -> tuple[Sequence[tuple[Task, Case]], str]:
        """Return a page of what is still to be done in the cases a colleague may see, oldest first.

        With it comes the key that the next page begins after, empty at the end. A direct transfer is listed once data
        may go there. Raises NotAllowed.
        """
        now = self.clock.now()

        def read(unit: Unit) -> tuple[Sequence[tuple[Task, Case]], str]:
            require_colleague(unit, staff)
            tasks = unit.tasks.open(limit + 1, after)
            last = sorted(task.id for task in tasks)[limit - 1] if len(tasks) > limit else ""
            found = [(task, unit.cases.get(task.case_id)) for task in tasks if not last or task.id <= last]
            due = [(task, case) for task, case in found if _is_due(unit, case, task, now)]
            return [(task, case) for task, case in due if not refused(unit, case, staff, Deed.SEE)], last

        return await self.store.transact(read)

    async def _end(
        self, task_id: str, staff: str, note: str, event: str, end: Callable[[Unit, Case, Task], Task]
    ) -> Task:
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> Task:
            task, case = self._task(unit, task_id, staff)
            if not task.is_open:
                raise NotAllowed(f"{task.name} was marked already by {task.by}")
            _refuse_told(unit, task)
            ended = replace(end(unit, case, task), ended_at=now, by=staff, note=note.strip())
            unit.tasks.save(ended)
            unit.audit.record(case.id, event, staff, now, _facts(task), why=note.strip())
            _withdraw_notice(unit, ended)
            self._go_on(unit, case, ended, now)
            return ended

        return await self.store.transact(work)

    def _task(self, unit: Unit, task_id: str, staff: str) -> tuple[Task, Case]:
        task = unit.tasks.get(task_id)
        case = unit.cases.get(task.case_id)
        admit(unit, case, staff, Deed.EDIT)
        return task, case

    def _refuse_too_soon(self, unit: Unit, case: Case, task: Task, now: datetime) -> None:
        """Let nothing grave be done that who is on record may still stop (law.md rule 12)."""
        about = [item for item in case.items if item.id == task.item]
        if first := in_the_way_of(unit, case, about, self.answering.post.house.calendar, now):
            raise NotAllowed(first)

    def _go_on(self, unit: Unit, case: Case, task: Task, now: datetime) -> None:
        """Draft the notices that may be sent now, and the answer anew: it names who is told."""
        item = next(item for item in case.items if item.id == task.item)
        CarryingOut(self.answering.post).tell(unit, case, item, corrections_in(unit, case), now)
        if task.kind is TaskKind.TELL:
            self.answering.redraft(unit, case, now)


def _refuse_told(unit: Unit, task: Task) -> None:
    if on_its_way(unit, task):
        raise NotAllowed(f"{task.name} was told already, or is being told now: the notice was approved")


def _is_due(unit: Unit, case: Case, task: Task, now: datetime) -> bool:
    """Say whether a task may be done now, as far as that depends on others."""
    if task.kind is not TaskKind.HAND_OVER:
        return True
    return bool(agreed_by(unit, case, task)) and known_only_since(unit, case, now) is None


def _erase_row(unit: Unit, case: Case, task: Task, staff: str, now: datetime) -> None:
    """Destroy the record's row, unless that was done by hand already; not before the answer that needs it has left."""
    if any(item.id == task.item and item.state in OPEN_STATES for item in case.items):
        raise NotAllowed("the answer has not left yet: until then the record says who they are")
    for one in (case, carried_on(unit, case)):
        refuse_denied(one)
    refuse_held(unit, case, staff)
    if unit.directory.numbered(task.name):
        erase_row(unit, task.name, staff, f"its erasure was asked in {case.reference}, and answered", now)


def _withdraw_notice(unit: Unit, task: Task) -> None:
    if task.excepted and task.draft:
        notice = unit.drafts.get(task.draft)
        if notice.status is DraftStatus.WAITING:
            unit.drafts.save(replace(notice, status=DraftStatus.STALE))


def _facts(task: Task) -> dict[str, str]:
    return {"task": task.name, "about": task.right, "kind": task.kind}
