"""Whether somebody may see what an address names: judged once, at the gate, for every page alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
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


OTHER: Final = "other"
"""Under what a link of one case's history names another case by its id, beside the reference that is shown."""

KEPT_FROM: Final = "kept_from"
"""Under what the last link of a destroyed case names whom its complaint was about: they read no link of it either."""


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

    def is_shown(link: AuditRow) -> bool:
        away = kept_away(unit, link.data[OTHER]) if OTHER in link.data else frozenset()
        return not (me in away if me else away)

    return [_without_id(link) for link in links if is_shown(link)]


def kept_away(unit: Unit, case_id: str) -> frozenset[str]:
    """Return whom a complaint in a case is about; of one that was destroyed its last link still tells."""
    try:
        return unit.cases.get(case_id).complained_of
    except NotFound:
        told = (link.data.get(KEPT_FROM, "") for link in unit.audit.chain(case_id)[-1:])
        return frozenset(staff for named in told for staff in named.split(", ") if staff)


def _without_id(link: AuditRow) -> AuditRow:
    return replace(link, data={fact: said for fact, said in link.data.items() if fact != OTHER})


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
