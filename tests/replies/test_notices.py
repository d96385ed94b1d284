"""Mail to colleagues: short, without personal data, and it says what to do next."""

from datetime import date

import pytest

from bot.core.letters import Notice, NoticeKind
from replies import LetterWriter
from replies.markup import read_aloud
from replies.policy import PUBLISHED
from replies.readability import complaints

WRITER = LetterWriter(PUBLISHED)


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_says_what_to_do_next(kind: NoticeKind) -> None:
    about_a_case = kind not in {NoticeKind.PARKED, NoticeKind.DIGEST}
    reference = "NX-7F3K-Q2M9" if about_a_case else ""
    letter = WRITER.notice(Notice(kind, reference, due=date(2026, 2, 7), counts=(("review", 3),)))
    assert "nexio-intake " in letter.body
    assert ("nexio-intake cases show NX-7F3K-Q2M9" in letter.body) == about_a_case
    assert (reference in letter.subject) or not about_a_case
    assert len(letter.body) < 600
    assert "@" not in letter.body
    assert letter.open_slots == ()
    assert not complaints(letter.body)
    assert "nexio-intake" in read_aloud(letter.html)


def test_a_digest_counts() -> None:
    letter = WRITER.notice(Notice(NoticeKind.DIGEST, counts=(("review", 3), ("verifying", 1))))
    assert "- review: 3\n- verifying: 1" in letter.body
    assert "No item is open" in WRITER.notice(Notice(NoticeKind.DIGEST)).body


def test_a_deadline_names_its_day() -> None:
    letter = WRITER.notice(Notice(NoticeKind.STATUTORY_DUE, "NX-7F3K-Q2M9", date(2026, 2, 28)))
    assert "ends on 28 February 2026" in letter.body
