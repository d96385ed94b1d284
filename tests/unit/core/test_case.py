"""States: the table says what can happen, and everything else raises."""

from datetime import UTC, date, datetime
from itertools import product

import pytest

from bot.core.case import TRANSITIONS, Case, ClockKind, Event, Item, State, advance, can
from bot.core.errors import ImpossibleTransition
from bot.core.messages import Handle
from bot.core.rights import RequestType

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def item(state: State, ident: str = "i") -> Item:
    return Item(ident, RequestType.ACCESS, state, ClockKind.STATUTORY, NOON, date(2026, 3, 9), date(2026, 4, 2))


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_the_table_decides_every_pair(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert advance(item(state), event).state is TRANSITIONS[state, event]
        assert can(item(state), event)
    else:
        assert not can(item(state), event)
        with pytest.raises(ImpossibleTransition, match=f"{state} can't be {event}"):
            advance(item(state), event)


def test_nothing_is_sent_that_was_not_approved() -> None:
    assert {
        state for (state, _), after in TRANSITIONS.items() if after is State.SENDING and state is not State.SENDING
    } == {State.REVIEW}
    assert {
        event for (state, event), after in TRANSITIONS.items() if state is State.REVIEW and after is State.SENDING
    } == {Event.APPROVED}


def test_no_state_is_a_trap_but_merged() -> None:
    for state in set(State) - {State.MERGED}:
        assert any(after is not state for (before, _), after in TRANSITIONS.items() if before is state), state


def test_silence_brings_a_case_to_a_person() -> None:
    for waiting in (State.CLARIFYING, State.VERIFYING):
        assert advance(item(waiting), Event.GAVE_UP).state is State.REVIEW


@pytest.mark.parametrize(
    ("states", "stage"),
    [
        ((State.ANSWERED, State.REVIEW), State.REVIEW),
        ((State.VERIFYING, State.SENDING), State.VERIFYING),
        ((State.ANSWERED, State.CLOSED), State.ANSWERED),
        ((), State.REVIEW),
    ],
)
def test_a_case_stands_where_its_most_pressing_item_stands(states: tuple[State, ...], stage: State) -> None:
    items = tuple(item(state, str(number)) for number, state in enumerate(states))
    case = Case("c", "NX", "t", Handle("email", "a@example.com"), "en", NOON, NOON, items=items)
    assert case.stage is stage
    assert case.is_open is (stage in {State.REVIEW, State.VERIFYING} and bool(states))
