"""Who may do what: asked before every deed of a colleague."""

from collections.abc import Set as AbstractSet

from bot.core.drafts import Role
from bot.core.errors import NotAdmitted
from bot.core.unit import Unit


def require_role(unit: Unit, staff: str, roles: AbstractSet[Role], deed: str) -> None:
    """Raise NotAdmitted, saying whom to ask, unless the colleague has one of the roles."""
    if not unit.staff.roles(staff) & roles:
        raise NotAdmitted(f"{staff} may not {deed}: ask an administrator for the role {_spoken(roles)}")


def _spoken(roles: AbstractSet[Role]) -> str:
    *most, last = sorted(roles)
    return f"{', '.join(most)} or {last}" if most else last
