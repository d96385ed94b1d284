"""Who may see and handle a case: its lane, a colleague's roles, and whom a complaint is about. Denied by default."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.core.case import Case, Lane
from bot.core.drafts import Role
from bot.core.rights import Flag, Reading, RequestType


class Deed(StrEnum):
    """What a colleague wants to do with a case or its drafts."""

    SEE = "see"
    EDIT = "edit"
    APPROVE = "approve"


def _only(*roles: Role) -> Mapping[Deed, frozenset[Role]]:
    return MappingProxyType(dict.fromkeys(Deed, frozenset(roles)))


MAY: Final[Mapping[Lane, Mapping[Deed, frozenset[Role]]]] = MappingProxyType(
    {
        Lane.GENERAL: MappingProxyType(
            {
                Deed.SEE: frozenset({Role.READER, Role.DRAFTER, Role.APPROVER, Role.DPO}),
                Deed.EDIT: frozenset({Role.DRAFTER, Role.APPROVER, Role.DPO}),
                Deed.APPROVE: frozenset({Role.APPROVER, Role.DPO}),
            }
        ),
        Lane.DPO: _only(Role.DPO),  # law.md rule 31, Art. 38(4)-(6)
        Lane.HR: _only(Role.HR, Role.DPO),  # law.md rule 15: never the manager
        Lane.AUTHORITY: _only(Role.DPO),
    }
)


_BY_NARROWNESS: Final = (Lane.GENERAL, Lane.HR, Lane.DPO, Lane.AUTHORITY)


def why_not(case: Case, staff: str, roles: frozenset[Role], deed: Deed) -> str:
    """Return in words why a colleague may not do this with a case, or nothing when they may.

    An unnamed colleague (`staff` empty) may look at the general lane only. Whoever a complaint is about neither sees
    nor handles it, whatever the role (law.md rule 31).
    """
    if not staff:
        open_to_all = deed is Deed.SEE and case.lane is Lane.GENERAL and not case.complained_of
        return "" if open_to_all else f"case {case.reference} is not open to everybody: say who you are with --as EMAIL"
    if staff in case.complained_of:
        return f"case {case.reference} is about {staff}, who neither sees nor handles it: leave it to another colleague"
    admitted = MAY[case.lane][deed]
    if roles & admitted:
        return ""
    needed = " or ".join(sorted(admitted))
    where = "" if case.lane is Lane.GENERAL else f", which lies in the {case.lane} lane"
    return f"{staff} may not {deed} case {case.reference}{where}: ask an administrator for the role {needed}"


def narrower(one: Lane, other: Lane) -> Lane:
    """Return the lane that fewer colleagues see."""
    return max(one, other, key=_BY_NARROWNESS.index)


def lanes_for(roles: frozenset[Role], deed: Deed = Deed.SEE) -> frozenset[Lane]:
    """Return the lanes in which somebody with these roles may do this."""
    return frozenset(lane for lane, deeds in MAY.items() if deeds[deed] & roles)


def roles_that(deed: Deed) -> frozenset[Role]:
    """Return the roles that may do this in any lane; an administrator looks after people and sees no case."""
    return frozenset().union(*(deeds[deed] for deeds in MAY.values()))


def lane_for(reading: Reading) -> Lane:
    """Say who may see a case (law.md rules 15, 17, 31)."""
    if Flag.AUTHORITY in reading.flags:
        return Lane.AUTHORITY
    if Flag.EMPLOYEE in reading.flags:
        return Lane.HR
    to_dpo = {Flag.MINOR, Flag.PARENT, Flag.HEIR, Flag.UNSAFE, Flag.IDENTITY_THEFT, Flag.BREACH}
    if reading.flags & to_dpo or RequestType.COMPLAINT in reading.rights:
        return Lane.DPO
    return Lane.GENERAL
