"""Destroying what is past its end, shelf by shelf, and the legal hold that stops it (law.md rule 44)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import Case, Event
from bot.core.delivery import DeliveryState
from bot.core.drafts import Role
from bot.core.errors import NotAllowed
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import canonical_address
from bot.core.packages import Package
from bot.core.ports import Clock
from bot.core.reasons import require_reason
from bot.core.shelves import Hold, Periods, Shelf
from bot.core.unit import Store, Unit
from bot.flow.aftermath import follow
from bot.flow.answering import Answering
from bot.flow.erasing import ErasureDesk
from bot.flow.figures import count_before_the_end
from bot.flow.holding import hold_on
from bot.flow.roles import require_role
from bot.flow.sight import KEPT_FROM

UNOPENED: Final = "the person never opened the data we prepared"
MAY_HOLD: Final = frozenset({Role.DPO})
_BATCH: Final = 200
_HELD: Final = "a case of theirs is held"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one thing on a shelf: `case` is its reference, empty for mail that has none; `held` keeps it."""

    shelf: Shelf
    count: int
    why: str
    case: str = ""
    held: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """Ends what is past its time. Safe to run in several processes and as often as one likes."""

    store: Store
    answering: Answering
    erasures: ErasureDesk
    clock: Clock

    @property
    def periods(self) -> Periods:
        """How long each shelf is kept."""
        return self.answering.post.house.periods

    async def run(self, *, dry_run: bool = False) -> Sequence[Fate]:
        """Destroy what is past its end and return it, with what a hold keeps; a dry run destroys nothing.

        After a restore it first erases again whoever was erased before.
        """
        now = self.clock.now()
        back = await self.erasures.again(dry_run=dry_run)
        why = self.periods.why(Shelf.ERASED)
        fates = [Fate(Shelf.ERASED, back.erased, why), Fate(Shelf.ERASED, back.held, why, held=_HELD)]
        fates.append(await self._other_mail(now, dry_run=dry_run))
        fates += await self._packages(now, dry_run=dry_run)
        for shelf in (Shelf.EVIDENCE, Shelf.ARCHIVE):
            fates += await self._cases(shelf, now, dry_run=dry_run)
        if not dry_run:
            end = self.periods.end_of(Shelf.ARCHIVE, now)
            await self.store.transact(lambda unit: unit.shelves.destroy_reasons(end))
        return [fate for fate in fates if fate.count]

    async def hold(self, case_id: str, staff: str, reason: str) -> Case:
        """Let nothing of a case be destroyed until the hold is released. Raises NotFound, NotAllowed."""
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> Case:
            case = _for_officer(unit, case_id, staff, reason)
            unit.audit.record(case.id, "held", staff, now, why=reason)
            return self.answering.save(unit, replace(case, hold=Hold(reason.strip(), staff, now)), now)

        return await self.store.transact(work)

    async def release(self, case_id: str, staff: str, reason: str) -> Case:
        """End a hold; the shelves go on from where they were. Raises NotFound, NotAllowed."""
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> Case:
            case = _for_officer(unit, case_id, staff, reason)
            if case.hold is None:
                raise NotAllowed(f"nothing holds case {case.reference}")
            unit.audit.record(case.id, "released", staff, now, why=reason)
            return self.answering.save(unit, replace(case, hold=None), now)

        return await self.store.transact(work)

    async def _other_mail(self, now: datetime, *, dry_run: bool) -> Fate:
        periods, shelf = self.periods, Shelf.OTHER_MAIL
        end = periods.end_of(shelf, now)
        count = await self.store.transact(lambda unit: unit.inbox.purgeable(end) if dry_run else unit.inbox.purge(end))
        return Fate(shelf, count, periods.why(shelf))

    async def _packages(self, now: datetime, *, dry_run: bool) -> Sequence[Fate]:
        def work(unit: Unit) -> Sequence[Fate]:
            fates = []
            for package in unit.packages.past(now):
                case = unit.cases.get(package.case_id)
                held = _reason(unit, case)
                fates.append(Fate(Shelf.PACKAGE, 1, self.periods.why(Shelf.PACKAGE), case.reference, held))
                if not dry_run and not held:
                    unit.packages.destroy(package.id)
                    unit.enclosures.destroy(case.id)
                    unit.audit.record(case.id, "package_destroyed", "desk", now, {"package": package.id})
                    self._reopen_unread(unit, package, now)
            return fates

        return await self.store.transact(work)

    def _reopen_unread(self, unit: Unit, package: Package, now: datetime) -> None:
        """Bring what was answered with a link that nobody ever opened back to colleagues (law.md rule 7)."""
        letters = unit.outbox.listed(DeliveryState.SENT, package.case_id)
        answer = next((letter for letter in letters if letter.draft_id == package.draft), None)
        if package.opened_at is None and answer is not None:
            case = follow(unit, self.answering, answer, Event.BOUNCED, now)
            unit.audit.record(case.id, "package_unopened", "desk", now, {"package": package.id})
            self.answering.save(unit, replace(case, attention=UNOPENED), now)
            self.answering.post.notify(unit, Notice(NoticeKind.NOT_DELIVERED, case.reference), now)

    async def _cases(self, shelf: Shelf, now: datetime, *, dry_run: bool) -> Sequence[Fate]:
        """End one shelf of every case that has been closed and quiet for long enough, a few cases a commit."""
        end, after = self.periods.end_of(shelf, now), ""
        fates: list[Fate] = []
        while batch := await self._past(shelf, end, after):
            fates += [await self._case(case_id, shelf, end, now, dry_run=dry_run) for case_id in batch]
            after = batch[-1]
        return fates

    async def _past(self, shelf: Shelf, end: datetime, after: str) -> Sequence[str]:
        return await self.store.transact(lambda unit: unit.shelves.quiet_since(shelf, end, _BATCH, after))

    async def _case(self, case_id: str, shelf: Shelf, end: datetime, now: datetime, *, dry_run: bool) -> Fate:
        def work(unit: Unit) -> Fate:
            if not unit.shelves.is_quiet(case_id, end):
                return Fate(shelf, 0, "")  # it went on meanwhile, or another process was here first
            case = unit.cases.get(case_id)
            fate = Fate(shelf, 1, self.periods.why(shelf), case.reference, _reason(unit, case))
            if shelf is Shelf.EVIDENCE:
                fate = replace(fate, count=unit.shelves.evidence_of(case_id))
            if not dry_run and not fate.held:
                self._end(unit, case, shelf, now)
            return fate

        return await self.store.transact(work)

    def _end(self, unit: Unit, case: Case, shelf: Shelf, now: datetime) -> None:
        if shelf is Shelf.EVIDENCE:
            unit.shelves.destroy_evidence(case.id)
            return
        kept_from = {KEPT_FROM: ", ".join(sorted(case.complained_of))} if case.complained_of else {}
        unit.audit.record(case.id, "erased", "desk", now, {"shelf": shelf, **kept_from})
        count_before_the_end(unit, case.id, self.answering.post.house.calendar, now)
        unit.shelves.destroy_case(case)


def _reason(unit: Unit, case: Case) -> str:
    hold = hold_on(unit, case)
    return hold.reason if hold else ""


def _for_officer(unit: Unit, case_id: str, staff: str, reason: str) -> Case:
    require_role(unit, staff, MAY_HOLD, "put or release a legal hold")
    require_reason(reason)
    return unit.cases.get(case_id)
