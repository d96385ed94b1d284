"""A colleague's day: what needs them, first what breaks first, and whether all is well."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.core.case import OPEN_STATES, Case, Lane, State
from bot.core.deadlines import breach_due
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import Draft
from bot.core.house import House
from bot.core.lanes import MAY, Deed, lanes_for, roles_that, why_not
from bot.core.listings import Load
from bot.core.records import Disposition
from bot.core.unit import Unit

SOON: Final = timedelta(days=3)
"""How far ahead a date counts as near."""

_MOST: Final = 100
_STUCK: Final = (DeliveryState.UNCERTAIN, DeliveryState.PARKED)


class Need(StrEnum):
    """What a colleague has to do with a case; their order is the order of one day."""

    FILL = "fill"  # the draft has open slots
    APPROVE = "approve"  # read it and say yes
    SECOND = "second"  # somebody said yes; a second person is needed
    HAND = "hand"  # nothing is drafted: a person has to look


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `due` is the earliest date of what is open in the case."""

    need: Need
    case: Case
    due: date
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """All of it.

    `breaches` wait to be assessed, each with the end of its 72 hours (Art. 33). `handed_on` counts drafts this
    colleague approved that wait for a second one; `stages` open items.
    """

    tasks: tuple[Task, ...]
    load: Load
    stuck: tuple[Outgoing, ...]
    parked: int
    breaches: tuple[tuple[Case, datetime], ...]
    handed_on: int
    stages: dict[State, int]

    @property
    def is_fine(self) -> bool:
        """Say whether nothing is late, nothing is stuck, and no breach waits."""
        return not (self.breaches or self.load.late or self.stuck or self.parked)


def day_of(unit: Unit, house: House, staff: str, now: datetime) -> Day:
    """Put a colleague's day together."""
    roles = unit.staff.roles(staff)
    today = house.calendar.civil_date(now)
    lanes = lanes_for(roles)
    waiting = [pair for pair in unit.listings.waiting(lanes, _MOST) if not why_not(pair[0], staff, roles, Deed.EDIT)]
    looked = [case for case in unit.listings.unanswered(lanes, _MOST) if not why_not(case, staff, roles, Deed.EDIT)]
    mine = [(case, draft) for case, draft in waiting if not _has_approved(draft, staff)]
    tasks = [Task(_need(draft), case, due_of(case), draft) for case, draft in mine]
    tasks += [Task(Need.HAND, case, due_of(case)) for case in looked]
    order = list(Need)
    return Day(
        tasks=tuple(sorted(tasks, key=lambda task: (task.due, order.index(task.need), task.case.id))),
        load=unit.listings.load(lanes, today, today + SOON),
        stuck=tuple(_stuck(unit, staff)) if roles & roles_that(Deed.APPROVE) else (),
        parked=len(unit.inbox.listed(Disposition.PARKED, limit=100)) if roles & MAY[Lane.GENERAL][Deed.EDIT] else 0,
        breaches=tuple(_breaches(unit, staff)),
        handed_on=len(waiting) - len(mine),
        stages=dict(unit.cases.stages()),
    )


def due_of(case: Case) -> date:
    """Return the earliest date of what is open in a case."""
    open_items = [item for item in case.items if item.state in OPEN_STATES] or list(case.items)
    dates = [day for item in open_items for day in (item.promise_due, item.statutory_due) if day]
    return min(dates, default=date.max)


def next_draft(unit: Unit, staff: str, after: str) -> Draft | None:
    """Return the next draft that waits for this colleague's yes, other than the one just done."""
    roles = unit.staff.roles(staff)
    for case, draft in unit.listings.waiting(lanes_for(roles, Deed.APPROVE), _MOST):
        free = not _has_approved(draft, staff) and not draft.open_slots
        if draft.id != after and free and not why_not(case, staff, roles, Deed.APPROVE):
            return draft
    return None


def _need(draft: Draft) -> Need:
    if draft.open_slots:
        return Need.FILL
    return Need.SECOND if _valid(draft) else Need.APPROVE


def _valid(draft: Draft) -> Sequence[str]:
    return [given.staff for given in draft.approvals if given.seal == draft.seal]


def _has_approved(draft: Draft, staff: str) -> bool:
    return staff in _valid(draft)


def _stuck(unit: Unit, staff: str) -> Iterator[Outgoing]:
    roles = unit.staff.roles(staff)
    for state in _STUCK:
        for outgoing in unit.outbox.listed(state, limit=_MOST):
            if not outgoing.case_id or not why_not(unit.cases.get(outgoing.case_id), staff, roles, Deed.SEE):
                yield outgoing


def _breaches(unit: Unit, staff: str) -> Iterator[tuple[Case, datetime]]:
    roles = unit.staff.roles(staff)
    for case in unit.cases.with_breach():
        if case.aware_at is not None and not why_not(case, staff, roles, Deed.SEE):
            yield case, breach_due(case.aware_at)
