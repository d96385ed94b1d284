"""What a legal hold keeps from being erased: a case, the one that carries it on, and whoever it is about (rule 44)."""

from bot.core.case import Case
from bot.core.errors import NotAllowed
from bot.core.lanes import Deed
from bot.core.records import Customer
from bot.core.shelves import Hold
from bot.core.unit import Unit
from bot.flow.admission import refused
from bot.flow.finding import goes_on_in, with_joined


def hold_on(unit: Unit, case: Case) -> Hold | None:
    """Return the hold that keeps a case: its own, or that of the case it is carried on in."""
    return case.hold or goes_on_in(unit, case).hold


def held_about(unit: Unit, customer: Customer) -> Case | None:
    """Return a held case that is about a customer: shown or vouched to be theirs, or asked from where we know them.

    A case that was merged into a held one is held with it, whosever address the other one goes by.
    """
    held = unit.cases.held()
    return next((case for case in held if any(_is_about(one, customer) for one in with_joined(unit, case))), None)


def refuse_held(unit: Unit, case: Case, staff: str) -> None:
    """Raise NotAllowed where a hold keeps a case; who may not see the one it was put on hears nothing else of it."""
    keeper = case if case.hold else goes_on_in(unit, case)
    if keeper.hold is not None:
        raise NotAllowed(_kept(unit, keeper, keeper.hold, staff))


def refuse_held_customer(unit: Unit, customer: Customer, staff: str) -> None:
    """Raise NotAllowed where a hold on any case keeps what we have of a customer."""
    keeper = held_about(unit, customer)
    if keeper is not None and keeper.hold is not None:
        raise NotAllowed(_kept(unit, keeper, keeper.hold, staff))


def _is_about(case: Case, customer: Customer) -> bool:
    named = {case.customer_id, case.vouch.customer_id if case.vouch else None}
    named.add(case.facts.customer_id if case.facts and case.facts.matched else None)
    return customer.id in named or not {case.requester, case.proven}.isdisjoint(customer.reached_at)


def _kept(unit: Unit, keeper: Case, hold: Hold, staff: str) -> str:
    if refused(unit, keeper, staff, Deed.SEE):
        return "a legal hold keeps what we have of this person: ask the data protection officer"
    return f"a legal hold keeps everything of case {keeper.reference}: {hold.reason}"
