"""Approval: bound to every letter of a draft, by enough different people."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.drafts import (
    MAY_SEND_ALONE,
    Draft,
    DraftKind,
    DraftStatus,
    approve,
    edit,
    may_send_alone,
)
from bot.core.errors import NotApprovable
from bot.core.messages import Handle
from bot.core.rights import Flag, RequestType

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COMPLAINT = Draft(
    id="d1",
    case_id="c1",
    kind=DraftKind.ANSWER,
    language="en",
    recipient=Handle("email", "ann@example.com"),
    subject="Your complaint",
    body="We looked into it.",
    html="<p>We looked into it.</p>",
    template="answer@1",
    case_version=3,
    created_at=NOW,
    rights=frozenset({RequestType.COMPLAINT}),
)
ACCESS = replace(COMPLAINT, rights=frozenset({RequestType.ACCESS}))


def test_one_approver_suffices_for_an_ordinary_answer() -> None:
    assert approve(COMPLAINT, "kim@nexioprojects.com", NOW, case_version=3).status is DraftStatus.APPROVED


@pytest.mark.parametrize(
    "right", [RequestType.ACCESS, RequestType.INFORMATION, RequestType.PORTABILITY, RequestType.ERASURE]
)
def test_disclosure_and_erasure_need_two_different_people(right: RequestType) -> None:
    draft = replace(COMPLAINT, rights=frozenset({right}))
    once = approve(draft, "kim@nexioprojects.com", NOW, case_version=3)
    assert once.status is DraftStatus.WAITING
    with pytest.raises(NotApprovable, match="different colleague"):
        approve(once, "kim@nexioprojects.com", NOW, case_version=3)
    assert approve(once, "lee@nexioprojects.com", NOW, case_version=3).status is DraftStatus.APPROVED


def test_a_refusal_needs_two() -> None:
    assert replace(COMPLAINT, refuses=True).approvers_needed == 2


@pytest.mark.parametrize(("right", "needed"), [(RequestType.ERASURE, 2), (RequestType.RECTIFICATION, 1)])
def test_a_recipient_is_told_by_as_many_as_the_answer_takes(right: RequestType, needed: int) -> None:
    answer = replace(COMPLAINT, rights=frozenset({right}))
    notice = replace(answer, kind=DraftKind.RECIPIENT_NOTICE)
    assert notice.approvers_needed == answer.approvers_needed == needed


def test_an_edit_voids_an_earlier_yes() -> None:
    once = approve(ACCESS, "kim@nexioprojects.com", NOW, case_version=3)
    changed = edit(once, once.subject, once.body + " And more.", once.html)
    again = approve(changed, "lee@nexioprojects.com", NOW, case_version=3)
    assert again.status is DraftStatus.WAITING
    assert [given.staff for given in again.approvals] == ["lee@nexioprojects.com"]


@pytest.mark.parametrize(
    "other",
    [
        replace(ACCESS, subject="something else"),
        replace(ACCESS, body="something else"),
        replace(ACCESS, html="something else"),
        replace(ACCESS, template="something else"),
    ],
)
def test_a_yes_does_not_carry_over_to_other_words(other: Draft) -> None:
    once = approve(ACCESS, "kim@nexioprojects.com", NOW, case_version=3)
    tampered = replace(other, approvals=once.approvals)
    assert approve(tampered, "lee@nexioprojects.com", NOW, case_version=3).status is DraftStatus.WAITING


def test_a_yes_does_not_carry_over_to_another_recipient() -> None:
    once = approve(ACCESS, "kim@nexioprojects.com", NOW, case_version=3)
    diverted = replace(once, recipient=Handle("email", "mallory@example.net"))
    assert approve(diverted, "lee@nexioprojects.com", NOW, case_version=3).status is DraftStatus.WAITING


def test_refusals_say_what_to_do() -> None:
    with pytest.raises(NotApprovable, match="stale"):
        approve(COMPLAINT, "kim@nexioprojects.com", NOW, case_version=4)
    with pytest.raises(NotApprovable, match="fill these first: ⟦what⟧"):
        approve(replace(COMPLAINT, open_slots=("⟦what⟧",)), "kim@nexioprojects.com", NOW, case_version=3)
    with pytest.raises(NotApprovable, match="rejected, not waiting"):
        approve(replace(COMPLAINT, status=DraftStatus.REJECTED), "kim@nexioprojects.com", NOW, case_version=3)


def test_filling_a_slot_by_editing_opens_the_way() -> None:
    slotted = replace(COMPLAINT, body="Deleted on ⟦date⟧.", open_slots=("⟦date⟧",))
    assert edit(slotted, "s", "Deleted on ⟦date⟧.", "").open_slots == ("⟦date⟧",)
    assert edit(slotted, "s", "Deleted on 2 March 2026.", "").open_slots == ()


def test_an_answer_never_leaves_alone_and_danger_silences_everything() -> None:
    everything = frozenset(DraftKind)
    assert not may_send_alone(DraftKind.ANSWER, everything, frozenset())
    for kind in MAY_SEND_ALONE:
        assert may_send_alone(kind, everything, frozenset())
        assert not may_send_alone(kind, frozenset(), frozenset())
        for flag in (Flag.UNSAFE, Flag.IDENTITY_THEFT, Flag.AUTHORITY):
            assert not may_send_alone(kind, everything, frozenset({flag}))
