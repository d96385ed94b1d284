"""Taking a customer off the record for good: no import and no restored database brings them back (rule 45)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.case import Lane
from bot.core.lanes import MAY, Deed
from bot.core.messages import canonical_address
from bot.core.ports import Clock, ErasureJournal
from bot.core.reasons import require_reason
from bot.core.records import Erasure
from bot.core.unit import Store, Unit
from bot.flow.holding import held_about, refuse_held_customer
from bot.flow.roles import require_role

CUSTOMERS: Final = "customers"
"""The chain of the history that tells who erased whom from the directory, by salted hash."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Of whom a restored database has again, how many are erased anew, and how many a legal hold keeps."""

    erased: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class ErasureDesk:
    """Erases customers here (Art. 17); the company's own systems are its colleagues' to clear."""

    store: Store
    journal: ErasureJournal
    clock: Clock

    async def erase(self, number: str, staff: str, reason: str) -> Erasure:
        """Destroy a customer's row for a reason on file, and write that down where no backup reaches.

        Opt-outs stay: they keep mailings from coming back. Raises NotFound, NotAllowed without the role or while a
        legal hold keeps what we have of them, or what the journal raises.
        """
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> Erasure:
            require_reason(reason)
            return erase_row(unit, number.strip(), staff, reason, now)

        erasure = await self.store.transact(work)
        await self.again()
        return erasure

    async def again(self, *, dry_run: bool = False) -> Restored:
        """Erase whom a restored database has again, but for whom a hold keeps; write down what the journal lacks."""
        written = self.journal.read()
        known = await self.store.transact(lambda unit: unit.directory.erasures())
        forgotten = _without(written, known)
        if dry_run:
            free = await self.store.transact(lambda unit: _free(unit, forgotten))
            return Restored(len(free), len(forgotten) - len(free))
        if unwritten := _without(known, written):
            self.journal.add(unwritten)
        return await self._carry_out(forgotten) if forgotten else Restored()

    async def _carry_out(self, forgotten: Sequence[Erasure]) -> Restored:
        now = self.clock.now()

        def work(unit: Unit) -> Restored:
            free = _free(unit, forgotten)
            back = sum(unit.directory.erase_again(erasure) for erasure in free)
            if free:
                unit.audit.record(CUSTOMERS, "erased_again", "desk", now, {"customers": str(back)})
            return Restored(back, len(forgotten) - len(free))

        return await self.store.transact(work)


def erase_row(unit: Unit, number: str, staff: str, reason: str, now: datetime) -> Erasure:
    """Destroy a customer's row; `ErasureDesk.again` then writes it down where no backup reaches.

    Raises NotFound, and NotAllowed without the role or under a legal hold.
    """
    require_role(unit, staff, MAY[Lane.GENERAL][Deed.APPROVE], "erase customers")
    customer = unit.directory.numbered(number)
    if customer is not None:
        refuse_held_customer(unit, customer, staff)
    erasure = unit.directory.erase(number, now)
    unit.audit.record(CUSTOMERS, "customer_erased", staff, now, {}, {"number": number}, why=reason)
    return erasure


def _free(unit: Unit, forgotten: Sequence[Erasure]) -> Sequence[Erasure]:
    """Return those no hold in the restored database keeps: the officer releases it first."""
    back = [(erasure, unit.directory.behind(erasure)) for erasure in forgotten]
    return [erasure for erasure, customer in back if customer is None or held_about(unit, customer) is None]


def _without(erasures: Sequence[Erasure], others: Sequence[Erasure]) -> Sequence[Erasure]:
    marks = {other.mark for other in others}
    return [erasure for erasure in erasures if erasure.mark not in marks]
