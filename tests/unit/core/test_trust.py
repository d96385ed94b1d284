"""Grades: nothing but an aligned pass of an address on record makes a sender plausible."""

from itertools import product

import pytest

from bot.core.messages import MAIL, TELEGRAM, Authentication, Oddity, Verdict
from bot.core.trust import Trust, grade_sender


@pytest.mark.rule(12)
@pytest.mark.parametrize(
    ("verdict", "policy", "on_record", "own"),
    list(product(Verdict, ("", "none", "reject"), (True, False), (True, False))),
)
def test_only_an_aligned_pass_of_a_known_address_is_plausible(
    verdict: Verdict, policy: str, on_record: bool, own: bool
) -> None:
    trust = grade_sender(
        MAIL, Authentication(dmarc=verdict, policy=policy), frozenset(), on_record=on_record, own_domain=own
    ).trust
    assert (trust is Trust.PLAUSIBLE) is (verdict is Verdict.PASS and on_record)
    assert trust <= Trust.PLAUSIBLE


@pytest.mark.parametrize("oddity", sorted(set(Oddity) - {Oddity.CONFUSABLE}))
def test_malformed_senders_have_no_trust(oddity: Oddity) -> None:
    grade = grade_sender(
        MAIL, Authentication(dmarc=Verdict.PASS), frozenset({oddity}), on_record=True, own_domain=False
    )
    assert grade.trust is Trust.FORGED


@pytest.mark.rule(12, refused=True)
def test_a_look_alike_is_never_plausible() -> None:
    grade = grade_sender(
        MAIL, Authentication(dmarc=Verdict.PASS), frozenset({Oddity.CONFUSABLE}), on_record=True, own_domain=False
    )
    assert grade.trust is Trust.CLAIMED


def test_our_own_domain_without_a_pass_is_forged() -> None:
    for verdict in set(Verdict) - {Verdict.PASS}:
        assert grade_sender(
            MAIL, Authentication(dmarc=verdict), frozenset(), on_record=False, own_domain=True
        ).trust is (Trust.FORGED)


def test_a_failure_condemns_only_where_the_domain_asked_for_it() -> None:
    def graded(policy: str) -> Trust:
        failed = Authentication(dmarc=Verdict.FAIL, policy=policy)
        return grade_sender(MAIL, failed, frozenset(), on_record=True, own_domain=False).trust

    assert graded("reject") is graded("quarantine") is Trust.FORGED
    assert graded("none") is graded("") is Trust.CLAIMED


@pytest.mark.rule(12)
def test_a_chat_handle_is_plausible_only_when_on_record() -> None:
    for on_record, trust in ((True, Trust.PLAUSIBLE), (False, Trust.CLAIMED)):
        assert (
            grade_sender(TELEGRAM, Authentication(), frozenset(), on_record=on_record, own_domain=False).trust is trust
        )
