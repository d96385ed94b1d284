"""Approve: the third commit. A colleague decides; outgoing and audit rows stand or fall together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import Case, Event, Item, moved
from bot.core.deadlines import Calendar
from bot.core.denial import DENIED, refuse_denied
from bot.core.doubting import doubted, is_doubted, undoubted
from bot.core.drafts import DECIDED, Draft, DraftKind, DraftStatus, approve, edit
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.identity import answer_destination, named_addresses
from bot.core.lanes import Deed
from bot.core.letters import Flaw
from bot.core.lifting import too_soon
from bot.core.messages import MAIL, Handle, canonical_address
from bot.core.outcomes import BLIND, is_refused, needs_a_record
from bot.core.ports import Clock
from bot.core.proof import COOLING, lacks_proof, lacks_second_proof, needs_notice
from bot.core.reasons import require_reason
from bot.core.rights import RequestType
from bot.core.trust import Trust
from bot.core.unit import Store, Unit
from bot.flow.admission import admit
from bot.flow.answering import Answering
from bot.flow.carrying_out import known_only_since, tasks_of, undone
from bot.flow.casework import Casework
from bot.flow.challenging import hand_over_unasked
from bot.flow.chat_account import in_doubt, is_about_account
from bot.flow.correspondence import Correspondence
from bot.flow.data_subject import suffices, whose_data
from bot.flow.extending import untellable
from bot.flow.first_reply import is_overdue
from bot.flow.opting_out import asked_in
from bot.flow.second_proof import as_asked_now
from bot.flow.telling_record import RecordNotices, in_the_way_of, told_and_redrafted

_CHANGED_MEANWHILE: Final = "somebody changed this draft while you had it open: read it again"

_NOTHING_ASKED: Final = "nothing in this case waits for a proof: to ask all the same, say why you doubt who writes"

_NOTHING_BEYOND: Final = "no letter can ask more here: it is proven twice, or on a colleague's word, or needs no proof"

_WAITED: Final = "this notice waited too long: the day it names comes too soon for the post; have it drafted anew"


@dataclass(frozen=True, slots=True)
class ApprovalDesk:
    """What a colleague may do with a draft."""

    store: Store
    answering: Answering
    casework: Casework
    correspondence: Correspondence
    clock: Clock

    async def approve(self, draft_id: str, staff: str, *, seen: str = "") -> Draft:
        """Give one colleague's yes; with the last one needed the message goes to the outbox.

        `seen` is the seal of what the colleague read: a yes to other words is none. Raises NotFound, NotAllowed, or
        NotApprovable with everything that is in the way.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Draft:
            draft = unit.drafts.get(draft_id)
            case = unit.cases.get(draft.case_id)
            admit(unit, case, staff, Deed.APPROVE)
            self.answering.post.refuse_while_observing()
            refuse_unread(draft, seen)
            if problems := self.in_the_way(unit, draft, case):
                raise NotApprovable(
                    "this can't be approved: " + "; ".join(dict.fromkeys(flaw.said for flaw in problems))
                )
            if case.vouch is not None and case.vouch.by == staff and draft.approvers_needed == 1:
                raise NotApprovable("you vouched for who this is: another colleague approves")
            approved = approve(draft, staff, now, case_version=case.version)
            unit.drafts.save(approved)
            unit.audit.record(case.id, "approved", staff, now, {"draft": draft.id, "seal": approved.seal})
            if approved.status is DraftStatus.APPROVED:
                confirmed = tuple(
                    replace(item, doubtful=False) if item.id in draft.items else item for item in case.items
                )
                references = self._references(unit, case)
                settled = replace(case, items=confirmed, attention="")
                self._carry_out(unit, settled, draft, now)
                case = self.answering.post.dispatch(unit, settled, approved, now, references)
                if _changes_contact(draft, case):
                    case = RecordNotices(self.answering.post).announce(unit, case, now)
                if case.version != draft.case_version:
                    self.answering.redraft(unit, case, now)
            return approved

        return await self.store.transact(work)

    async def edit(
        self, draft_id: str, staff: str, *, subject: str | None = None, body: str | None = None, seen: str = ""
    ) -> Draft:
        """Change a draft's words; earlier approvals are void.

        `seen` is the seal of what the colleague changed: nobody's words are overwritten unread. Raises NotFound,
        NotAllowed, NotApprovable.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Draft:
            draft = unit.drafts.get(draft_id)
            admit(unit, unit.cases.get(draft.case_id), staff, Deed.EDIT)
            refuse_unread(draft, seen)
            text = draft.body if body is None else body
            changed = edit(draft, draft.subject if subject is None else subject, text, self.dressed(draft, text))
            unit.drafts.save(changed)
            unit.audit.record(draft.case_id, "edited", staff, now, {"draft": draft.id, "seal": changed.seal})
            return changed

        return await self.store.transact(work)

    def dressed(self, draft: Draft, text: str) -> str:
        """Return the HTML of a draft with other words; none where it has none."""
        return self.answering.post.writer.dress(text, draft.language) if draft.html else ""

    async def reject(self, draft_id: str, staff: str, reason: str, *, seen: str = "") -> Draft:
        """Send a draft back; its items stay in review for a person.

        `seen` is the seal of what the colleague read. Raises NotFound, NotAllowed, NotApprovable.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Draft:
            draft = unit.drafts.get(draft_id)
            case = unit.cases.get(draft.case_id)
            admit(unit, case, staff, Deed.EDIT)
            if draft.status is not DraftStatus.WAITING:
                raise NotApprovable(f"this draft is {draft.status}: only a waiting one can be rejected")
            refuse_unread(draft, seen)
            rejected = replace(draft, status=DraftStatus.REJECTED)
            unit.drafts.save(rejected)
            items = tuple(moved(item, Event.RETURNED) if item.id in draft.items else item for item in case.items)
            if items != case.items:  # else what waits beside it still fits the case
                case = unit.cases.save(replace(case, items=items))
            case = hand_over_unasked(unit, case)
            unit.audit.record(case.id, "rejected", staff, now, {"draft": draft.id}, why=reason)
            return rejected

        return await self.store.transact(work)

    async def ask_identity(self, case_id: str, staff: str, at: str = "", *, reason: str = "") -> Case:
        """Ask for a proof of identity: what the table asks, or more on a doubt with its `reason` (Art. 12(6), rule 10).

        The doubt stands till it is withdrawn: nothing is disclosed without what it asks. The code goes `at` an address
        that the person named, such as the one they had, else to where they wrote from; in a chat they are asked for
        one. Where nothing can be asked now the doubt stands all the same, and the case says why. Raises NotFound, and
        NotAllowed without a reason where the table asks nothing, or nothing can be asked now.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.EDIT)
            refuse_denied(case)
            case = as_asked_now(unit, self.answering.post.house, case)
            case = _unshown(unit, case) if at else case
            case = doubted(case) if reason.strip() else case
            if not any(map(lacks_proof, case.items)):
                raise NotAllowed(_NOTHING_BEYOND if reason.strip() else _NOTHING_ASKED)
            event = "doubted" if reason.strip() else "identity_asked"
            unit.audit.record(case.id, event, staff, now, why=reason.strip())
            items = tuple(moved(item, Event.DOUBTED) if lacks_proof(item) else item for item in case.items)
            asked = unit.cases.save(replace(case, items=items, attention=""))
            try:
                case = self.correspondence.ask(unit, asked, now, _named(unit, case, at) if at else None)
            except NotAllowed as hindrance:
                if not reason.strip():
                    raise
                case = unit.cases.save(replace(asked, items=case.items, attention=str(hindrance)))
            self.answering.redraft(unit, case, now)
            return case

        return await self.store.transact(work)

    async def withdraw_doubt(self, case_id: str, reason: str, staff: str) -> Case:
        """End a colleague's doubt: the case asks again what the table does. Raises NotFound, NotAllowed."""
        now, staff = self.clock.now(), canonical_address(staff)
        require_reason(reason)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.APPROVE)
            if not is_doubted(case):
                raise NotAllowed(f"nobody doubts who writes in case {case.reference}")
            unit.audit.record(case.id, "doubt_withdrawn", staff, now, why=reason)
            return told_and_redrafted(unit, self.answering, unit.cases.save(undoubted(case)), now)

        return await self.store.transact(work)

    async def close(self, case_id: str, staff: str, reason: str) -> Case:
        """End what no letter is leaving for, without one, for a reason on file. Raises NotFound, NotAllowed."""
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.APPROVE)
            items = tuple(moved(item, Event.FINISHED) for item in case.items)
            case = unit.cases.save(replace(case, items=items, attention=""))
            unit.audit.record(case.id, "closed", staff, now, why=reason)
            self.answering.redraft(unit, case, now)
            return case

        return await self.store.transact(work)

    async def answer_anew(self, case_id: str, staff: str) -> Sequence[Draft]:
        """Draft a case's answer again, from its present state, and what notice to the record is missing.

        Raises NotFound, NotAllowed.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Sequence[Draft]:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.EDIT)
            told_and_redrafted(unit, self.answering, case, now)
            return unit.drafts.listed(DraftStatus.WAITING, case_id)

        return await self.store.transact(work)

    def in_the_way(self, unit: Unit, draft: Draft, case: Case) -> tuple[Flaw, ...]:
        """Return what law and safety forbid to approve, whoever approves."""
        problems = list(self.answering.post.findings(unit, case, draft))
        problems += [Flaw(DENIED)] if case.denied_at else []
        spoken_of = {*draft.items, *draft.concerns, *(task.item for task in tasks_of(unit, draft))}
        about = [item for item in as_asked_now(unit, self.answering.post.house, case).items if item.id in spoken_of]
        found = whose_data(unit, case, draft.recipient, [item for item in case.items if item.id in spoken_of])
        unproven = [item for item in about if not suffices(unit, item, found) and not _tells_nothing(item, draft)]
        if once := ", ".join(item.right for item in unproven if lacks_second_proof(item)):
            problems.append(Flaw(f"a second proof is still missing, and not from the same mailbox (rule 12): {once}"))
        if never := ", ".join(item.right for item in unproven if not lacks_second_proof(item)):
            problems.append(Flaw(f"nobody has proven yet to be the person: {never}"))
        if draft.kind in DECIDED and draft.recipient != answer_destination(case):
            problems.append(Flaw("the recipient is not the address that was proven for this case"))
        problems += map(Flaw, _unrecorded(unit, case, draft))
        problems += map(Flaw, self._too_fresh(unit, case, draft))
        problems += map(Flaw, in_doubt(unit, case, draft, self.clock.now()))
        problems += map(Flaw, self._too_soon(unit, case, draft))
        now, notice, calendar = self.clock.now(), self.answering.post.house.lift_notice, self._calendar
        if first := in_the_way_of(unit, case, _told(unit, case, draft), calendar, now):
            problems.append(Flaw(first))
        problems += [Flaw(_WAITED)] if is_overdue(draft, now) else []
        problems += [Flaw(soon) for item in about if (soon := too_soon(item, now, notice))]
        if waiting := ", ".join(task.name for task in undone(unit, draft)):
            problems.append(Flaw(f"not done yet, and not excepted either: {waiting}"))
        problems += map(Flaw, untellable(case, draft, now, calendar))
        return tuple(problems)

    def _too_fresh(self, unit: Unit, case: Case, draft: Draft) -> Sequence[str]:
        """Keep data from an address that only just came on record (law.md rule 12).

        What recipients of the data are told on its word waits as well (Art. 19): what they erased can't be called back.
        """
        told = [item for item in _told(unit, case, draft) if item.needs >= Trust.PROVEN]
        since = known_only_since(unit, case, self.clock.now())
        if since is None or all(map(is_refused, told)):
            return ()
        return (f"this address is new to us: data may go there from {self._cooled(since)} on",)

    def _too_soon(self, unit: Unit, case: Case, draft: Draft) -> Sequence[str]:
        """Keep a new address from recipients of the data till who is on record had time to object (law.md rule 12).

        Else a thief's door would be known to the courier before the old address read that it was changed.
        """
        moved_on = [item for item in _told(unit, case, draft) if item.right is RequestType.RECTIFICATION]
        since = case.vouch.at if case.vouch else case.proven_at
        if draft.kind is not DraftKind.RECIPIENT_NOTICE or since is None or not any(map(needs_notice, moved_on)):
            return ()
        if since + COOLING <= self.clock.now():
            return ()
        return (f"new contact data wait first: recipients may hear of them from {self._cooled(since)} on",)

    def _cooled(self, since: datetime) -> str:
        """Return when three days after a moment are over, by the company's clock."""
        return self._calendar.said(since + COOLING)

    @property
    def _calendar(self) -> Calendar:
        return self.answering.post.house.calendar

    def _carry_out(self, unit: Unit, case: Case, draft: Draft, now: datetime) -> None:
        """Stop the mailings that an approved answer says are stopped, as far as it says; most were stopped at once."""
        for item in case.items:
            opt_out = item.right is RequestType.UNSUBSCRIBE or item.marketing
            if item.id in draft.items and opt_out:
                self.casework.stop(unit, case, asked_in(unit, self.casework.house, case, item.scopes), now)

    def _references(self, unit: Unit, case: Case) -> tuple[str, ...]:
        """Return the thread's Message-IDs, so that the answer shows below what the person wrote."""
        theirs = [kept.message.message_id for kept in unit.inbox.correspondence(case.id) if kept.message]
        return tuple(filter(None, theirs))


def _unshown(unit: Unit, case: Case) -> Case:
    """Return a case that a stranger's own address proves nothing for: another address is asked."""
    if case.proven is None or unit.directory.find(case.proven):
        return case
    return replace(case, items=tuple(replace(item, trust=min(item.trust, Trust.CLAIMED)) for item in case.items))


def _named(unit: Unit, case: Case, at: str) -> Handle:
    """Return an address the person gave us in this case: a letter to any other would tell them what is on record."""
    address = Handle(MAIL, canonical_address(at))
    theirs = [kept.reading for kept in unit.inbox.correspondence(case.id) if kept.reading]
    if not any(address in named_addresses(reading) for reading in theirs):
        raise NotAllowed(f"nobody has named {address.value} in this case: ask the person which address we know")
    return address


def refuse_unread(draft: Draft, seen: str) -> None:
    """Refuse a deed upon words that changed since the colleague read them, by their seal. Raises NotApprovable."""
    if seen and seen != draft.seal:
        raise NotApprovable(_CHANGED_MEANWHILE)


def _changes_contact(draft: Draft, case: Case) -> bool:
    """Say whether a letter says that contact data were changed."""
    decided = [item for item in case.items if item.id in draft.items and item.outcome not in BLIND]
    done = [item for item in decided if item.right is RequestType.RECTIFICATION]
    return draft.kind is DraftKind.ANSWER and any(needs_notice(item) and not is_refused(item) for item in done)


def _told(unit: Unit, case: Case, draft: Draft) -> Sequence[Item]:
    """Return the items a letter carries data of: those it answers, or that a recipient hears of."""
    about = {*draft.items, *(task.item for task in tasks_of(unit, draft))}
    return [item for item in case.items if item.id in about and item.outcome not in BLIND]


def _unrecorded(unit: Unit, case: Case, draft: Draft) -> Sequence[str]:
    """Say what can't be done because the proven address is nobody's; without a directory that is a colleague's word."""
    about = [item for item in case.items if item.id in draft.items]
    done = [item.right for item in about if needs_a_record(item)]
    if draft.kind not in DECIDED or not done or is_about_account(case, draft.recipient):
        return ()
    if whose_data(unit, case, draft.recipient, about):
        return ()
    if unit.directory.is_empty() or (set(done) == {RequestType.ERASURE} and _was_erased(unit, case)):
        return ()
    return (f"nobody is on record under the address that was proven, so nothing was done: {', '.join(done)} (no_data)",)


def _was_erased(unit: Unit, case: Case) -> bool:
    """Say whether who asked was on record here, and was erased since: that is what the letter says."""
    return case.customer_id is not None and unit.directory.get(case.customer_id) is None


def _tells_nothing(item: Item, draft: Draft) -> bool:
    """Say whether a letter about an unproven item may leave all the same: it tells nothing of the data (rule 16)."""
    if draft.kind is DraftKind.RECIPIENT_NOTICE:
        return False  # the data are changed there on our word
    if draft.kind not in {DraftKind.ANSWER, DraftKind.INTERIM}:
        return True
    return item.outcome in BLIND if item.outcome else draft.refuses
