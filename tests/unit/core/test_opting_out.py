"""How far an opt-out reaches: the sender, what is on record with a sure one, what was named."""

from dataclasses import replace

import pytest

from bot.core.letters import Extent
from bot.core.messages import MAIL, PHONE, TELEGRAM, Handle
from bot.core.opting_out import RECORD, OptOut, extent_of, stops
from bot.core.records import Customer
from bot.core.rights import Scope

ANN, OLD, CHAT = Handle(MAIL, "ann@example.com"), Handle(MAIL, "old@example.com"), Handle(TELEGRAM, "777")
MOBILE, NAMED = Handle(PHONE, "+31611111111"), Handle(PHONE, "+31622222222")
ROW = Customer("id", "C-7", "Ann", (ANN.value, OLD.value), (MOBILE.value,), (CHAT,))
POST = Handle(RECORD, "C-7")


def stopped(opt_out: OptOut) -> set[Handle]:
    return {handle for handle, _ in stops(opt_out)}


@pytest.mark.parametrize(
    ("scope", "reached"),
    [
        (Scope.EMAIL, {ANN, OLD}),
        (Scope.PHONE, {ANN, MOBILE, CHAT}),
        (Scope.POST, {ANN, POST}),
        (Scope.SURVEY, {ANN, OLD, MOBILE, CHAT, POST}),
        (Scope.ALL, {ANN, OLD, MOBILE, CHAT, POST}),
    ],
)
def test_a_sure_sender_stops_all_of_theirs_that_such_a_mailing_reaches(scope: Scope, reached: set[Handle]) -> None:
    assert stopped(OptOut(ANN, frozenset({scope}), authentic=True, rows=(ROW,))) == reached


def test_an_unproven_sender_stops_nothing_of_the_record() -> None:
    assert stopped(OptOut(ANN, frozenset({Scope.ALL}), rows=(ROW,))) == {ANN}


def test_a_number_that_is_named_is_stopped_where_calls_are_meant() -> None:
    phone = OptOut(ANN, frozenset({Scope.PHONE}), named=(NAMED, OLD))
    assert stopped(phone) == {ANN, NAMED}
    assert extent_of(phone) == {Extent.HERE, Extent.NAMED}
    assert extent_of(replace(phone, scopes=frozenset({Scope.POST}))) == {Extent.HERE}


def test_what_is_told_is_the_same_whether_anything_is_on_record_or_not() -> None:
    known = OptOut(ANN, frozenset({Scope.ALL}), authentic=True, rows=(ROW,))
    assert extent_of(known) == extent_of(replace(known, rows=())) == {Extent.HERE, Extent.RECORD}


def test_each_kind_is_stopped_once() -> None:
    both = OptOut(ANN, frozenset({Scope.EMAIL, Scope.PHONE}), authentic=True, named=(ANN, MOBILE), rows=(ROW,))
    found = list(stops(both))
    assert len(found) == len(set(found))
    assert extent_of(replace(both, named=(ANN,))) == {Extent.HERE, Extent.RECORD}
