"""A breach in a case: known since when, and assessed by whom (Art. 33; law.md rule 33)."""

from dataclasses import dataclass, replace

from bot.core.case import Case
from bot.core.errors import NotAllowed
from bot.core.lanes import Deed
from bot.core.messages import canonical_address
from bot.core.ports import Clock
from bot.core.unit import Store, Unit
from bot.flow.admission import admit
from bot.flow.answering import Answering


@dataclass(frozen=True, slots=True)
class BreachDesk:
    """Starts and ends the 72 hours; what the case asks for goes its own way beside them."""

    store: Store
    answering: Answering
    clock: Clock

    async def raise_alarm(self, case_id: str, staff: str, reason: str) -> Case:
        """Start the 72 hours because a colleague saw a breach, such as data sent to the wrong person.

        Raises NotFound, NotAllowed.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.SEE)
            unit.audit.record(case.id, "breach_seen", staff, now, why=reason)
            return case if case.aware_at else self.answering.save(unit, replace(case, aware_at=now), now)

        return await self.store.transact(work)

    async def assessed(self, case_id: str, staff: str, reason: str) -> Case:
        """End the alarms: the authority was told, or need not be, for a reason on file (Art. 33(5)).

        Raises NotFound, and NotAllowed without the role or where no breach waits to be assessed.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.APPROVE)
            if case.aware_at is None:
                raise NotAllowed(f"no breach waits to be assessed in case {case.reference}")
            aware = {"aware_at": case.aware_at.isoformat()}
            unit.audit.record(case.id, "breach_assessed", staff, now, aware, why=reason)
            return self.answering.save(unit, replace(case, aware_at=None), now)

        return await self.store.transact(work)
