"""The decision table, enumerated: every state x reading x trust, and the promises that hold for all of them."""

import itertools
from datetime import UTC, date, datetime

import pytest

from bot.core.case import Case, ClockKind, Event, Item, Lane, State
from bot.core.challenge import ChallengeOutcome
from bot.core.decision import Alarm, Decision, Measure
from bot.core.decisions import decide
from bot.core.drafts import DraftKind
from bot.core.facts import Facts
from bot.core.lanes import lane_for
from bot.core.messages import Handle
from bot.core.proof import required_trust
from bot.core.rights import RIGHTS, Act, Correction, Flag, Reading, RequestType, Scope
from bot.core.trust import Trust

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
R = RequestType


def reading(*rights: RequestType, **changes: object) -> Reading:
    exercised = frozenset(rights) or frozenset({R.OTHER})
    values: dict[str, object] = {
        "rights": exercised,
        "confidence": 0.99,
        "abstain": False,
        "any_right": 0.01 if exercised == {R.OTHER} else 0.99,
        "language": "en",
        "scores": dict.fromkeys(RIGHTS, 0.5),
    }
    return Reading(**(values | changes))  # type: ignore[arg-type]


def case_in(state: State, right: RequestType = R.ACCESS, **changes: object) -> Case:
    item = Item("i1", right, state, ClockKind.STATUTORY, NOON, date(2026, 3, 9), date(2026, 4, 2))
    values: dict[str, object] = {
        "id": "c1",
        "reference": "NX-AAAA-BBBB",
        "token": "t" * 26,
        "requester": Handle("email", "ann@example.com"),
        "language": "en",
        "opened_at": NOON,
        "received_at": NOON,
        "items": (item,),
    }
    return Case(**(values | changes))  # type: ignore[arg-type]


def every_fact() -> list[Facts]:
    """All combinations that differ in kind: about 30,000."""
    readings = [
        *(reading(right) for right in RequestType),
        *(reading(right, abstain=True, any_right=0.97, confidence=0.4) for right in RequestType),
        reading(R.OTHER, any_right=0.3),
        reading(R.ACCESS, R.ERASURE),
        reading(R.UNSUBSCRIBE, R.ACCESS, scopes=frozenset({Scope.EMAIL})),
        *(reading(R.ERASURE, flags=frozenset({flag})) for flag in Flag),
        *(reading(R.OTHER, flags=frozenset({flag})) for flag in Flag),
        *(reading(R.ACCESS, act=act) for act in Act),
        reading(R.OTHER, act=Act.WITHDRAWAL),
        reading(R.ACCESS, language="und", abstain=True, any_right=0.99),
    ]
    cases: list[Case | None] = [None, *(case_in(state) for state in State)]
    return [
        Facts(one, trust, automatic=automatic, fresh=fresh, case=case, chat=chat)
        for one, trust, automatic, fresh, case, chat in itertools.product(
            readings, Trust, ("", "auto-submitted"), (True, False), cases, (True, False)
        )
    ]


FACTS = every_fact()


def test_every_combination_has_a_decision_with_a_reason() -> None:
    for facts in FACTS:
        decision = decide(facts)
        assert decision.rule
        assert decision.why


@pytest.mark.rule(39)
def test_machine_mail_is_never_answered() -> None:
    for facts in FACTS:
        if facts.automatic or (facts.reading.act is Act.AUTOMATIC and not facts.chat):
            assert decide(facts).step is None, facts


@pytest.mark.rule(13)
@pytest.mark.rule(39)
def test_a_right_in_machine_mail_reaches_a_person() -> None:
    for right in RIGHTS:
        decision = decide(Facts(reading(right), Trust.CLAIMED, automatic="portal"))
        assert decision.rights == ((right, Event.HANDED),)


def test_a_forger_moves_nothing_and_hears_nothing() -> None:
    for facts in FACTS:
        if facts.trust is Trust.FORGED and not facts.automatic and facts.reading.act is not Act.AUTOMATIC:
            decision = decide(facts)
            assert decision.step is None, facts
            assert not decision.measures, facts
            if facts.case is not None:
                assert decision.moves is Event.SUSPECTED
                assert not decision.rights


def test_nobody_takes_back_a_request_that_is_not_surely_theirs() -> None:
    for facts in FACTS:
        assert not decide(facts).taken_back, facts  # `theirs` is false in all of them


def test_whoever_surely_asked_takes_back_what_is_not_done_yet() -> None:
    for state in State:
        facts = Facts(reading(act=Act.WITHDRAWAL), Trust.CLAIMED, case=case_in(state), theirs=True)
        revocable = state in {State.OPEN, State.CLARIFYING, State.VERIFYING, State.REVIEW}
        assert decide(facts).taken_back == (frozenset({R.ACCESS}) if revocable else frozenset())


def test_flags_of_danger_silence_the_bot() -> None:
    for facts in FACTS:
        if facts.reading.flags & {Flag.UNSAFE, Flag.IDENTITY_THEFT, Flag.AUTHORITY}:
            assert decide(facts).step is None, facts


def test_old_mail_is_never_answered_by_itself() -> None:
    assert all(decide(facts).step is None for facts in FACTS if not facts.fresh)


def test_nothing_that_needs_proof_is_understood_without_it() -> None:
    for facts in FACTS:
        for right, event in decide(facts).rights:
            if event is Event.UNDERSTOOD:
                assert facts.trust >= required_trust(right, facts.reading), facts


@pytest.mark.rule(8, refused=True)
def test_the_bot_never_refuses_and_never_closes_by_itself() -> None:
    forbidden = {Event.FINISHED, Event.WITHDREW, Event.APPROVED, Event.JOINED}
    for facts in FACTS:
        decision = decide(facts)
        assert decision.moves not in forbidden
        assert not forbidden & {event for _, event in decision.rights}
        assert decision.step is not DraftKind.ANSWER


def test_clarification_is_asked_once() -> None:
    unclear = reading(R.ACCESS, abstain=True, any_right=0.97, confidence=0.4)
    assert decide(Facts(unclear, Trust.CLAIMED)).step is DraftKind.CLARIFICATION
    asked = case_in(State.CLARIFYING, clarified=1)
    assert decide(Facts(unclear, Trust.CLAIMED, case=asked)).step is None


def test_a_good_guess_begins_the_loop_and_is_confirmed_by_a_colleague() -> None:
    guess = reading(R.ACCESS, abstain=True, any_right=0.99, confidence=0.85)
    decision = decide(Facts(guess, Trust.CLAIMED))
    assert decision.step is DraftKind.IDENTITY_QUESTION
    assert decision.doubtful


def test_clarification_needs_a_very_likely_right() -> None:
    decision = decide(Facts(reading(R.ACCESS, abstain=True, any_right=0.9), Trust.CLAIMED))
    assert decision.step is None
    assert decision.rights == ((R.ACCESS, Event.HANDED),)
    assert decision.doubtful


@pytest.mark.rule(12)
@pytest.mark.parametrize(
    ("right", "flags"),
    [
        (R.UNSUBSCRIBE, frozenset()),
        (R.OBJECTION, frozenset({Flag.MARKETING})),
        (R.COMPLAINT, frozenset()),
        (R.COMPLAINT, frozenset({Flag.BREACH})),
        (R.OTHER, frozenset({Flag.BREACH})),
    ],
)
def test_opt_outs_complaints_and_reports_need_no_proof(right: RequestType, flags: frozenset[Flag]) -> None:
    decision = decide(Facts(reading(right, flags=flags), Trust.CLAIMED))
    assert decision.concerns_a_case
    assert Event.DOUBTED not in dict(decision.rights).values()
    assert decision.step is not DraftKind.IDENTITY_QUESTION


@pytest.mark.rule(12)
@pytest.mark.parametrize("scope", Scope)
def test_surveys_and_post_are_stopped_without_proof_too(scope: Scope) -> None:
    decision = decide(Facts(reading(R.UNSUBSCRIBE, scopes=frozenset({scope})), Trust.CLAIMED))
    assert decision.measures == {Measure.SUPPRESS}
    assert decision.step is DraftKind.UNSUBSCRIBE_CONFIRMATION


@pytest.mark.rule(12)
@pytest.mark.parametrize("right", [R.ACCESS, R.INFORMATION, R.PORTABILITY, R.ERASURE])
@pytest.mark.parametrize("trust", [Trust.CLAIMED, Trust.PLAUSIBLE])
def test_disclosure_and_erasure_ask_for_control_of_the_address(right: RequestType, trust: Trust) -> None:
    decision = decide(Facts(reading(right), trust))
    assert decision.rights == ((right, Event.DOUBTED),)
    assert decision.step is DraftKind.IDENTITY_QUESTION


def test_known_and_unknown_senders_get_the_same_first_step() -> None:
    for right in (R.ACCESS, R.ERASURE, R.PORTABILITY, R.INFORMATION):
        steps = {decide(Facts(reading(right), trust)).step for trust in (Trust.CLAIMED, Trust.PLAUSIBLE)}
        assert steps == {DraftKind.IDENTITY_QUESTION}


@pytest.mark.rule(28)
def test_opt_outs_take_effect_at_once_without_proof() -> None:
    decision = decide(Facts(reading(R.UNSUBSCRIBE), Trust.CLAIMED))
    assert decision.measures == {Measure.SUPPRESS}
    assert decision.step is DraftKind.UNSUBSCRIBE_CONFIRMATION


@pytest.mark.rule(14)
def test_a_minor_stops_mailings_at_once_and_the_rest_is_for_a_person() -> None:
    minor = frozenset({Flag.MINOR})
    stop = decide(Facts(reading(R.UNSUBSCRIBE, flags=minor), Trust.CLAIMED))
    assert Measure.SUPPRESS in stop.measures
    for right in (R.OBJECTION, R.CONSENT_WITHDRAWAL, R.RESTRICTION):
        assert Measure.PROVISIONAL in decide(Facts(reading(right, flags=minor), Trust.PLAUSIBLE)).measures
    erase = decide(Facts(reading(R.ERASURE, flags=minor), Trust.PLAUSIBLE))
    assert erase.rights == ((R.ERASURE, Event.HANDED),)
    assert erase.step is DraftKind.ACKNOWLEDGEMENT  # nobody is asked their age, nor who they are


@pytest.mark.rule(27)
@pytest.mark.rule(29)
@pytest.mark.parametrize("right", [R.OBJECTION, R.CONSENT_WITHDRAWAL])
def test_a_use_that_is_objected_to_stops_before_it_is_weighed(right: RequestType) -> None:
    decision = decide(Facts(reading(right), Trust.PLAUSIBLE))
    assert Measure.PROVISIONAL in decision.measures
    assert decision.rights == ((right, Event.UNDERSTOOD),)


@pytest.mark.rule(32)
def test_a_review_by_a_person_is_an_item_of_its_own() -> None:
    rights = dict(decide(Facts(reading(R.HUMAN_REVIEW, R.ACCESS), Trust.PROVEN)).rights)
    assert set(rights) == {R.HUMAN_REVIEW, R.ACCESS}


def test_an_objection_to_marketing_is_absolute() -> None:
    against = reading(R.OBJECTION, flags=frozenset({Flag.MARKETING}))
    decision = decide(Facts(against, Trust.CLAIMED))
    assert decision.rights == ((R.OBJECTION, Event.UNDERSTOOD),)
    assert Measure.SUPPRESS in decision.measures


@pytest.mark.rule(12)
@pytest.mark.parametrize("right", [R.RESTRICTION, R.OBJECTION, R.CONSENT_WITHDRAWAL])
def test_a_use_stops_provisionally_for_a_plausible_sender_only(right: RequestType) -> None:
    assert Measure.PROVISIONAL in decide(Facts(reading(right), Trust.PLAUSIBLE)).measures
    doubted = decide(Facts(reading(right), Trust.CLAIMED))
    assert not doubted.measures
    assert doubted.rights == ((right, Event.DOUBTED),)


@pytest.mark.rule(12)
@pytest.mark.parametrize("field", ["email", "phone", "iban", "address"])
def test_new_contact_data_need_a_code_to_the_old_address(field: str) -> None:
    change = reading(R.RECTIFICATION, corrections=(Correction(field, "", "new"),))
    assert decide(Facts(change, Trust.PLAUSIBLE)).rights == ((R.RECTIFICATION, Event.DOUBTED),)


@pytest.mark.rule(12)
def test_a_typo_is_corrected_for_a_plausible_sender() -> None:
    change = reading(R.RECTIFICATION, corrections=(Correction("name", "Jon", "John"),))
    assert decide(Facts(change, Trust.PLAUSIBLE)).rights == ((R.RECTIFICATION, Event.UNDERSTOOD),)


def test_other_mail_opens_nothing() -> None:
    decision = decide(Facts(reading(), Trust.CLAIMED))
    assert not decision.concerns_a_case
    assert decision.rule == "other_mail"


def test_a_small_chance_of_a_right_reaches_a_person() -> None:
    decision = decide(Facts(reading(R.OTHER, any_right=0.06), Trust.CLAIMED))
    assert decision.concerns_a_case
    assert decision.step is None
    assert decision.doubtful


def test_the_right_code_proves_and_is_thanked_for() -> None:
    facts = Facts(
        reading(act=Act.ANSWER), Trust.CLAIMED, case=case_in(State.VERIFYING), answer=ChallengeOutcome.ACCEPTED
    )
    decision = decide(facts)
    assert (decision.moves, decision.rights, decision.step) == (Event.PROVED, (), DraftKind.ACKNOWLEDGEMENT)


def test_a_wrong_code_is_asked_again_and_the_fifth_goes_to_a_person() -> None:
    case = case_in(State.VERIFYING)
    wrong = decide(Facts(reading(act=Act.ANSWER), Trust.CLAIMED, case=case, answer=ChallengeOutcome.WRONG))
    assert (wrong.moves, wrong.step) == (None, DraftKind.IDENTITY_QUESTION)
    fifth = decide(Facts(reading(act=Act.ANSWER), Trust.CLAIMED, case=case, answer=ChallengeOutcome.EXHAUSTED))
    assert (fifth.moves, fifth.step) == (Event.GAVE_UP, DraftKind.IDENTITY_QUESTION)


@pytest.mark.rule(33)
def test_a_breach_raises_the_alarm_whatever_else_is_asked() -> None:
    for rights in ((), (R.ACCESS,), (R.COMPLAINT,)):
        decision = decide(Facts(reading(*rights, flags=frozenset({Flag.BREACH})), Trust.CLAIMED))
        assert decision.alarm is Alarm.BREACH
        assert decision.concerns_a_case


def test_thanks_after_the_answer_move_nothing() -> None:
    decision = decide(Facts(reading(), Trust.PLAUSIBLE, case=case_in(State.ANSWERED, trust=Trust.PROVEN)))
    assert decision == Decision("afterwards", "said after the answer, asks for nothing")


@pytest.mark.rule(15)
@pytest.mark.parametrize(
    ("flags", "rights", "lane"),
    [
        ({Flag.AUTHORITY}, (R.COMPLAINT,), Lane.AUTHORITY),
        ({Flag.EMPLOYEE}, (R.ACCESS,), Lane.HR),
        ({Flag.MINOR}, (R.ERASURE,), Lane.DPO),
        ({Flag.PARENT}, (R.ACCESS,), Lane.DPO),
        ({Flag.HEIR}, (R.ACCESS,), Lane.DPO),
        (set(), (R.COMPLAINT,), Lane.DPO),
        (set(), (R.ACCESS,), Lane.GENERAL),
    ],
)
def test_lanes_keep_cases_from_those_who_should_not_see_them(
    flags: set[Flag], rights: tuple[RequestType, ...], lane: Lane
) -> None:
    assert lane_for(reading(*rights, flags=frozenset(flags))) is lane
