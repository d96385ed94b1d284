"""Seen and destroyed: a proof of identity is looked at once and leaves a note (rule 10; EDPB 01/2022 §§70-79)."""

from dataclasses import dataclass, replace

from bot.core.case import Lane
from bot.core.errors import NotAllowed
from bot.core.lanes import MAY, Deed
from bot.core.messages import canonical_address
from bot.core.ports import Clock
from bot.core.records import Kept
from bot.core.unit import Store, Unit
from bot.flow.admission import admit
from bot.flow.holding import refuse_held
from bot.flow.roles import require_role


@dataclass(frozen=True, slots=True)
class EvidenceDesk:
    """Destroys files; the words of the message stay, and so does that there were files, who destroyed them and why."""

    store: Store
    clock: Clock

    async def destroy(self, message: str, reason: str, staff: str) -> Kept:
        """Destroy a message's files, in its raw bytes too, and no hash of them is kept; this can't be undone.

        Raises NotFound, and NotAllowed without the role, a reason, a file that is still there, or under a legal hold.
        """
        now, staff = self.clock.now(), canonical_address(staff)
        if not reason.strip():
            raise NotAllowed("say what was seen and why it is not needed any more: that stays on file")

        def work(unit: Unit) -> Kept:
            kept = unit.inbox.get(message)
            if kept.case_id is None:
                require_role(unit, staff, MAY[Lane.GENERAL][Deed.APPROVE], "destroy files")
            else:
                case = unit.cases.get(kept.case_id)
                admit(unit, case, staff, Deed.APPROVE)
                refuse_held(unit, case, staff)
            present = [file for file in kept.message.attachments if not file.destroyed] if kept.message else []
            if kept.message is None or not present:
                raise NotAllowed("this message has no file that is still there")
            note = f"{now:%Y-%m-%d %H:%M} UTC, {staff}: {reason.strip()}"
            left = tuple(
                replace(file, destroyed=file.destroyed or note, reference="") for file in kept.message.attachments
            )
            unit.inbox.leave(message, replace(kept.message, attachments=left))
            if kept.case_id is not None:
                facts = {"message": message, "files": str(len(present))}
                unit.audit.record(kept.case_id, "files_destroyed", staff, now, facts, why=reason)
            return unit.inbox.get(message)

        return await self.store.transact(work)
