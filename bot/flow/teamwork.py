"""Colleagues share the work: who sees to a case, and a word for whoever opens it next."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.core.case import Case
from bot.core.drafts import Role
from bot.core.errors import NotAllowed
from bot.core.lanes import Deed, roles_that, why_not
from bot.core.messages import canonical_address
from bot.core.teamwork import Remark
from bot.core.unit import Unit
from bot.flow.admission import admit

AGAIN: Final = timedelta(hours=1)
"""Within it the same words of the same colleague are one note: a browser or a program sent them once more."""


def assign(unit: Unit, cases: Sequence[Case], colleague: str, staff: str, now: datetime) -> None:
    """Let a colleague see to cases, or with an empty address nobody; all of them or none.

    Raises NotAllowed for a case that either of the two may not edit.
    """
    colleague, staff = canonical_address(colleague), canonical_address(staff)
    roles = unit.staff.roles(colleague)
    for case in cases:
        admit(unit, case, staff, Deed.EDIT)
        if colleague and why_not(case, colleague, roles, Deed.EDIT):
            raise NotAllowed(f"{colleague} may not work on {case.reference}: choose another colleague")
        unit.teamwork.assign(case.id, colleague, now)
        unit.audit.record(case.id, "assigned" if colleague else "unassigned", staff, now, {"to": colleague})


def remark(unit: Unit, case: Case, text: str, ident: str, staff: str, now: datetime) -> Remark:
    """Keep a word for the colleagues with a case; the same again within `AGAIN`, sent twice, is kept once.

    Raises NotAllowed without the role or words.
    """
    staff = canonical_address(staff)
    admit(unit, case, staff, Deed.EDIT)
    if not text.strip():
        raise NotAllowed("write something: an empty note tells nobody anything")
    for earlier in unit.teamwork.remarks(case.id):
        if (earlier.by, earlier.text) == (staff, text.strip()) and now - earlier.at < AGAIN:
            return earlier
    written = Remark(ident, case.id, staff, now, text.strip())
    unit.teamwork.add(written)
    unit.audit.record(case.id, "remarked", staff, now, {}, {"text": written.text})
    return written


def workers(unit: Unit) -> Sequence[str]:
    """Return the colleagues who may work on cases of any lane."""
    working: frozenset[Role] = roles_that(Deed.EDIT)
    return sorted(email for email, roles in unit.staff.everyone().items() if roles & working)
