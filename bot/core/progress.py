"""How far a right is, or how it ended, as the person may be told on a page: without anything of the data."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from bot.core.case import WAITING_STATES, Item, State
from bot.core.outcomes import is_refused
from bot.core.pages import Line, Progress
from bot.core.verdict import Outcome

_STATES: Final[Mapping[State, Progress]] = MappingProxyType(
    {
        State.WITHDRAWN: Progress.WITHDRAWN,
        State.MERGED: Progress.ELSEWHERE,
        State.SENDING: Progress.LEAVING,
        **dict.fromkeys(WAITING_STATES, Progress.WAITING),
    }
)
_ENDS: Final[Mapping[Outcome, Progress]] = MappingProxyType(
    {
        Outcome.GRANTED: Progress.DONE,
        Outcome.TRANSFERRED: Progress.DONE,
        Outcome.LIFTED: Progress.DONE,
        Outcome.PARTLY: Progress.PARTLY,
        Outcome.NOT_TRANSFERRED: Progress.PARTLY,
        Outcome.NO_DATA: Progress.NOTHING,
        Outcome.NO_CONSENT: Progress.NOTHING,
        Outcome.NO_DECISION: Progress.NOTHING,
        Outcome.WITHDRAWN: Progress.WITHDRAWN,
        Outcome.MERGED: Progress.ELSEWHERE,
    }
)
"""Any other end is something only the letter can say."""


def line_of(item: Item, asked: date, answered: date | None, today: date) -> Line:
    """Return what may be said of one right; `answered` is when a letter about it left, if one did."""
    return Line(item.right, _stage(item, answered, today), asked, item.promise_due, answered, item.marketing)


def _stage(item: Item, answered: date | None, today: date) -> Progress:
    if item.state in _STATES:
        return _STATES[item.state]
    if item.state not in {State.ANSWERED, State.CLOSED}:
        return Progress.LATE if item.broke_promise(today) else Progress.WORKING
    if answered is None:
        return Progress.CLOSED
    if item.outcome is not None:
        return _ENDS.get(item.outcome, Progress.NOT_DONE if is_refused(item) else Progress.ANSWERED)
    if is_refused(item):
        return Progress.NOT_DONE
    return Progress.DONE if item.done_at and not item.provisional else Progress.ANSWERED
