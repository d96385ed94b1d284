"""Approve: the third commit. A colleague decides; outgoing and audit rows stand or fall together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.case import Case, Event, advance, can
from bot.core.decisions import REQUIRED
from bot.core.drafts import MAY_APPROVE, Draft, DraftKind, DraftStatus, Role, approve, edit
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.identity import answer_destination
from bot.core.ports import Clock, Store, Unit
from bot.core.trust import Trust
from bot.flow.answering import Answering

MAY_EDIT = MAY_APPROVE | {Role.DRAFTER}


@dataclass(frozen=True, slots=True)
class ApprovalDesk:
    """What a colleague may do with a draft."""

    store: Store
    answering: Answering
    clock: Clock

    async def approve(self, draft_id: str, staff: str) -> Draft:
        """Give one colleague's yes; with the last one needed the message goes to the outbox.

        Raises NotFound, NotAllowed, or NotApprovable with everything that is in the way.
        """
        now = self.clock.now()

        def work(unit: Unit) -> Draft:
            self._require(unit, staff, MAY_APPROVE, "approve")
            draft = unit.drafts.get(draft_id)
            case = unit.cases.get(draft.case_id)
            self._refuse_unsafe(draft, case)
            approved = approve(draft, staff, unit.staff.roles(staff), now, case_version=case.version)
            unit.drafts.save(approved)
            unit.audit.record(case.id, "approved", staff, now, {"draft": draft.id, "seal": approved.seal})
            if approved.status is DraftStatus.APPROVED:
                confirmed = tuple(
                    replace(item, doubtful=False) if item.id in draft.items else item for item in case.items
                )
                references = self._references(unit, case)
                self.answering.post.dispatch(unit, replace(case, items=confirmed), approved, now, references)
            return approved

        return await self.store.transact(work)

    async def edit(self, draft_id: str, staff: str, *, subject: str | None = None, body: str | None = None) -> Draft:
        """Change a draft's words; earlier approvals are void. Raises NotFound, NotAllowed, NotApprovable."""
        now = self.clock.now()

        def work(unit: Unit) -> Draft:
            self._require(unit, staff, MAY_EDIT, "edit drafts")
            draft = unit.drafts.get(draft_id)
            text = draft.body if body is None else body
            html = self.answering.post.writer.dress(text, draft.language) if draft.html else ""
            changed = edit(draft, draft.subject if subject is None else subject, text, html)
            unit.drafts.save(changed)
            unit.audit.record(draft.case_id, "edited", staff, now, {"draft": draft.id, "seal": changed.seal})
            return changed

        return await self.store.transact(work)

    async def reject(self, draft_id: str, staff: str, reason: str) -> Draft:
        """Send a draft back; its items stay in review for a person. Raises NotFound, NotAllowed, NotApprovable."""
        now = self.clock.now()

        def work(unit: Unit) -> Draft:
            self._require(unit, staff, MAY_EDIT, "reject drafts")
            draft = unit.drafts.get(draft_id)
            if draft.status is not DraftStatus.WAITING:
                raise NotApprovable(f"this draft is {draft.status}: only a waiting one can be rejected")
            rejected = replace(draft, status=DraftStatus.REJECTED)
            unit.drafts.save(rejected)
            case = unit.cases.get(draft.case_id)
            items = tuple(
                advance(item, Event.RETURNED) if item.id in draft.items and can(item, Event.RETURNED) else item
                for item in case.items
            )
            unit.cases.save(replace(case, items=items))
            unit.audit.record(case.id, "rejected", staff, now, {"draft": draft.id}, {"reason": reason})
            return rejected

        return await self.store.transact(work)

    async def answer_anew(self, case_id: str, staff: str) -> Sequence[Draft]:
        """Draft a case's answer again, from its present state. Raises NotFound, NotAllowed."""
        now = self.clock.now()

        def work(unit: Unit) -> Sequence[Draft]:
            self._require(unit, staff, MAY_EDIT, "ask for a new draft")
            self.answering.redraft(unit, unit.cases.get(case_id), now)
            return unit.drafts.listed(DraftStatus.WAITING, case_id)

        return await self.store.transact(work)

    def _refuse_unsafe(self, draft: Draft, case: Case) -> None:
        """Keep what law and safety forbid from approval, whoever approves."""
        problems = list(self.answering.post.writer.findings(draft))
        needed = max((REQUIRED[right] for right in draft.rights), default=Trust.CLAIMED)
        if draft.kind is DraftKind.ANSWER and not draft.refuses and case.trust < needed:
            problems.append(f"the identity is {case.trust.name.lower()}, this answer needs {needed.name.lower()}")
        if draft.kind is DraftKind.ANSWER and draft.recipient != answer_destination(case):
            problems.append("the recipient is not the address that was proven for this case")
        if problems:
            raise NotApprovable("this can't be approved: " + "; ".join(problems))

    def _require(self, unit: Unit, staff: str, roles: frozenset[Role], deed: str) -> None:
        if not unit.staff.roles(staff) & roles:
            raise NotAllowed(f"{staff} may not {deed}: ask an administrator for the role drafter, approver or dpo")

    def _references(self, unit: Unit, case: Case) -> tuple[str, ...]:
        """Return the thread's Message-IDs, so that the answer shows below what the person wrote."""
        theirs = [kept.message.message_id for kept in unit.inbox.correspondence(case.id) if kept.message]
        return tuple(filter(None, theirs))
