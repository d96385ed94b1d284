"""Timers walk the same street: a clock that rings is an event, told once."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from bot.core.announcing import Happening, News
from bot.core.case import OPEN_STATES, WAITING_STATES, Case, Event, Item, Lane, advance
from bot.core.deadlines import breach_due, strict_day
from bot.core.letters import Notice, NoticeKind
from bot.core.ports import Clock
from bot.core.unit import Store, Unit
from bot.flow.announcing import announce
from bot.flow.answering import Answering
from bot.flow.authorities import ring_authorities
from bot.flow.reminding import Reminding
from bot.flow.retention import Retention
from bot.flow.steady import work_steadily
from bot.flow.windows import ask_before_closing

PROMISE_ALARMS: Final = (3, 1, 0)
STATUTORY_ALARMS: Final = (10, 5, 1)
"""Days before a date when colleagues hear of it."""

BREACH_ALARMS: Final = (48, 24, 6, 0)
"""Hours before the end of the 72 hours when colleagues hear of it again (Art. 33)."""

GIVE_UP_BEFORE: Final = 10
"""Days before the strict date when an open question goes to a person: silence never closes a case (rule 8)."""

_CLOCK: Final = {NoticeKind.PROMISE_DUE: "promise", NoticeKind.STATUTORY_DUE: "statutory"}
_EVERY_SECONDS: Final = 60.0
_DIGEST_HOUR: Final = 8
_FURTHEST_MOVE: Final = timedelta(days=7)  # free days move an end over a long weekend at most


@dataclass(frozen=True, slots=True)
class Timers:
    """Rings what is due. Safe to run in several processes: each bell rings once."""

    store: Store
    answering: Answering
    reminding: Reminding
    retention: Retention
    clock: Clock

    async def run(self) -> None:
        """Ring every minute until cancelled."""
        await work_steadily("timers", self._round, lambda: asyncio.sleep(_EVERY_SECONDS))

    async def _round(self) -> int:
        await self.ring()
        return 0

    async def ring(self) -> None:
        """Ring what is due: dates, breaches, authorities, questions, closing windows, the digest, ends of keeping."""
        now = self.clock.now()
        house = self.answering.post.house
        today = house.calendar.civil_date(now)
        await self.store.transact(lambda unit: self._deadlines(unit, today, now))
        await self.store.transact(lambda unit: self._breaches(unit, now))
        await self.store.transact(lambda unit: ring_authorities(unit, self.answering.post, today, now))
        await self.store.transact(lambda unit: self.reminding.remind(unit, now))
        await self.store.transact(lambda unit: ask_before_closing(unit, self.reminding.correspondence, now))
        if await self.store.transact(lambda unit: unit.counters.once(f"retention:{today.isoformat()}", now)):
            await self.retention.run()
        if now.astimezone(house.calendar.zone).hour >= _DIGEST_HOUR:
            await self.store.transact(lambda unit: self._digest(unit, today, now))

    def _deadlines(self, unit: Unit, today: date, now: datetime) -> None:
        promises = today + timedelta(days=max(PROMISE_ALARMS)) + _FURTHEST_MOVE
        months = today + timedelta(days=max(STATUTORY_ALARMS)) + _FURTHEST_MOVE
        for case in unit.cases.due(promises, months):
            for item in case.items:
                if item.state in OPEN_STATES:
                    for key, notice in self._bells(case, item, today):
                        if unit.counters.once(key, now):
                            self._ring(unit, case, notice, now)
            self._give_up(unit, case, today, now)

    def _ring(self, unit: Unit, case: Case, notice: Notice, now: datetime) -> None:
        """Tell of one date: colleagues, and the systems that follow the case."""
        post = self.answering.post
        post.notify(unit, notice, now)
        facts = {"case": case.id, "reference": case.reference, "date": str(notice.due), "clock": _CLOCK[notice.kind]}
        announce(unit, post.house.subscribers, News(Happening.DUE_SOON, now, facts, case.id))

    def _bells(self, case: Case, item: Item, today: date) -> Iterator[tuple[str, Notice]]:
        """Yield the nearest alarm of each clock that is due; an alarm missed while we were down rings once, late.

        A promise that ends on a free day has to be kept on the working day before (rule 3).
        """
        calendar = self.answering.post.house.calendar
        promise = calendar.last_working_day(item.promise_due)
        rung = [days for days in PROMISE_ALARMS if today >= promise - timedelta(days=days)]
        if rung and not item.kept_promise:
            yield f"promise:{item.id}:{min(rung)}", Notice(NoticeKind.PROMISE_DUE, case.reference, promise)
        strict = strict_day(item, calendar)
        if strict is not None and not item.met_the_law:
            rung = [days for days in STATUTORY_ALARMS if today >= strict - timedelta(days=days)]
            if rung:
                key = f"statutory:{item.id}:{strict}:{min(rung)}"
                yield key, Notice(NoticeKind.STATUTORY_DUE, case.reference, strict)

    def _breaches(self, unit: Unit, now: datetime) -> None:
        """Tell colleagues how long the authority can still be told in time, until somebody assessed the breach."""
        zone = self.answering.post.house.calendar.zone
        for case in unit.cases.with_breach():
            if case.aware_at is None:
                continue
            due = breach_due(case.aware_at)
            rung = [hours for hours in BREACH_ALARMS if now >= due - timedelta(hours=hours)]
            if rung and unit.counters.once(f"breach:{case.id}:{case.aware_at.isoformat()}:{min(rung)}", now):
                local = due.astimezone(zone)
                notice = Notice(NoticeKind.BREACH_DUE, case.reference, local.date(), hour=f"{local:%H:%M}")
                self.answering.post.notify(unit, notice, now)

    def _give_up(self, unit: Unit, case: Case, today: date, now: datetime) -> None:
        """Bring what still waits for the person to a colleague in time for the letter of Art. 12(4)."""
        late = {
            item.id
            for item in case.items
            if item.state in WAITING_STATES and today >= self._last_moment(item) - timedelta(days=GIVE_UP_BEFORE)
        }
        if late:
            items = tuple(advance(item, Event.GAVE_UP) if item.id in late else item for item in case.items)
            case = unit.cases.save(replace(case, items=items))
            unit.audit.record(case.id, "gave_up_waiting", "desk", now, {"items": str(len(late))})
            self.answering.redraft(unit, case, now)

    def _last_moment(self, item: Item) -> date:
        strict = strict_day(item, self.answering.post.house.calendar)
        return item.promise_due + timedelta(days=GIVE_UP_BEFORE) if strict is None else strict

    def _digest(self, unit: Unit, today: date, now: datetime) -> None:
        if unit.counters.once(f"digest:{today.isoformat()}", now):
            self.answering.post.notify_each(unit, NoticeKind.DIGEST, partial(_digest_for, unit), now)


def _digest_for(unit: Unit, staff: str) -> Notice:
    """Return what is open, without the cases that are kept from a colleague (law.md rule 31)."""
    counts = unit.listings.stages(frozenset(Lane), staff)
    return Notice(NoticeKind.DIGEST, counts=tuple((state.value, count) for state, count in counts.items()))
