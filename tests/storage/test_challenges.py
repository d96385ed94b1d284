"""A code is guessed at most five times, used at most once, and counted whatever runs beside it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.core.case import Case, State
from bot.core.challenge import LIFETIME, MAX_ATTEMPTS, Challenge, ChallengeOutcome
from bot.core.messages import TELEGRAM, Handle
from bot.core.unit import Unit
from storage import SqlStore
from tests.storage.samples import ANNA, HOUR, NOW, a_case, a_challenge, an_item
from tests.work import each

CODE = "7F3K-Q2M9"
RIGHT = ("7F3KQ2M9",)
WRONG = ("00000000",)


async def test_the_right_code_is_accepted_once(store: SqlStore) -> None:
    case = await _challenged(store)
    outcome, challenge = await _try(store, case.id, RIGHT)
    assert (outcome, challenge.used_at, challenge.attempts) == (ChallengeOutcome.ACCEPTED, NOW, 1)
    assert (await _try(store, case.id, RIGHT))[0] is ChallengeOutcome.USED


async def test_the_fifth_wrong_try_ends_it(store: SqlStore) -> None:
    case = await _challenged(store)
    outcomes = [(await _try(store, case.id, WRONG))[0] for _ in range(MAX_ATTEMPTS)]
    assert outcomes == [ChallengeOutcome.WRONG] * 4 + [ChallengeOutcome.EXHAUSTED]
    outcome, challenge = await _try(store, case.id, RIGHT)
    assert (outcome, challenge.attempts, challenge.used_at) == (ChallengeOutcome.EXHAUSTED, 5, None)


async def test_the_fifth_try_may_still_be_right(store: SqlStore) -> None:
    case = await _challenged(store)
    for _ in range(MAX_ATTEMPTS - 1):
        await _try(store, case.id, WRONG)
    assert (await _try(store, case.id, RIGHT))[0] is ChallengeOutcome.ACCEPTED


async def test_a_code_expires(store: SqlStore) -> None:
    case = await _challenged(store)
    attempt = await store.transact(lambda unit: unit.challenges.attempt((case.id,), RIGHT, ANNA, NOW + LIFETIME))
    assert attempt is not None
    assert attempt[0] is ChallengeOutcome.EXPIRED
    assert attempt[1].attempts == 0


async def test_a_new_code_ends_the_old_one(store: SqlStore) -> None:
    case = await _challenged(store)

    def renew(unit: Unit) -> None:
        unit.challenges.add(a_challenge(case, unit.challenges.hash("ZZZZ-ZZZZ")))

    await store.transact(renew)
    assert (await _try(store, case.id, RIGHT))[0] is ChallengeOutcome.WRONG
    assert (await _try(store, case.id, ("ZZZZZZZZ",)))[0] is ChallengeOutcome.ACCEPTED


async def test_a_code_finds_the_case_it_was_sent_for_and_costs_the_other_nothing(store: SqlStore) -> None:
    older, newer = await _challenged(store, code="ZZZZ-ZZZ2"), await _challenged(store)
    both = (newer.id, older.id)
    attempt = await store.transact(lambda unit: unit.challenges.attempt(both, ("ZZZZZZZ2",), ANNA, NOW))
    assert attempt is not None
    assert (attempt[0], attempt[1].case_id) == (ChallengeOutcome.ACCEPTED, older.id)
    untouched = await store.transact(lambda unit: unit.challenges.open_for(newer.id, NOW))
    assert untouched is not None
    assert untouched.attempts == 0


async def test_a_guess_at_several_cases_is_counted_on_each(store: SqlStore) -> None:
    both = ((await _challenged(store)).id, (await _challenged(store, code="ZZZZ-ZZZ2")).id)
    for _ in range(MAX_ATTEMPTS):
        await store.transact(lambda unit: unit.challenges.attempt(both, WRONG, ANNA, NOW))
    still_open = await store.transact(each(both, lambda unit, case_id: unit.challenges.open_for(case_id, NOW)))
    assert still_open == [None, None]
    right = (RIGHT, ("ZZZZZZZ2",))
    attempts = each(right, lambda unit, typed: unit.challenges.attempt(both, typed, ANNA, NOW))
    for attempt in await store.transact(attempts):
        assert attempt is not None
        assert attempt[0] is ChallengeOutcome.EXHAUSTED


async def test_somebody_else_has_nothing_to_answer(store: SqlStore) -> None:
    case = await _challenged(store)
    stranger = Handle(TELEGRAM, "99")
    assert await store.transact(lambda unit: unit.challenges.attempt((case.id,), RIGHT, stranger, NOW)) is None
    assert await store.transact(lambda unit: unit.challenges.attempt(("nowhere",), RIGHT, ANNA, NOW)) is None


async def test_a_code_ended_by_one_for_another_handle_has_expired(store: SqlStore) -> None:
    case = await _challenged(store)

    def elsewhere(unit: Unit) -> None:
        other = replace(a_challenge(case, unit.challenges.hash(CODE)), asked_of=Handle(TELEGRAM, "99"))
        unit.challenges.add(other)

    await store.transact(elsewhere)
    assert (await _try(store, case.id, RIGHT))[0] is ChallengeOutcome.EXPIRED


async def test_twenty_at_once_are_counted_five_times_and_accepted_at_most_once(store: SqlStore) -> None:
    case = await _challenged(store)
    guesses = [WRONG] * 10 + [RIGHT] + [WRONG] * 9
    tries = await asyncio.gather(*(_try(store, case.id, guess) for guess in guesses))
    outcomes = [outcome for outcome, _ in tries]
    counted = [one for one in outcomes if one in {ChallengeOutcome.ACCEPTED, ChallengeOutcome.WRONG}]
    assert outcomes.count(ChallengeOutcome.ACCEPTED) <= 1
    assert len(counted) <= MAX_ATTEMPTS
    assert max(challenge.attempts for _, challenge in tries) <= MAX_ATTEMPTS


async def test_twenty_times_the_right_code_at_once_is_accepted_once(store: SqlStore) -> None:
    case = await _challenged(store)
    tries = await asyncio.gather(*(_try(store, case.id, RIGHT) for _ in range(20)))
    outcomes = sorted(outcome for outcome, _ in tries)
    assert outcomes == [ChallengeOutcome.ACCEPTED] + [ChallengeOutcome.USED] * 19


async def test_the_open_challenge_is_the_one_that_still_takes_an_answer(store: SqlStore) -> None:
    case = await _challenged(store)
    opened = await store.transact(lambda unit: unit.challenges.open_for(case.id, NOW))
    assert opened is not None
    assert (opened.destination, opened.asked_of, opened.on_record) == (ANNA, ANNA, True)
    assert await store.transact(lambda unit: unit.challenges.open_for(case.id, NOW + LIFETIME)) is None
    await _try(store, case.id, RIGHT)
    assert await store.transact(lambda unit: unit.challenges.open_for(case.id, NOW)) is None


async def test_codes_to_one_address_are_counted_by_when_they_were_sent(store: SqlStore) -> None:
    await _challenged(store)
    await _challenged(store)
    other = Handle("email", "ANNA@example.org ")
    assert await store.transact(lambda unit: unit.challenges.issued(other, NOW - HOUR)) == 2
    assert await store.transact(lambda unit: unit.challenges.issued(other, NOW + timedelta(seconds=1))) == 0
    assert await store.transact(lambda unit: unit.challenges.issued(Handle("email", "b@example.org"), NOW)) == 0


async def _challenged(store: SqlStore, state: State = State.VERIFYING, code: str = CODE) -> Case:
    case = a_case(items=(an_item(state=state),))

    def work(unit: Unit) -> None:
        unit.cases.add(case)
        unit.challenges.add(a_challenge(case, unit.challenges.hash(code)))

    await store.transact(work)
    return case


async def _try(store: SqlStore, case_id: str, candidates: tuple[str, ...]) -> tuple[ChallengeOutcome, Challenge]:
    attempt = await store.transact(lambda unit: unit.challenges.attempt((case_id,), candidates, ANNA, NOW))
    assert attempt is not None
    return attempt
