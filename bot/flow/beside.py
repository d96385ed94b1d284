"""What this desk itself holds of a person beside the record and the case at hand: opt-outs and other requests."""

from bot.core.case import Case, State
from bot.core.drafts import SILENCING_FLAGS
from bot.core.house import House
from bot.core.lanes import narrower
from bot.core.letters import OtherRequest, Stop
from bot.core.messages import Handle, Way, read_at
from bot.core.records import Customer
from bot.core.unit import Unit


def handles_of(recipient: Handle, customer: Customer | None) -> tuple[Handle, ...]:
    """Return by what the desk knows whom a letter is about: never by the address of who asks for somebody else.

    In a call nothing of it is said.
    """
    if recipient.channel == Way.CALL:
        return ()
    theirs = customer.reached_at if customer else ()
    here = read_at(recipient)
    own = (here,) if customer is None or customer.knows(here) else ()
    return tuple(dict.fromkeys((*own, *theirs)))


def stops_of(unit: Unit, house: House, case: Case, handles: tuple[Handle, ...]) -> tuple[Stop, ...]:
    """Return the opt-outs in force, oldest first, but for those that this very case brought."""
    found = (one for handle in handles for one in unit.suppressions.of(handle) if one.case_id != case.id)
    told = {(house.calendar.civil_date(one.since), one.scope) for one in found}
    days = sorted({day for day, _ in told})
    return tuple(Stop(frozenset(scope for on, scope in told if on == day), day) for day in days)


def other_requests(unit: Unit, house: House, case: Case, handles: tuple[Handle, ...]) -> tuple[OtherRequest, ...]:
    """Return the other requests that came from somebody, or were proven theirs, oldest first.

    Those of a lane that fewer colleagues see than this case are not named in it, nor is what a person has to look at
    first: an unsafe mailbox, a stolen identity, somebody's "that was not me" (law.md rules 15, 17, 31).
    """
    found = {one.id: one for handle in handles for one in unit.cases.of_requester(handle) if _may_be_named(one, case)}
    listed = sorted(found.values(), key=lambda one: one.received_at)
    return tuple(OtherRequest(one.reference, house.calendar.civil_date(one.received_at)) for one in listed)


def _may_be_named(other: Case, case: Case) -> bool:
    hidden = narrower(other.lane, case.lane) is not case.lane or other.complained_of - case.complained_of
    stands_still = other.flags & SILENCING_FLAGS or (other.denied_at and not other.settled_at)
    carried_on_elsewhere = all(item.state is State.MERGED for item in other.items)
    return other.id != case.id and not (hidden or stands_still or carried_on_elsewhere)
