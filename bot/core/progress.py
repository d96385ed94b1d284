"""How far a right is, or how it ended, as the person may be told on a page: without anything of the data."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from bot.core.case import WAITING_STATES, Item, State
from bot.core.outcomes import is_refused
from bot.core.pages import Line, Stage
from bot.core.verdict import Outcome

_STATES: Final[Mapping[State, Stage]] = MappingProxyType(
    {
        State.WITHDRAWN: Stage.WITHDRAWN,
        State.MERGED: Stage.ELSEWHERE,
        State.SENDING: Stage.LEAVING,
        **dict.fromkeys(WAITING_STATES, Stage.WAITING),
    }
)
_ENDS: Final[Mapping[Outcome, Stage]] = MappingProxyType(
    {
        Outcome.GRANTED: Stage.DONE,
        Outcome.TRANSFERRED: Stage.DONE,
        Outcome.LIFTED: Stage.DONE,
        Outcome.PARTLY: Stage.PARTLY,
        Outcome.NOT_TRANSFERRED: Stage.PARTLY,
        Outcome.NO_DATA: Stage.NOTHING,
        Outcome.NO_CONSENT: Stage.NOTHING,
        Outcome.NO_DECISION: Stage.NOTHING,
        Outcome.WITHDRAWN: Stage.WITHDRAWN,
        Outcome.MERGED: Stage.ELSEWHERE,
    }
)
"""Any other end is something only the letter can say."""


def line_of(item: Item, asked: date, answered: date | None, today: date) -> Line:
    """Return what may be said of one right; `answered` is when a letter about it left, if one did."""
    return Line(item.right, _stage(item, answered, today), asked, item.promise_due, answered, item.marketing)


def _stage(item: Item, answered: date | None, today: date) -> Stage:
    if item.state in _STATES:
        return _STATES[item.state]
    if item.state not in {State.ANSWERED, State.CLOSED}:
        return Stage.LATE if item.broke_promise(today) else Stage.WORKING
    if answered is None:
        return Stage.CLOSED
    if item.outcome is not None:
        return _ENDS.get(item.outcome, Stage.NOT_DONE if is_refused(item) else Stage.ANSWERED)
    if is_refused(item):
        return Stage.NOT_DONE
    return Stage.DONE if item.done_at and not item.provisional else Stage.ANSWERED
