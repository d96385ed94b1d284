"""How an item may end (law.md rules 11, 16, 19, 20, 28, 29)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.core.case import ClockKind, Item, State
from bot.core.errors import NotAllowed
from bot.core.outcomes import ALLOWED, BLIND, INTERIM, REFUSING, is_refused, may_end
from bot.core.rights import RequestType
from bot.core.trust import Trust
from bot.core.verdict import Outcome

PROVEN = Item(
    "i1",
    RequestType.ERASURE,
    State.REVIEW,
    ClockKind.STATUTORY,
    datetime(2026, 3, 2, tzinfo=UTC),
    date(2026, 3, 9),
    date(2026, 4, 2),
    needs=Trust.PROVEN,
    trust=Trust.PROVEN,
)
ABSOLUTE = [
    replace(PROVEN, right=RequestType.UNSUBSCRIBE),
    replace(PROVEN, right=RequestType.OBJECTION, marketing=True),
    replace(PROVEN, right=RequestType.CONSENT_WITHDRAWAL),
]


def test_every_right_has_its_outcomes_and_every_outcome_its_right() -> None:
    assert set(ALLOWED) == set(RequestType)
    assert {outcome for outcomes in ALLOWED.values() for outcome in outcomes} == set(Outcome)
    assert not INTERIM & REFUSING


@pytest.mark.rule(29, refused=True)
@pytest.mark.rule(28, refused=True)
@pytest.mark.parametrize("item", ABSOLUTE, ids=lambda item: item.right)
@pytest.mark.parametrize("outcome", sorted(REFUSING))
def test_rules_28_and_29_no_refusal_exists_for_what_is_absolute(item: Item, outcome: Outcome) -> None:
    with pytest.raises(NotAllowed, match="can't be"):
        may_end(item, outcome)


@pytest.mark.rule(32, refused=True)
@pytest.mark.parametrize("right", [RequestType.ACCESS, RequestType.ERASURE, RequestType.HUMAN_REVIEW])
def test_no_right_of_the_persons_is_passed_on_to_somebody_else(right: RequestType) -> None:
    with pytest.raises(NotAllowed, match="can't be forwarded"):
        may_end(replace(PROVEN, right=right), Outcome.FORWARDED)


@pytest.mark.rule(16, refused=True)
@pytest.mark.parametrize("right", RequestType)
def test_rule_16_the_unproven_hear_only_what_tells_nothing_of_the_data(right: RequestType) -> None:
    item = replace(PROVEN, right=right, trust=Trust.PLAUSIBLE)
    for outcome in ALLOWED[right]:
        if outcome in BLIND:
            may_end(item, outcome)
        else:
            with pytest.raises(NotAllowed, match="nobody has proven"):
                may_end(item, outcome)


def test_rule_20_a_no_is_a_no_by_choice_or_for_want_of_proof() -> None:
    assert not is_refused(PROVEN)
    assert is_refused(replace(PROVEN, outcome=Outcome.PARTLY))
    assert is_refused(replace(PROVEN, trust=Trust.CLAIMED))
    assert not is_refused(replace(PROVEN, trust=Trust.CLAIMED, outcome=Outcome.WITHDRAWN))
