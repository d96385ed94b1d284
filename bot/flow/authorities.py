"""The day by which an authority wants its answer: set by the officer, rung until the case ends (law.md rule 15)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.core.authority import check_day, nearest_alarm
from bot.core.case import Case, Lane
from bot.core.deadlines import Calendar
from bot.core.errors import NotAllowed
from bot.core.lanes import Deed
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import canonical_address
from bot.core.ports import Clock
from bot.core.records import Kept
from bot.core.rights import Flag
from bot.core.unit import Store, Unit
from bot.core.wanted_by import WantedBy, wanted_by
from bot.flow.admission import admit
from bot.flow.answering import Answering
from bot.flow.posting import Post


@dataclass(frozen=True, slots=True)
class AuthorityDesk:
    """Keeps the clock that an authority's letter sets."""

    store: Store
    answering: Answering
    clock: Clock

    async def set_day(self, case_id: str, due: date, staff: str, reason: str) -> Case:
        """Note by when an authority wants its answer, instead of any day noted before.

        Raises NotFound, and NotAllowed without the role, a reason, an authority's letter, or a day to come.
        """
        now, staff = self.clock.now(), canonical_address(staff)
        if not reason.strip():
            raise NotAllowed("say where the day stands, such as the letter and its date: it goes on file")

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.EDIT)
            check_day(case, due, self.answering.post.house.calendar.civil_date(now))
            unit.audit.record(case.id, "authority_day", staff, now, {"due": due.isoformat()}, why=reason)
            return self.answering.save(unit, replace(case, authority_due=due), now)

        return await self.store.transact(work)


def proposed_days(case: Case, messages: Iterable[Kept], where: Calendar) -> tuple[WantedBy, ...]:
    """Return the days by which an authority's letters may want their answer, for the officer to check.

    None is noted by itself, for a wrong day would ring too late; once one is noted, none is proposed.
    """
    if case.lane is not Lane.AUTHORITY or case.authority_due is not None:
        return ()
    letters = [one for one in messages if one.message and one.reading and Flag.AUTHORITY in one.reading.flags]
    days = [
        day
        for one in letters
        if one.message
        for day in wanted_by(f"{one.message.subject}\n{one.message.text}", where.civil_date(one.received_at))
    ]
    return tuple(sorted(days, key=lambda found: found.day))


def ring_authorities(unit: Unit, post: Post, today: date, now: datetime) -> None:
    """Tell colleagues of every authority's day that comes near, each alarm once."""
    for case in unit.cases.open_in(Lane.AUTHORITY):
        if case.authority_due is None:
            continue
        days = nearest_alarm(case.authority_due, today)
        if days is not None and unit.counters.once(f"authority:{case.id}:{case.authority_due}:{days}", now):
            post.notify(unit, Notice(NoticeKind.AUTHORITY_DUE, case.reference, case.authority_due), now)
