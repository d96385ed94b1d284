"""Letting colleagues in: every look and every deed passes here, and a look leaves its trace (law.md rules 31, 46)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.core.case import Case
from bot.core.drafts import Draft
from bot.core.errors import NotAdmitted, NotAllowed
from bot.core.lanes import Deed, why_not
from bot.core.messages import canonical_address
from bot.core.unit import Unit
from bot.flow.answering import Answering
from bot.flow.finding import goes_on_in, with_joined

UNNAMED: Final = "somebody at the command line"


def admit(unit: Unit, case: Case, staff: str, deed: Deed) -> None:
    """Let a colleague do this with a case. Raises NotAdmitted, which says why not and what to do."""
    if refusal := refused(unit, case, staff, deed):
        raise NotAdmitted(refusal)


def refused(unit: Unit, case: Case, staff: str, deed: Deed) -> str:
    """Return why a colleague may not do this with a case, or nothing."""
    staff = canonical_address(staff)
    return why_not(case, staff, unit.staff.roles(staff), deed)


def require_colleague(unit: Unit, staff: str) -> None:
    """Let a named colleague ask what they may see. Raises NotAdmitted for an address without any role: a slip."""
    if staff and not unit.staff.roles(canonical_address(staff)):
        raise NotAdmitted(f"{staff} is no colleague here: check the address, or ask an administrator for a role")


def look_at(unit: Unit, case: Case, staff: str, now: datetime) -> Case:
    """Show a case to a colleague and note that it was seen. Raises NotAllowed."""
    admit(unit, case, staff, Deed.SEE)
    unit.audit.record(case.id, "seen", canonical_address(staff) or UNNAMED, now)
    return case


def look_at_draft(unit: Unit, draft_id: str, staff: str, now: datetime) -> tuple[Draft, Case]:
    """Show a draft with its case to a colleague. Raises NotFound, NotAllowed."""
    draft = unit.drafts.get(draft_id)
    return draft, look_at(unit, unit.cases.get(draft.case_id), staff, now)


def record_conflict(
    unit: Unit, answering: Answering, case_id: str, colleague: str, staff: str, now: datetime, *, lifted: bool = False
) -> Case:
    """Keep a colleague a complaint is about away from its case, or let them in again; earlier approvals are void.

    What joined the case is kept from them with it, and so is the case it is carried on in.

    Raises NotFound, NotAllowed.
    """
    named, colleague, staff = unit.cases.get(case_id), canonical_address(colleague), canonical_address(staff)
    case = goes_on_in(unit, named)
    for one in {named.id: named, case.id: case}.values():
        admit(unit, one, staff, Deed.EDIT)
    if not unit.staff.roles(colleague):
        raise NotAllowed(f"{colleague} is no colleague here and sees nothing anyway: check the address")
    for one in with_joined(unit, case):
        kept_away = one.complained_of - {colleague} if lifted else one.complained_of | {colleague}
        unit.cases.save(replace(one, complained_of=kept_away))
    case = unit.cases.get(case.id)
    unit.audit.record(case.id, "conflict_lifted" if lifted else "conflict", staff, now, {"colleague": colleague})
    if not lifted and unit.teamwork.assignees([case.id]).get(case.id) == colleague:
        unit.teamwork.assign(case.id, "", now)
    answering.redraft(unit, case, now)
    return case
