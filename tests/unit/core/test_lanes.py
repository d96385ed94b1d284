"""Lanes: every role against every lane and deed; whoever is complained of stays outside."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from bot.core.case import Case, Lane
from bot.core.drafts import Role
from bot.core.lanes import Deed, why_not
from bot.core.messages import Handle

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KIM = "kim@nexioprojects.com"
CASE = Case("c", "NX-7F3K-Q2M9", "t", Handle("email", "a@example.com"), "en", NOON, NOON)

ALLOWED = {
    Lane.GENERAL: {
        Role.READER: {Deed.SEE},
        Role.DRAFTER: {Deed.SEE, Deed.EDIT},
        Role.APPROVER: set(Deed),
        Role.DPO: set(Deed),
    },
    Lane.DPO: {Role.DPO: set(Deed)},
    Lane.HR: {Role.HR: set(Deed), Role.DPO: set(Deed)},
    Lane.AUTHORITY: {Role.DPO: set(Deed)},
}


@pytest.mark.rule(46, refused=True)
@pytest.mark.parametrize(("lane", "role", "deed"), list(product(Lane, Role, Deed)))
def test_a_role_may_do_what_its_lane_declares_and_nothing_else(lane: Lane, role: Role, deed: Deed) -> None:
    refusal = why_not(replace(CASE, lane=lane), KIM, frozenset({role}), deed)
    assert (refusal == "") is (deed in ALLOWED[lane].get(role, set()))


@pytest.mark.parametrize(("lane", "deed"), list(product(Lane, Deed)))
def test_whoever_a_complaint_is_about_stays_outside_whatever_the_role(lane: Lane, deed: Deed) -> None:
    about_kim = replace(CASE, lane=lane, complained_of=frozenset({KIM}))
    assert "leave it to another colleague" in why_not(about_kim, KIM, frozenset(Role), deed)
    assert why_not(about_kim, "lee@nexioprojects.com", frozenset({Role.DPO}), deed) == ""


@pytest.mark.parametrize(("lane", "deed"), list(product(Lane, Deed)))
def test_a_stranger_may_do_nothing_and_the_unnamed_may_look_at_the_general_lane(lane: Lane, deed: Deed) -> None:
    case = replace(CASE, lane=lane)
    assert why_not(case, "eve@example.net", frozenset(), deed)
    assert (why_not(case, "", frozenset(), deed) == "") is (lane is Lane.GENERAL and deed is Deed.SEE)
    assert why_not(replace(case, complained_of=frozenset({KIM})), "", frozenset(), deed)


def test_a_refusal_says_why_and_what_to_do() -> None:
    told = why_not(replace(CASE, lane=Lane.DPO), KIM, frozenset({Role.APPROVER}), Deed.APPROVE)
    assert told == (
        "kim@nexioprojects.com may not approve case NX-7F3K-Q2M9, which lies in the dpo lane: "
        "ask an administrator for the role dpo"
    )
