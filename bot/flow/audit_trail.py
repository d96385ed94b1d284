"""The history across all cases, as far as the cases in it may be seen; handing it out is on file itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.case import Case
from bot.core.errors import NotFound
from bot.core.lanes import Deed, why_not
from bot.core.listings import Trail
from bot.core.records import AuditRow
from bot.core.unit import Unit
from bot.flow.coming_in import PEOPLE
from bot.flow.sight import kept_away, links_seen


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the history with its case's reference; without one it is about colleagues, or its case is gone."""

    link: AuditRow
    reference: str


def trail_of(unit: Unit, wanted: Trail, staff: str, limit: int, after: str = "") -> tuple[Sequence[Entry], str]:
    """Return what a colleague may see of a page of the history, newest first, and the key the next page begins after.

    Raises NotFound for a wrong `after`.
    """
    found = unit.audit.trail(wanted, limit + 1, after)
    roles = unit.staff.roles(staff)
    cases = {case_id: _case(unit, case_id) for case_id in {link.case_id for link in found}}
    shut = {
        case_id
        for case_id, case in cases.items()
        if (why_not(case, staff, roles, Deed.SEE) if case else staff in kept_away(unit, case_id))
    }
    seen = links_seen(unit, (link for link in found[:limit] if link.case_id not in shut), staff)
    entries = [Entry(link, case.reference if (case := cases[link.case_id]) else "") for link in seen]
    return entries, found[limit - 1].key if len(found) > limit else ""


def hand_out(unit: Unit, wanted: Trail, staff: str, limit: int, now: datetime) -> Sequence[Entry]:
    """Return what is handed out of the history, and record who took it."""
    entries, _ = trail_of(unit, wanted, staff, limit)
    unit.audit.record(PEOPLE, "audit_exported", staff, now, {"entries": str(len(entries))})
    return entries


def _case(unit: Unit, case_id: str) -> Case | None:
    try:
        return unit.cases.get(case_id)
    except NotFound:
        return None
