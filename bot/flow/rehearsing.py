"""The rehearsal of an erasure: what goes, what stays and why, from the record, the shelves and the systems named."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.core.case import Case
from bot.core.house import House
from bot.core.identity import answer_destination
from bot.core.messages import Handle
from bot.core.records import Customer
from bot.core.register import Point, Processing
from bot.core.rehearsal import Fate, Foreseen
from bot.core.rights import RequestType, Scope
from bot.core.unit import Unit
from bot.flow.data_subject import whose_data

KINDS: Final = tuple(scope for scope in Scope if scope is not Scope.ALL)


def rehearse(unit: Unit, house: House, case: Case) -> Sequence[Foreseen]:
    """Say what the erasure that a case asks for would do; nothing where none is asked. Changes nothing."""
    erased = [item for item in case.items if item.right is RequestType.ERASURE]
    if not erased:
        return ()
    customers = whose_data(unit, case, answer_destination(case), erased)
    return [
        *_held(case),
        *(_row(customer) for customer in customers),
        *_systems(house),
        *(_category(entry, case.language) for entry in unit.register.listed()),
        *_shelves(unit, house, case, customers),
    ]


def _held(case: Case) -> Iterator[Foreseen]:
    if case.hold:
        yield Foreseen(Fate.STAYS, "everything of this case", "a legal hold keeps it", case.hold.reason)


def _row(customer: Customer) -> Foreseen:
    why = "this desk's own row: a task erases it once the answer has left; no import brings it back"
    return Foreseen(Fate.GOES, f"customer {customer.number}", why)


def _systems(house: House) -> Iterator[Foreseen]:
    for system in house.systems:
        if RequestType.ERASURE in system.rights:
            yield Foreseen(Fate.GOES, system.name, "a colleague erases it there and marks the task", system.owner)
            if system.keeps:
                yield Foreseen(Fate.STAYS, system.name, "the settings say what is kept there and why", system.keeps)


def _category(entry: Processing, language: str) -> Foreseen:
    """Tell how long the record of processing keeps a category; only a confirmed period is one (law.md rule 21)."""
    name = entry.says(Point.NAME, language) or entry.notes(Point.NAME)
    kept = entry.says(Point.KEPT, language) or entry.notes(Point.KEPT)
    if not entry.may_state(Point.KEPT):
        return Foreseen(Fate.WEIGH, name, "nobody has confirmed how long it is kept: `register import`", kept)
    return Foreseen(Fate.WEIGH, name, "the record of processing says how long; does a duty keep it (Art. 17(3))?", kept)


def _shelves(unit: Unit, house: House, case: Case, customers: Sequence[Customer]) -> Iterator[Foreseen]:
    periods = house.periods
    yield Foreseen(
        Fate.STAYS,
        "letters, decisions and reasons of this case",
        f"closed archive until claims are over: {periods.archive_years} years after the last thing that happened",
    )
    yield Foreseen(
        Fate.GOES, "what was asked to be sure of the person", f"{periods.evidence.days} days after the case is closed"
    )
    if unit.packages.of_case(case.id):
        yield Foreseen(Fate.GOES, "files handed over", f"{periods.package.days} days after they were made")
    for handle in dict.fromkeys([*_reached(case), *(h for customer in customers for h in customer.reached_at)]):
        stopped = [scope for scope in KINDS if unit.suppressions.blocking([handle], scope)]
        if stopped:
            why = "an opt-out in force: without it mailings would come back (Art. 21(3))"
            yield Foreseen(Fate.STAYS, handle.value, why, ", ".join(sorted(stopped)))
    yield Foreseen(Fate.STAYS, "the history of this case", "anonymous from the end of the archive on: salted hashes")


def _reached(case: Case) -> Iterator[Handle]:
    yield case.requester
    if case.proven:
        yield case.proven
