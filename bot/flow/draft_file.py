"""A draft as a colleague reads it, on one page, with whatever is in its way; looking leaves its trace."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import Case, Item
from bot.core.doubting import may_doubt
from bot.core.drafts import Draft, DraftKind, DraftStatus, Version
from bot.core.errors import NotFound
from bot.core.identity import answer_destination
from bot.core.lanes import Deed, why_not
from bot.core.letters import Flaw
from bot.core.outcomes import ends_of
from bot.core.proof import lacks_proof
from bot.core.records import Kept
from bot.core.unit import Unit
from bot.core.unsaved import UnsavedWords
from bot.core.verdict import Outcome
from bot.flow.admission import admit, look_at_draft
from bot.flow.approval import ApprovalDesk
from bot.flow.case_file import addresses_named, beside, looks_of_late
from bot.flow.marks import mark_of_case
from bot.flow.unsaved_words import words_kept


@dataclass(frozen=True, slots=True)
class DraftFile:
    """Everything about a draft that its page shows.

    `shown` has the words a colleague typed in place of the draft's own, `unsaved` where these were noted; `flaws` are
    those of `shown`. `newer` took the draft's place. `ends` are the outcomes law and identity leave room for. `mark`
    stands for the state of the case.
    """

    draft: Draft
    shown: Draft
    case: Case
    newer: Draft | None
    messages: Sequence[Kept]
    unsaved: UnsavedWords | None
    flaws: Sequence[Flaw]
    ends: Sequence[tuple[Item, Sequence[Outcome]]]
    beside: tuple[str, datetime] | None
    is_on_record: bool
    may_edit: bool
    may_approve: bool
    mark: str

    @property
    def lacks_proof(self) -> bool:
        """Say whether anything in the case waits for a proof that a colleague may ask for."""
        return any(map(lacks_proof, self.case.items))

    @property
    def may_doubt(self) -> bool:
        """Say whether a colleague who doubts who writes may ask for more than was shown."""
        return may_doubt(self.case)

    @property
    def named(self) -> Sequence[str]:
        """Which addresses the person named: a question may go there."""
        return addresses_named(self.messages)

    @property
    def is_typed(self) -> bool:
        """Say whether other words are shown than the draft's own."""
        return self.shown.version != self.draft.version

    @property
    def is_proven_address(self) -> bool:
        """Say whether the draft goes to the address whose owner proved it."""
        return self.case.proven is not None and self.draft.recipient == answer_destination(self.case)

    @property
    def given(self) -> Sequence[str]:
        """Who said yes to the draft as it stands."""
        return [approval.staff for approval in self.draft.approvals if approval.seal == self.draft.seal]


def open_draft(
    unit: Unit, desk: ApprovalDesk, name: str, staff: str, now: datetime, typed: Version | None = None
) -> DraftFile:
    """Open a draft, with the words that were typed just now or else those noted before they were kept.

    Raises NotFound also where this colleague may not see its case.
    """
    file = _file(unit, desk, name, staff, now, typed)
    look_at_draft(unit, name, staff, now)
    return file


def open_typed(unit: Unit, desk: ApprovalDesk, name: str, staff: str, now: datetime) -> DraftFile:
    """Show again, as often as they pause, what a colleague types into a draft they have open.

    It is one look for as long as they are taken to have it open, and another after that (law.md rule 46).
    Raises NotFound, NotAllowed.
    """
    file = _file(unit, desk, name, staff, now)
    admit(unit, file.case, staff, Deed.EDIT)
    if not any(link.actor == staff for link in looks_of_late(unit.audit.chain(file.case.id), now)):
        look_at_draft(unit, name, staff, now)
    return file


def _file(
    unit: Unit, desk: ApprovalDesk, name: str, staff: str, now: datetime, typed: Version | None = None
) -> DraftFile:
    draft, roles = unit.drafts.get(name), unit.staff.roles(staff)
    case = unit.cases.get(draft.case_id)
    if why_not(case, staff, roles, Deed.SEE):
        raise NotFound(f"there is no draft {name}")
    unsaved = words_kept(unit, draft, staff) if typed is None else None
    words = Version(unsaved.subject, unsaved.body) if unsaved else typed or draft.version
    shown = draft
    if words != draft.version:
        shown = replace(draft, subject=words.subject, body=words.body, html=desk.dressed(draft, words.body))
    waits = draft.status is DraftStatus.WAITING
    may_change = waits and draft.kind is DraftKind.ANSWER
    others, history = unit.drafts.listed(case_id=case.id), unit.audit.chain(case.id)
    return DraftFile(
        draft=draft,
        shown=shown,
        case=case,
        newer=next((other for other in others if other.id != draft.id), None),
        messages=[kept for kept in unit.inbox.correspondence(case.id) if kept.message],
        unsaved=unsaved,
        flaws=desk.in_the_way(unit, shown, case) if waits else (),
        ends=[(item, ends_of(item)) for item in case.items if item.id in draft.items] if may_change else (),
        beside=beside(history, staff, now),
        is_on_record=bool(unit.directory.find(draft.recipient)),
        may_edit=not why_not(case, staff, roles, Deed.EDIT),
        may_approve=not why_not(case, staff, roles, Deed.APPROVE),
        mark=mark_of_case(history),
    )
