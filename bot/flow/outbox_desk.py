"""What a colleague may do with a message that did not leave, or of which nobody knows whether it did."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import Event, Lane
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.denial import refuse_denied
from bot.core.drafts import CODE_SLOT, Draft, DraftKind
from bot.core.errors import NotAllowed
from bot.core.lanes import MAY, Deed
from bot.core.messages import BY_HAND, Way, canonical_address
from bot.core.ports import Clock
from bot.core.unit import Store, Unit
from bot.flow.admission import admit
from bot.flow.aftermath import follow
from bot.flow.answering import Answering
from bot.flow.carrying_out import tasks_of
from bot.flow.roles import require_role
from bot.flow.taking_back import take_back

_NOT_RETRIED: Final = {
    DeliveryState.SENDING: "this message is being sent now: wait a minute",
    DeliveryState.SENT: "this message was sent: there is nothing to try again",
    DeliveryState.TAKEN_BACK: "this message was taken back: approve its draft again",
    DeliveryState.UNCERTAIN: "this message may have arrived: find out, then `outbox settle ID --arrived` or `--lost`",
}


@dataclass(frozen=True, slots=True)
class OutboxDesk:
    """Sends again what still says the truth, and settles what is uncertain; every deed is on file."""

    store: Store
    answering: Answering
    clock: Clock

    async def retry(self, outgoing_id: str, staff: str) -> Outgoing:
        """Queue a parked message again, or a queued one for now, under its old Message-ID.

        Raises NotFound, or NotAllowed without the role, for a message in another state, for one whose case went on
        since or is denied, and for a code that is no longer good.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Outgoing:
            outgoing = unit.outbox.get(outgoing_id)
            _let_in(unit, outgoing, staff)
            self.answering.post.refuse_while_observing()
            if outgoing.case_id:
                refuse_denied(unit.cases.get(outgoing.case_id))
            if outgoing.state in _NOT_RETRIED:
                raise NotAllowed(_NOT_RETRIED[outgoing.state])
            if outgoing.state is DeliveryState.PARKED and not _fits(unit, outgoing):
                raise NotAllowed(
                    "the case went on since this was approved: `nexio-intake drafts list` has what there is to say now"
                )
            if not _carries_good_code(unit, outgoing, now):
                raise NotAllowed("the code in it is no longer good: `nexio-intake cases ask` sends a new one")
            return self._queue(unit, outgoing, staff, now)

        return await self.store.transact(work)

    async def settle(self, outgoing_id: str, staff: str, *, arrived: bool) -> Outgoing:
        """Say what became of an uncertain message: it counts as sent, or it is lost.

        A lost one is sent again under its old Message-ID; where its case went on or was denied meanwhile, or while
        the desk only observes, it is parked and its answer drafted anew. Raises NotFound, or NotAllowed without the
        role or for a message that is not uncertain.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Outgoing:
            outgoing = unit.outbox.get(outgoing_id)
            _let_in(unit, outgoing, staff)
            if outgoing.state is not DeliveryState.UNCERTAIN:
                raise NotAllowed(f"this message is {outgoing.state}: only an uncertain one can be settled")
            may_go = _fits(unit, outgoing) and not _is_denied(unit, outgoing)
            if not arrived and may_go and not self.answering.post.house.observe:
                return self._queue(unit, outgoing, staff, now)
            state = DeliveryState.SENT if arrived else DeliveryState.PARKED
            posted = now if arrived and outgoing.recipient.channel in BY_HAND else outgoing.left_at
            settled = replace(outgoing, state=state, left_at=posted, last_error="" if arrived else "lost on its way")
            unit.outbox.save(settled)
            follow(unit, self.answering, settled, Event.DELIVERED if arrived else Event.FAILED, now)
            _record(unit, settled, _ended(settled), staff, now)
            return settled

        return await self.store.transact(work)

    async def take_back(self, draft_id: str, staff: str) -> Draft:
        """Take an approval back before its letter leaves, and return the draft that waits again.

        Raises NotFound, or NotAllowed without the role and for a letter that has left.
        """
        now, staff = self.clock.now(), canonical_address(staff)
        return await self.store.transact(lambda unit: take_back(unit, self.answering, draft_id, staff, now))

    def _queue(self, unit: Unit, outgoing: Outgoing, staff: str, now: datetime) -> Outgoing:
        """Let a message go out again, the items it answers with it."""
        again = replace(outgoing, state=DeliveryState.QUEUED, not_before=None, last_error="")
        unit.outbox.save(again)
        if outgoing.state is DeliveryState.PARKED and outgoing.case_id:
            follow(unit, self.answering, again, Event.APPROVED, now)
        _record(unit, again, "sent_again", staff, now)
        return again


def _let_in(unit: Unit, outgoing: Outgoing, staff: str) -> None:
    """Let in whoever may approve in the case a message tells of; what tells of none is the general lane's."""
    if outgoing.guarded_by:
        admit(unit, unit.cases.get(outgoing.guarded_by), staff, Deed.APPROVE)
    else:
        require_role(unit, staff, MAY[Lane.GENERAL][Deed.APPROVE], "send a message again")


def _fits(unit: Unit, outgoing: Outgoing) -> bool:
    """Say whether a message that answers something still fits its case; what only acknowledges always does.

    A notice to a recipient does while no other took its place.
    """
    if not outgoing.case_id:
        return True
    draft = unit.drafts.get(outgoing.draft_id)
    if draft.kind is DraftKind.RECIPIENT_NOTICE:
        return bool(tasks_of(unit, draft))
    if not draft.items:
        return True
    return unit.cases.get(outgoing.case_id).version == outgoing.case_version


def _is_denied(unit: Unit, outgoing: Outgoing) -> bool:
    return bool(outgoing.case_id) and unit.cases.get(outgoing.case_id).denied_at is not None


def _carries_good_code(unit: Unit, outgoing: Outgoing, now: datetime) -> bool:
    """Say whether the code a message carries, if any, would still be taken."""
    if CODE_SLOT not in outgoing.body:
        return True
    waiting = unit.challenges.open_for(outgoing.case_id, now)
    return waiting is not None and waiting.code_hash == unit.challenges.hash(outgoing.secret)


def _ended(settled: Outgoing) -> str:
    """Return what a colleague says became of a message: one to a number was told there (law.md rule 42)."""
    if settled.state is not DeliveryState.SENT:
        return "lost"
    return "told_by_phone" if settled.recipient.channel == Way.CALL else "arrived"


def _record(unit: Unit, outgoing: Outgoing, event: str, staff: str, now: datetime) -> None:
    """Write the deed into the case's history; a notice to colleagues has none."""
    if outgoing.case_id:
        unit.audit.record(outgoing.case_id, event, staff, now, {"outgoing": outgoing.id})
