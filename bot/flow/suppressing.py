"""Who must not get which mailing: put in force and lifted by colleagues, asked by whoever sends (law.md rule 28)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import Lane
from bot.core.drafts import Role
from bot.core.errors import BadInput, NotAllowed
from bot.core.house import House
from bot.core.lanes import MAY, Deed
from bot.core.messages import Handle, canonical_address
from bot.core.opting_out import OptOut, stops
from bot.core.ports import Clock, Entropy
from bot.core.reach import read_handle
from bot.core.reasons import require_reason
from bot.core.records import AuditRow, Suppression
from bot.core.references import ID_BYTES, write_id
from bot.core.rights import Scope
from bot.core.unit import Store, Unit
from bot.flow.coming_in import PEOPLE
from bot.flow.roles import require_role

MAILINGS: Final = "mailings"
"""The chain of the history that tells who stopped or allowed mailings outside any case."""

MAY_STOP: Final[frozenset[Role]] = MAY[Lane.GENERAL][Deed.EDIT]
MAY_LIFT: Final[frozenset[Role]] = MAY[Lane.GENERAL][Deed.APPROVE]
ONE_CLICK: Final = "one click"
"""Who stopped a mailing from its own header or page: whoever read it."""

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """What may become of one recipient: `handle` is None for words that name nobody, `by` what stops a mailing."""

    written: str
    handle: Handle | None
    by: Suppression | None = None

    @property
    def allowed(self) -> bool:
        """Say whether the mailing may go there; what can't be read gets none."""
        return self.handle is not None and self.by is None


@dataclass(frozen=True, slots=True)
class SuppressionDesk:
    """Stops and allows mailings for a reason on file, and answers whoever sends them."""

    store: Store
    house: House
    clock: Clock
    entropy: Entropy

    async def add(self, written: str, scope: Scope, staff: str, reason: str) -> Sequence[Handle]:
        """Stop a kind of mailing for an address and whatever is on record with it; return what was not stopped before.

        Raises BadInput for words that name nobody, NotAllowed without the role or a reason.
        """
        staff, handle, now = canonical_address(staff), read_handle(written, self.house.numbers), self.clock.now()

        def work(unit: Unit) -> Sequence[Handle]:
            require_role(unit, staff, MAY_STOP, "stop mailings")
            require_reason(reason)
            rows = tuple(unit.directory.find(handle))
            wanted = OptOut(handle, frozenset({scope}), authentic=True, rows=rows)
            stopped = [one for one, kind in stops(wanted) if self._stop(unit, one, kind, now)]
            for one in stopped:
                _note(unit, "suppressed", staff, scope, one, reason, now)
            return stopped

        return await self.store.transact(work)

    async def lift(self, written: str, scope: Scope, staff: str, reason: str) -> Suppression:
        """Allow a kind of mailing again for exactly one address, and return what stopped it.

        Raises BadInput for words that name nobody, NotAllowed without the role or a reason, or where nothing of exactly
        this scope is in force.
        """
        staff, handle, now = canonical_address(staff), read_handle(written, self.house.numbers), self.clock.now()

        def work(unit: Unit) -> Suppression:
            require_role(unit, staff, MAY_LIFT, "let mailings go out again")
            require_reason(reason)
            lifted = unit.suppressions.lift(handle, scope, now)
            if lifted is None:
                wider = unit.suppressions.blocking([handle], scope)
                also = "; all mailings are: lift that, then stop again what is to stay stopped" if wider else ""
                raise NotAllowed(f"{scope} is not stopped for {handle.value}{also}")
            _note(unit, "suppression_lifted", staff, scope, handle, reason, now)
            return lifted

        return await self.store.transact(work)

    async def history(self, staff: str) -> Sequence[AuditRow]:
        """Return who stopped or allowed which mailings outside any case, when and why, oldest first.

        Raises NotAllowed without the role.
        """

        def work(unit: Unit) -> Sequence[AuditRow]:
            require_role(unit, canonical_address(staff), MAY_STOP, "see why mailings were stopped")
            return unit.audit.chain(MAILINGS)

        return await self.store.transact(work)

    async def hand_out(self, staff: str) -> Sequence[Suppression]:
        """Return all that is in force, for whoever sends the mailings, and note who took it along.

        Raises NotAllowed.
        """
        now = self.clock.now()

        def work(unit: Unit) -> Sequence[Suppression]:
            require_role(unit, staff, MAY_LIFT, "take the opt-outs along")
            found = unit.suppressions.listed()
            unit.audit.record(PEOPLE, "suppressions_exported", staff, now, {"entries": str(len(found))})
            return found

        return await self.store.transact(work)

    async def check(self, lines: Iterable[str], scope: Scope) -> Sequence[Checked]:
        """Say for each recipient, one a line, whether a mailing may go there; empty lines are left out.

        Raises BadInput for the scope `all`: a mailing is of one kind.
        """
        if scope is Scope.ALL:
            raise BadInput(f"a mailing is of one kind: {', '.join(kind for kind in Scope if kind is not Scope.ALL)}")
        asked = [self._asked(line.strip()) for line in lines if line.strip()]
        checked: list[Checked] = []
        for start in range(0, len(asked), _BATCH):
            checked += await self._judged(asked[start : start + _BATCH], scope)
        return checked

    async def _judged(self, batch: Sequence[Checked], scope: Scope) -> Sequence[Checked]:
        handles = [one.handle for one in batch if one.handle is not None]
        stopped = await self.store.transact(lambda unit: unit.suppressions.blocking(handles, scope))
        return [replace(one, by=stopped.get(one.handle)) if one.handle else one for one in batch]

    async def links(self, lines: Iterable[str], scope: Scope) -> Sequence[tuple[str, str]]:
        """Return each recipient, one a line, with the ticket of one-click unsubscribe.

        Raises BadInput for a line that names nobody: a mailing without a way to stop it may not leave.
        """
        asked = [(line.strip(), read_handle(line, self.house.numbers)) for line in lines if line.strip()]
        return await self.store.transact(
            lambda unit: [(written, unit.suppressions.ticket(handle, scope)) for written, handle in asked]
        )

    async def scope_of(self, ticket: str) -> Scope | None:
        """Return what a ticket would stop, or None where it is none of ours; nothing changes."""
        stops = await self.store.transact(lambda unit: unit.suppressions.of_ticket(ticket))
        return stops[1] if stops else None

    async def one_click(self, ticket: str) -> Scope | None:
        """Stop what a ticket names, for its very address, and return which mailings; None where it is none of ours."""
        now = self.clock.now()

        def work(unit: Unit) -> Scope | None:
            stops = unit.suppressions.of_ticket(ticket)
            if stops is None:
                return None
            handle, scope = stops
            if self._stop(unit, handle, scope, now):
                _note(unit, "suppressed", ONE_CLICK, scope, handle, "", now)
            return scope

        return await self.store.transact(work)

    def _asked(self, written: str) -> Checked:
        try:
            return Checked(written, read_handle(written, self.house.numbers))
        except BadInput:
            return Checked(written, None)

    def _stop(self, unit: Unit, handle: Handle, scope: Scope, now: datetime) -> bool:
        return unit.suppressions.add(Suppression(write_id(now, self.entropy.draw(ID_BYTES)), handle, scope, now, None))


def _note(unit: Unit, event: str, staff: str, scope: Scope, handle: Handle, reason: str, now: datetime) -> None:
    unit.audit.record(MAILINGS, event, staff, now, {"scope": scope}, {"handle": str(handle)}, why=reason)
