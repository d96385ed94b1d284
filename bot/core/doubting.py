"""A colleague's recorded doubt who writes: more proof than the table asks, until it is given (law.md rules 10, 12)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.case import OPEN_STATES, Case, Event, Item, State, is_proven, moved
from bot.core.records import AuditRow
from bot.core.trust import Trust
from bot.core.undoing import is_opt_out


def doubted(case: Case) -> Case:
    """Return a case whose open items ask for the next proof beyond what was shown for them.

    That is the control of an address, or a second proof where it was shown. An opt-out asks nothing, whoever doubts.
    """
    return replace(case, items=tuple(_doubted(item) for item in case.items))


def undoubted(case: Case) -> Case:
    """Return a case that asks what the table does; what only waited because of a doubt goes to a person."""
    return replace(case, items=tuple(_undoubted(item) for item in case.items))


def doubt_in(case: Case | None) -> Trust:
    """Return the proof a standing doubt asks for: of what is asked later in the case as well."""
    items = case.items if case else ()
    return max((item.least for item in items if item.state in OPEN_STATES), default=Trust.CLAIMED)


def is_doubted(case: Case) -> bool:
    """Say whether a colleague's doubt stands over anything that is open."""
    return doubt_in(case) > Trust.CLAIMED


def may_doubt(case: Case) -> bool:
    """Say whether a doubt would ask for more than the case does."""
    return doubted(case) != case


def standing_doubts(history: Sequence[AuditRow]) -> Sequence[AuditRow]:
    """Return the doubts of a case since the last one was withdrawn, with the reasons that were given."""
    ends = (at for at, link in enumerate(history, 1) if link.event == "doubt_withdrawn")
    return [link for link in history[max(ends, default=0) :] if link.event in {"doubted", "doubt_carried"} and link.why]


def _doubted(item: Item) -> Item:
    if item.state not in OPEN_STATES or item.state is State.SENDING or is_opt_out(item):
        return item
    if item.trust > Trust.PROVEN:
        return item  # a second proof was given, or a colleague vouched: no letter asks for more
    beyond = Trust.MATCHED if item.trust is Trust.PROVEN else Trust.PROVEN
    return replace(item, least=max(item.least, beyond))


def _undoubted(item: Item) -> Item:
    asked = replace(item, least=Trust.CLAIMED)
    waited = item.state is State.VERIFYING and is_proven(asked)
    return moved(asked, Event.PROVED) if waited else asked
