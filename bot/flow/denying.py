"""Whoever reads a mailbox we asked says that it was not them: all stands still until a colleague settled it.

No code counts any more, what was shown is shown no longer, and what was about to leave stays. Nothing is told to
anybody but colleagues (law.md rule 17: nothing to a thief's address).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import OPEN_STATES, Case, Event, Item, Lane, State, moved
from bot.core.delivery import DeliveryState
from bot.core.denial import DENIED
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed, StaleClaim
from bot.core.lanes import Deed, narrower
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import MAIL, Handle, canonical_address
from bot.core.ports import Clock
from bot.core.rights import Flag
from bot.core.tickets import Door
from bot.core.trust import Trust
from bot.core.unit import Store, Unit
from bot.flow.admission import admit
from bot.flow.answering import Answering
from bot.flow.carrying_out import heard
from bot.flow.page_links import mailbox_behind
from bot.flow.vouching import unvouched


@dataclass(frozen=True, slots=True)
class DenialDesk:
    """Where somebody stops what was asked in their name, and where colleagues let it go on."""

    store: Store
    answering: Answering
    clock: Clock

    async def language(self, ticket: str) -> str | None:
        """Return the language of the case behind a link, or None where there is none; looking changes nothing."""
        now = self.clock.now()

        def look(unit: Unit) -> str | None:
            found = _deniable(unit, ticket, now)
            return found[0].language if found else None

        return await self.store.transact(look)

    async def deny(self, ticket: str) -> str | None:
        """Stop the case behind a link and return its language, or None where there is none; twice is once."""
        now = self.clock.now()

        def work(unit: Unit) -> str | None:
            found = _deniable(unit, ticket, now)
            if found is None:
                return None
            case, mailbox = found
            if case.denied_at is None:
                self._stop(unit, case, mailbox, now)
            return case.language

        return await self.store.transact(work)

    async def settle(self, case_id: str, staff: str, reason: str) -> Case:
        """Let a case go on that somebody said was not theirs; who asks has to be shown anew.

        Raises NotFound, and NotAllowed without the role, or where nothing is to be settled.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.APPROVE)
            if case.denied_at is None:
                raise NotAllowed(f"nobody denies case {case.reference}")
            readings = [kept.reading for kept in unit.inbox.correspondence(case.id) if kept.reading]
            said = any(Flag.IDENTITY_THEFT in reading.flags for reading in readings)
            flags = case.flags if said else case.flags - {Flag.IDENTITY_THEFT}
            unit.audit.record(case.id, "denial_settled", staff, now, why=reason)
            goes_on = replace(case, denied_at=None, settled_at=now, flags=flags, attention="")
            return self.answering.save(unit, goes_on, now)

        return await self.store.transact(work)

    def _stop(self, unit: Unit, case: Case, mailbox: Handle, now: datetime) -> None:
        question = unit.challenges.open_for(case.id, now)
        if question is not None:
            unit.challenges.end(question.id)
        kept_back = _keep_back(unit, case, now)
        stopped = replace(
            unvouched(case),
            items=tuple(_frozen(item, kept_back) for item in case.items),
            trust=min(case.trust, Trust.CLAIMED),
            proven=None,
            facts=None,
            flags=case.flags | {Flag.IDENTITY_THEFT},
            lane=narrower(case.lane, Lane.DPO),
            attention=DENIED,
            denied_at=now,
        )
        unit.audit.record(case.id, "denied", "the person", now, personal={"handle": str(mailbox)})
        self.answering.save(unit, stopped, now)
        self.answering.post.notify(unit, Notice(NoticeKind.IDENTITY_THEFT, case.reference), now)


def _deniable(unit: Unit, ticket: str, now: datetime) -> tuple[Case, Handle] | None:
    """Return the case behind a link and who got it; None for a link from before a colleague settled what it said."""
    case, told = mailbox_behind(unit, Door.NOT_ME, ticket, now) or (None, "")
    if case is None:
        return None
    mailbox, _, written = told.rpartition(" ")
    settled = int(case.settled_at.timestamp()) if case.settled_at else 0
    return (case, Handle(MAIL, mailbox)) if int(written) >= settled else None


def _keep_back(unit: Unit, case: Case, now: datetime) -> frozenset[str]:
    """Stop what waits in the outbox, and return the ids of the items these letters were about."""
    kept: set[str] = set()
    for letter in unit.outbox.listed(DeliveryState.QUEUED, case.id):
        try:
            unit.outbox.save(replace(letter, state=DeliveryState.TAKEN_BACK))
        except StaleClaim:
            continue  # it is leaving now
        draft = unit.drafts.get(letter.draft_id)
        if draft.kind is DraftKind.RECIPIENT_NOTICE:
            heard(unit, draft, Event.RETURNED, now)
        kept.update(draft.items)
    return frozenset(kept)


def _frozen(item: Item, kept_back: frozenset[str]) -> Item:
    """Return an item that nobody proved: a person goes on with it, or its letter is leaving now."""
    if item.state not in OPEN_STATES:
        return item
    unproven = replace(item, trust=min(item.trust, Trust.CLAIMED))
    if item.state is State.SENDING and item.id not in kept_back:
        return unproven
    return moved(unproven, Event.RETURNED if item.state is State.SENDING else Event.GAVE_UP)
