"""What a copy is made of follows it into another case: the files that were added, what was left out (rule 22)."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.core.case import OPEN_STATES, Case, Item
from bot.core.packages import COPIED
from bot.core.redaction import Redaction
from bot.core.unit import Unit
from bot.core.withholding import Where

FreshId = Callable[[], str]


def carry_copy(
    unit: Unit, case: Case, into: Case, going: Iterable[Item], fresh_id: FreshId, *, files: bool, letters: bool
) -> None:
    """Let what a copy is made of go along where one of these items asks for a copy.

    The files leave the case unless a copy is still open there; the marks stay in both, as what was handed out before is
    told by them. `files` says that both answers go to one person: what was added for one is never handed to another.
    `letters` says that our letters of the case are in the other one's copy as well.
    """
    moving = list(going)
    if not any(item.right in COPIED for item in moving):
        return
    left = {item.id for item in moving}
    still_asked = any(item.right in COPIED and item.state in OPEN_STATES and item.id not in left for item in case.items)
    names = _carry_files(unit, case, into, fresh_id, keep=still_asked) if files else {}
    _carry_marks(unit, case, into, names, fresh_id, letters=letters)


def _carry_files(unit: Unit, case: Case, into: Case, fresh_id: FreshId, *, keep: bool) -> dict[str, str]:
    """Carry the files over and return what each is called there; the same file twice is one."""
    there = {one.name: one.sha256 for one in unit.enclosures.of_case(into.id)}
    called = {}
    for one in unit.enclosures.of_case(case.id):
        name = _free(one.name, one.sha256, there)
        called[one.name] = name
        if name not in there:
            unit.enclosures.add(replace(one, id=fresh_id(), case_id=into.id, name=name), unit.enclosures.data(one.id))
            there[name] = one.sha256
        if not keep:
            unit.enclosures.remove(one.id)
    return called


def _carry_marks(
    unit: Unit, case: Case, into: Case, names: dict[str, str], fresh_id: FreshId, *, letters: bool
) -> None:
    known = {_about(mark) for mark in unit.redactions.of_case(into.id)}
    for mark in unit.redactions.of_case(case.id):
        place = mark.place
        if place.where is Where.LETTER and not letters:
            continue
        if place.where is Where.FILE:
            if place.key not in names:
                continue
            place = replace(place, key=names[place.key], name=names[place.key])
        carried = replace(mark, id=fresh_id(), case_id=into.id, place=place)
        if _about(carried) not in known:
            unit.redactions.add(carried)


def _free(name: str, digest: str, there: dict[str, str]) -> str:
    """Return a name that is free in the other case, or that of the very same file."""
    stem, dot, kind = name.rpartition(".")
    others = (f"{stem}-{number}{dot}{kind}" for number in range(2, len(there) + 3))
    return next(one for one in (name, *others) if there.get(one, digest) == digest)


def _about(mark: Redaction) -> tuple[Where, str, str]:
    return mark.place.where, mark.place.key, mark.words.casefold()
