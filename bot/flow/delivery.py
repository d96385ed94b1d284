"""Deliver: the fourth commit. Claimed and marked before it is sent, recorded after; the outbox sees only couriers."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.case import Event
from bot.core.delivery import DeliveryState, Outgoing, after_a_crash, next_try
from bot.core.denial import DENIED
from bot.core.drafts import DraftKind
from bot.core.errors import PermanentFailure, StaleClaim, TransientFailure, UncertainDelivery
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import BY_HAND, Way, is_chat
from bot.core.ports import Archive, Clock, Courier, Entropy
from bot.core.unit import Store, Unit
from bot.flow.aftermath import follow
from bot.flow.answering import Answering
from bot.flow.steady import place_of, work_steadily
from bot.flow.windows import heard_on

BATCH: Final = 8
LEASE: Final = timedelta(minutes=5)
_IDLE_SECONDS: Final = 5.0
_EVENT: Final = {DeliveryState.SENT: Event.DELIVERED, DeliveryState.PARKED: Event.FAILED}

POST_IT: Final = "print and post it, then say that it arrived"
NO_LONGER_CHOSEN: Final = "holds what may not be read in this chat any more: it was drafted anew, approve that one"

CALL_THEM: Final = (
    "call them, make sure who picked up, and say what the answer says; what stands as […] is never said: offer to post "
    "it. Then say that they were told"
)
"""What a colleague does with an answer to somebody whom no machine reaches."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hands approved messages to the courier of their channel and records what became of them."""

    store: Store
    couriers: Mapping[str, Courier]
    answering: Answering
    clock: Clock
    entropy: Entropy
    archive: Archive | None = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        await work_steadily("delivery", self.deliver_batch, lambda: self.store.wait("outbox", _IDLE_SECONDS))

    async def deliver_batch(self) -> int:
        """Send what is due now and return how many messages that was."""
        now = self.clock.now()

        def claim(unit: Unit) -> Sequence[Outgoing]:
            self._recover(unit, now)
            return [one for one in self._claim(unit, now) if self._may_leave(unit, one, now)]

        claimed = await self.store.transact(claim)
        ended = await asyncio.gather(
            *map(self._deliver, claimed), return_exceptions=True
        )  # no slow server outlasts the lease
        for failure in ended:
            if failure is not None:
                raise failure
        return len(claimed)

    def _claim(self, unit: Unit, now: datetime) -> Sequence[Outgoing]:
        """Lease what is due, with when each person was last heard where nobody may write for long after that."""
        house = self.answering.post.house
        return [
            replace(one, heard_at=heard_on(unit, house, one.case_id, one.recipient.channel))
            for one in unit.outbox.claim(now, BATCH, LEASE)
        ]

    def _recover(self, unit: Unit, now: datetime) -> None:
        """Settle what a crash left in `sending`: resend what discloses nothing, ask a person about the rest."""
        for outgoing in unit.outbox.abandoned(now):
            state = after_a_crash(outgoing)
            left = replace(outgoing, state=state, last_error="the service stopped while sending")
            self._settle(unit, _kept_back_if_denied(unit, left), now)

    async def _deliver(self, outgoing: Outgoing) -> None:
        ended = await self._attempt(outgoing)
        now = self.clock.now()
        try:
            await self.store.transact(lambda unit: self._record(unit, ended, now))
        except StaleClaim:
            log.warning("outgoing %s was taken over by another worker", outgoing.id)
            return
        if ended.state is DeliveryState.SENT and self.archive is not None:
            await self.archive.keep(outgoing)

    def _may_leave(self, unit: Unit, outgoing: Outgoing, now: datetime) -> bool:
        """Say whether an answer may still be read in its chat; what was chosen there ends, and parks it (rule 42)."""
        if not is_chat(outgoing.recipient.channel) or outgoing.kind is not DraftKind.ANSWER:
            return True
        case, draft = unit.cases.get(outgoing.case_id), unit.drafts.get(outgoing.draft_id)
        if draft.recipient != outgoing.recipient or not self.answering.post.findings(unit, case, draft):
            return True
        self._settle(unit, replace(outgoing, state=DeliveryState.PARKED, last_error=NO_LONGER_CHOSEN), now)
        return False

    async def _attempt(self, outgoing: Outgoing) -> Outgoing:
        if self.answering.post.house.observe and outgoing.kind is not DraftKind.NOTICE:
            reason = "approved before the desk began to observe: `outbox retry` once it is live"
            return replace(outgoing, state=DeliveryState.PARKED, last_error=reason)
        if outgoing.recipient.channel in BY_HAND:
            what = CALL_THEM if outgoing.recipient.channel == Way.CALL else POST_IT
            return replace(outgoing, state=DeliveryState.UNCERTAIN, last_error=what)
        courier = self.couriers.get(outgoing.recipient.channel)
        if courier is None:
            reason = f"no way out for {outgoing.recipient.channel}: configure it, then run `outbox retry`"
            return replace(outgoing, state=DeliveryState.PARKED, last_error=reason)
        left_at = self.clock.now()
        try:
            receipt = await courier.send(outgoing)
        except TransientFailure as failure:
            return self._later(outgoing, failure)
        except PermanentFailure as failure:
            return replace(outgoing, state=DeliveryState.PARKED, last_error=str(failure))
        except UncertainDelivery as failure:
            if after_a_crash(outgoing) is DeliveryState.QUEUED:
                return self._later(outgoing, TransientFailure(str(failure)))
            return replace(outgoing, state=DeliveryState.UNCERTAIN, last_error=str(failure))
        except Exception as failure:  # noqa: BLE001 - whatever a courier does, the message is parked and told, the others flow
            return replace(outgoing, state=DeliveryState.PARKED, last_error=f"an error of ours: {place_of(failure)}")
        return replace(outgoing, state=DeliveryState.SENT, receipt=receipt, left_at=left_at, last_error="")

    def _later(self, outgoing: Outgoing, failure: TransientFailure) -> Outgoing:
        now = self.clock.now()
        jitter = self.entropy.draw(1)[0] / 256
        again = next_try(outgoing, now, jitter)
        if again is None:
            return replace(outgoing, state=DeliveryState.PARKED, last_error=f"gave up trying: {failure}")
        if failure.retry_after is not None:
            again = max(again, now + timedelta(seconds=failure.retry_after))
        return replace(outgoing, state=DeliveryState.QUEUED, not_before=again, last_error=str(failure))

    def _record(self, unit: Unit, outgoing: Outgoing, now: datetime) -> None:
        if unit.outbox.get(outgoing.id).state is DeliveryState.PARKED:
            return  # its bounce was faster than our receipt
        outgoing = _kept_back_if_denied(unit, outgoing)
        self._settle(unit, outgoing, now)
        if outgoing.case_id and outgoing.state is not DeliveryState.QUEUED:
            facts = {"outgoing": outgoing.id, "state": outgoing.state, "receipt": outgoing.receipt}
            unit.audit.record(outgoing.case_id, "delivery", "desk", now, facts)

    def _settle(self, unit: Unit, outgoing: Outgoing, now: datetime) -> None:
        """Store what became of a message, and what that means for its case and for colleagues."""
        unit.outbox.save(outgoing)
        if outgoing.state in {DeliveryState.PARKED, DeliveryState.UNCERTAIN}:
            self._tell(unit, outgoing, now)
        event = _EVENT.get(outgoing.state)
        if outgoing.case_id and event is not None:
            follow(unit, self.answering, outgoing, event, now)

    def _tell(self, unit: Unit, outgoing: Outgoing, now: datetime) -> None:
        """Tell colleagues once, but never because a notice to colleagues itself failed."""
        if outgoing.case_id and unit.counters.once(f"undelivered:{outgoing.id}", now):
            reference = unit.cases.get(outgoing.case_id).reference
            self.answering.post.notify(unit, Notice(_told_as(outgoing), reference), now)


def _told_as(outgoing: Outgoing) -> NoticeKind:
    """Return what colleagues hear of what did not leave by itself: trouble, or that it is theirs to bring."""
    if outgoing.state is not DeliveryState.UNCERTAIN or outgoing.recipient.channel not in BY_HAND:
        return NoticeKind.NOT_DELIVERED
    return NoticeKind.TO_CALL if outgoing.recipient.channel == Way.CALL else NoticeKind.TO_POST


def _kept_back_if_denied(unit: Unit, outgoing: Outgoing) -> Outgoing:
    """Return a message that would be tried again; parked, where its case was denied while it was leaving (rule 17)."""
    waits = outgoing.state is DeliveryState.QUEUED and outgoing.case_id
    if waits and unit.cases.get(outgoing.case_id).denied_at is not None:
        return replace(outgoing, state=DeliveryState.PARKED, last_error=DENIED)
    return outgoing
