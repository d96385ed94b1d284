"""A colleague's day put together: what needs them, first what breaks first, and whether all is well."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from bot.core.case import OPEN_STATES, Case, Lane
from bot.core.day import Clock, Day, Need, Task
from bot.core.deadlines import breach_due, promise_due
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import Draft, DraftStatus, Role
from bot.core.house import House
from bot.core.identity import answer_destination
from bot.core.lanes import MAY, Deed, lanes_for, roles_that, why_not
from bot.core.records import Disposition
from bot.core.unit import Unit
from bot.core.window import FREE, Window
from bot.flow.sight import letters_seen
from bot.flow.windows import heard_on

SOON: Final = timedelta(days=3)
"""How far ahead a date counts as near."""

CLOSING: Final = timedelta(hours=12)
"""How far ahead the end of a platform's window is near, however many dates end before."""

_MOST: Final = 100
"""How much of each kind one page lists."""

_STUCK: Final = (DeliveryState.UNCERTAIN, DeliveryState.PARKED)
_BOUNCED: Final = "bounced"
_WITHOUT_DRAFT: Final = {
    None: Need.HAND,
    DraftStatus.APPROVED: Need.HAND,
    DraftStatus.STALE: Need.OVERTAKEN,
    DraftStatus.REJECTED: Need.RETURNED,
}


def day_of(unit: Unit, house: House, staff: str, now: datetime) -> Day:
    """Put a colleague's day together."""
    eyes = _Eyes(unit, house, staff, unit.staff.roles(staff), now)
    lanes, today = lanes_for(eyes.roles), house.calendar.civil_date(now)
    listed = unit.listings.waiting(lanes, _MOST, staff)
    waiting = [*listed, *eyes.closing({draft.id for _, draft in listed})]
    editable = [pair for pair in waiting if eyes.may(Deed.EDIT, pair[0])]
    mine = [(case, draft) for case, draft in editable if not _has_approved(draft, staff)]
    bare = unit.listings.unanswered(lanes, _MOST, staff)
    undrafted = [(_WITHOUT_DRAFT.get(last, Need.HAND), case) for case, last in bare]
    near = unit.listings.unproven(lanes, today + SOON, _MOST, staff)
    unproven = [(Need.PROVE, case) for case in near]
    tasks = [
        *(eyes.with_case(_need(draft), case, draft=draft) for case, draft in mine),
        *(eyes.with_case(need, case) for need, case in (*undrafted, *unproven) if eyes.may(Deed.EDIT, case)),
        *eyes.breaches(),
        *eyes.denied(),
        *eyes.stuck(),
        *eyes.unread(),
    ]
    return Day(
        tasks=tuple(sorted(tasks, key=lambda task: task.order)),
        load=unit.listings.load(lanes, today, today + SOON, staff),
        handed_on=len(editable) - len(mine),
        stages=dict(unit.listings.stages(lanes, staff)),
        has_more=any(len(found) == _MOST for found in (listed, bare, near)),
    )


def due_of(case: Case) -> date:
    """Return the earliest date of what is open in a case."""
    return min((day for day, _ in _dates(case)), default=date.max)


def next_draft(unit: Unit, staff: str, after: str) -> Draft | None:
    """Return the next draft that waits for this colleague's yes, other than the one just done."""
    roles = unit.staff.roles(staff)
    for case, draft in unit.listings.waiting(lanes_for(roles, Deed.APPROVE), _MOST, staff):
        free = not _has_approved(draft, staff) and not draft.open_slots
        if draft.id != after and free and not why_not(case, staff, roles, Deed.APPROVE):
            return draft
    return None


@dataclass(frozen=True, slots=True)
class _Eyes:
    """Whose day it is, and when."""

    unit: Unit
    house: House
    staff: str
    roles: frozenset[Role]
    now: datetime

    def may(self, deed: Deed, case: Case) -> bool:
        return not why_not(case, self.staff, self.roles, deed)

    def with_case(self, need: Need, case: Case, draft: Draft | None = None, letter: Outgoing | None = None) -> Task:
        """Return a task with a case, by whichever of its clocks ends first."""
        breaks, clock = min(_dates(case), key=lambda one: one[0], default=(date.max, Clock.PROMISE))
        closes = self._window(case)
        if closes is not None and self._day(closes) <= breaks:
            return Task(need, Clock.WINDOW, self._day(closes), case, draft, letter, until=closes)
        return Task(need, clock, breaks, case, draft, letter)

    def closing(self, listed: Collection[str]) -> Iterator[tuple[Case, Draft]]:
        """Return what waits, beside what is listed, for a chat that soon takes no more texts."""
        opened, channels = self.now - FREE, self.house.windowed
        soon = self.unit.inbox.last_heard_between(channels, opened, opened + CLOSING) if channels else ()
        for case_id, _ in soon:
            case = self.unit.cases.get(case_id)
            waiting = self.unit.drafts.listed(DraftStatus.WAITING, case_id) if self._window(case) else ()
            yield from ((case, draft) for draft in waiting if draft.id not in listed)

    def breaches(self) -> Iterator[Task]:
        """Return the breaches that nobody has assessed yet; whoever sees the case may hurry somebody who may."""
        for case in self.unit.cases.with_breach():
            if case.aware_at is not None and self.may(Deed.SEE, case):
                until = breach_due(case.aware_at)
                yield Task(Need.ASSESS, Clock.BREACH, self._day(until), case, until=until)

    def denied(self) -> Iterator[Task]:
        """Return the cases that stand still because somebody says that it was not them."""
        return (self.with_case(Need.WHO, case) for case in self.unit.cases.with_denial() if self.may(Deed.SEE, case))

    def stuck(self) -> Iterator[Task]:
        """Return the letters that need somebody; once its case has ended, one that got lost is history."""
        if not self.roles & roles_that(Deed.APPROVE):
            return
        stuck = chain.from_iterable(self.unit.outbox.listed(state, limit=_MOST) for state in _STUCK)
        for letter, case in letters_seen(self.unit, stuck, self.staff, self.roles):
            need = _trouble(letter)
            if case is None:
                yield Task(need, Clock.PROMISE, promise_due(letter.created_at, self.house.calendar), letter=letter)
            elif case.is_open or need is Need.SETTLE:
                yield self.with_case(need, case, letter=letter)

    def unread(self) -> Iterator[Task]:
        """Return the messages that could not be read; the clock of what they may ask for runs."""
        if self.roles & MAY[Lane.GENERAL][Deed.EDIT]:
            for one in self.unit.inbox.listed(Disposition.PARKED, limit=_MOST):
                yield Task(Need.READ, Clock.PROMISE, promise_due(one.received_at, self.house.calendar), message=one)

    def _window(self, case: Case) -> datetime | None:
        """Return when a platform stops taking our texts, where the answer would go there and it still takes them."""
        heard = heard_on(self.unit, self.house, case.id, answer_destination(case).channel)
        closes = Window(heard).closes_at if heard else None
        return closes if closes and closes > self.now else None

    def _day(self, moment: datetime) -> date:
        return self.house.calendar.civil_date(moment)


def _dates(case: Case) -> Iterator[tuple[date, Clock]]:
    for item in [item for item in case.items if item.state in OPEN_STATES] or case.items:
        if not (item.kept_promise and item.legal_due):
            yield item.promise_due, Clock.PROMISE
        if item.legal_due:
            yield item.legal_due, Clock.LAW


def _trouble(letter: Outgoing) -> Need:
    if letter.state is DeliveryState.UNCERTAIN:
        return Need.SETTLE
    return Need.BOUNCED if letter.last_error.startswith(_BOUNCED) else Need.FAILED


def _need(draft: Draft) -> Need:
    if draft.open_slots:
        return Need.FILL
    return Need.SECOND if _valid(draft) else Need.APPROVE


def _valid(draft: Draft) -> Sequence[str]:
    return [given.staff for given in draft.approvals if given.seal == draft.seal]


def _has_approved(draft: Draft, staff: str) -> bool:
    return staff in _valid(draft)
