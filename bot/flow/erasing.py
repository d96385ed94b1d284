"""Taking a customer off the record for good: no import and no restored database brings them back (rule 45)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.case import Lane
from bot.core.errors import NotAllowed
from bot.core.lanes import MAY, Deed
from bot.core.messages import canonical_address
from bot.core.ports import Clock, ErasureJournal
from bot.core.records import Erasure
from bot.core.unit import Store, Unit
from bot.flow.roles import require_role

CUSTOMERS: Final = "customers"
"""The chain of the history that tells who erased whom from the directory, by salted hash."""


@dataclass(frozen=True, slots=True)
class ErasureDesk:
    """Erases customers here (Art. 17); the company's own systems are its colleagues' to clear."""

    store: Store
    journal: ErasureJournal
    clock: Clock

    async def erase(self, number: str, staff: str, reason: str) -> Erasure:
        """Destroy a customer's row for a reason on file, and write that down where no backup reaches.

        Opt-outs stay: they keep mailings from coming back. Raises NotFound, NotAllowed, or what the journal raises.
        """
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> Erasure:
            if not reason.strip():
                raise NotAllowed("say why: the reason goes on file")
            return erase_row(unit, number.strip(), staff, reason, now)

        erasure = await self.store.transact(work)
        await self.again()
        return erasure

    async def again(self, *, dry_run: bool = False) -> int:
        """Erase whom a restored database has again, and return how many; write down what the journal lacks."""
        written = self.journal.read()
        known = await self.store.transact(lambda unit: unit.directory.erasures())
        forgotten = _without(written, known)
        if dry_run:
            return len(forgotten)
        if unwritten := _without(known, written):
            self.journal.add(unwritten)
        return await self._carry_out(forgotten) if forgotten else 0

    async def _carry_out(self, forgotten: Sequence[Erasure]) -> int:
        now = self.clock.now()

        def work(unit: Unit) -> int:
            back = sum(unit.directory.erase_again(erasure) for erasure in forgotten)
            unit.audit.record(CUSTOMERS, "erased_again", "desk", now, {"customers": str(back)})
            return back

        return await self.store.transact(work)


def erase_row(unit: Unit, number: str, staff: str, reason: str, now: datetime) -> Erasure:
    """Destroy a customer's row; `ErasureDesk.again` then writes it down where no backup reaches.

    Raises NotFound, and NotAllowed without the role.
    """
    require_role(unit, staff, MAY[Lane.GENERAL][Deed.APPROVE], "erase customers")
    erasure = unit.directory.erase(number, now)
    unit.audit.record(CUSTOMERS, "customer_erased", staff, now, {}, {"number": number}, why=reason)
    return erasure


def _without(erasures: Sequence[Erasure], others: Sequence[Erasure]) -> Sequence[Erasure]:
    marks = {other.mark for other in others}
    return [erasure for erasure in erasures if erasure.mark not in marks]
