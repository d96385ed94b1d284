"""Whether somebody may see what an address names: judged once, at the gate, for every page alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.core.case import Case
from bot.core.delivery import Outgoing
from bot.core.drafts import Role
from bot.core.errors import NotFound
from bot.core.lanes import Deed, why_not
from bot.core.messages import canonical_address
from bot.core.records import AuditRow
from bot.core.unit import Unit


def _of_message(unit: Unit, name: str) -> Case | None:
    case_id = unit.inbox.get(name).case_id
    return unit.cases.get(case_id) if case_id else None


def _of_letter(unit: Unit, name: str) -> Case | None:
    return _guard_of(unit, unit.outbox.get(name))


def _guard_of(unit: Unit, letter: Outgoing) -> Case | None:
    return unit.cases.get(letter.guarded_by) if letter.guarded_by else None


CASE_OF: Final[Mapping[str, Callable[[Unit, str], Case | None]]] = MappingProxyType(
    {
        "case": lambda unit, name: unit.cases.by_reference(name),
        "draft": lambda unit, name: unit.cases.get(unit.drafts.get(name).case_id),
        "message": _of_message,
        "outgoing": _of_letter,
    }
)
"""The case behind each kind of name that stands in an address; None where there is none."""


_OTHER_CASE: Final = ("into", "case", "from")
"""Under what a link of one case's history names another case."""


def require_sight(unit: Unit, named: Mapping[str, str], staff: str) -> None:
    """Raise NotFound where an address leads to a case this colleague may not see: as if it led to nothing."""
    roles = unit.staff.roles(staff)
    for kind in CASE_OF.keys() & named.keys():
        case = CASE_OF[kind](unit, named[kind])
        if case is not None and why_not(case, staff, roles, Deed.SEE):
            raise NotFound(f"there is no {kind} {named[kind]}")


def links_seen(unit: Unit, links: Iterable[AuditRow], staff: str) -> Sequence[AuditRow]:
    """Return those of some links that name no other case which is kept from a colleague; the unnamed may be anybody."""
    me = canonical_address(staff)

    def names_a_hidden_one(link: AuditRow) -> bool:
        named = (unit.cases.by_reference(link.data[fact]) for fact in _OTHER_CASE if fact in link.data)
        return any(case is not None and (me in case.complained_of if me else case.complained_of) for case in named)

    return [link for link in links if not names_a_hidden_one(link)]


def letters_seen(
    unit: Unit, letters: Iterable[Outgoing], staff: str, roles: frozenset[Role]
) -> Iterator[tuple[Outgoing, Case | None]]:
    """Yield those of some letters that a colleague may see, with the case each tells of, if any.

    What tells of a case that was destroyed is shown to nobody.
    """
    for letter in letters:
        try:
            case = _guard_of(unit, letter)
        except NotFound:
            continue
        if case is None or not why_not(case, staff, roles, Deed.SEE):
            yield letter, case
