"""What strangers put into names, subjects and messages stays what it is: their words, not our markup."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.drafts import CODE_SLOT, DraftKind, Question
from bot.core.letters import Brief, Exchange, RecordField
from bot.core.messages import MAIL
from bot.core.rights import Correction, RequestType
from replies import LetterWriter
from replies.cleaning import clean, greeting_name, reply_subject
from replies.markup import read_aloud
from replies.policy import PUBLISHED
from replies.samples import PROMISE, REFERENCE, TODAY, iter_samples

WRITER = LetterWriter(PUBLISHED)
SAMPLES = {sample.name: sample.brief for sample in iter_samples()}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% for x in y %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    CODE_SLOT,
    "⟦to fill in⟧",
    "# Title\n\n- item\n> quote",
    "evil\r\nBcc: victim@example.org",
    "a\u202egnp.exe",
    "\ud800 \x00 \x02 \x03 \u2028 \ufeff",
]


def access(value: str) -> Brief:
    return replace(
        SAMPLES["en answer access"],
        name=value,
        subject=value,
        record=(RecordField("notes", value), RecordField(value, "x")),
        correspondence=(Exchange(datetime.now(UTC), value, value, value, ours=False),),
        items=(
            replace(SAMPLES["en answer access"].items[0]),
            replace(SAMPLES["en answer rectification"].items[0], corrections=(Correction(value, value, value),)),
        ),
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_neither_run_nor_open_a_slot(value: str) -> None:
    plain, letter = WRITER.compose(access("harmless")), WRITER.compose(access(value))
    assert letter.open_slots == plain.open_slots
    assert CODE_SLOT not in letter.body + letter.subject
    assert letter.html.count("<") - letter.html.count("<br>") == plain.html.count("<") - plain.html.count("<br>")
    assert "49" not in letter.body
    assert not set("\r\x00\x02\x03\u202e\u2028\ud800") & set(letter.body + letter.html + letter.subject)
    assert "\n" not in letter.subject


@pytest.mark.parametrize("value", HOSTILE)
def test_the_code_stands_once_whoever_asks(value: str) -> None:
    brief = Brief(
        kind=DraftKind.IDENTITY_QUESTION,
        language="de",
        channel=MAIL,
        reference=REFERENCE,
        promise_due=PROMISE,
        today=TODAY,
        name=value,
        plausible=True,
        question=Question.CODE_BY_REPLY,
        subject=value,
    )
    assert WRITER.compose(brief).body.count(CODE_SLOT) == 1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_no_text_at_all_changes_what_a_letter_is(value: str) -> None:
    plain, letter = WRITER.compose(access("x")), WRITER.compose(access(value))
    assert letter.open_slots == plain.open_slots
    assert CODE_SLOT not in letter.body
    assert [char for char in read_aloud(letter.html) if char.isalnum()] == [c for c in letter.body if c.isalnum()]


@pytest.mark.parametrize(
    ("written", "greeted"),
    [
        ("Claire Martin", "Claire Martin"),
        ("  Claire\t Martin ", "Claire Martin"),
        ('"Martin, Claire"', "Claire Martin"),
        ("Martin, Claire, Paris", ""),
        ("Nexio Shop Amsterdam, Sales", ""),
        ("claire@example.org", ""),
        ("win at www.example.org", ""),
        ("Call 0800 123", ""),
        ("x" * 81, ""),
        ("محمد عبد الله", "محمد عبد الله"),
        ("Jean-Noël O’Brien", "Jean-Noël O’Brien"),
        ("", ""),
    ],
)
def test_a_greeting_uses_a_name_and_only_a_name(written: str, greeted: str) -> None:
    assert greeting_name(written) == greeted


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("My data", "My data"),
        ("Re: AW: RE : My data", "My data"),
        ("TR: Antw: My data", "My data"),
        ("Report: my data", "Report: my data"),
        ("x\r\nBcc: y", "x Bcc: y"),
        ("word " * 40, ("word " * 24).strip() + " …"),
    ],
)
def test_a_subject_is_repeated_plainly(theirs: str, ours: str) -> None:
    assert reply_subject(theirs) == ours


def test_a_reference_is_not_repeated_in_a_subject_that_has_it() -> None:
    brief = replace(SAMPLES["en acknowledgement plausible 'Claire Martin'"], subject=f"Re: My data ({REFERENCE})")
    assert WRITER.compose(brief).subject == f"Re: My data ({REFERENCE})"


def test_cleaning_keeps_lines_and_every_script() -> None:
    assert clean("a\r\nb\vc") == "a\nb\nc"
    assert clean("می‌خواهم 🙂 é") == "می‌خواهم 🙂 é"


def test_an_unknown_field_is_shown_as_it_is_called() -> None:
    brief = replace(SAMPLES["nl answer access"], record=(RecordField("loyalty_points", "12"),))
    assert "- Loyalty points: 12" in WRITER.compose(brief).body


def test_a_rectification_shows_what_changes() -> None:
    letter = WRITER.compose(SAMPLES["de answer rectification"])
    assert "- Name: aus „Clair Martin“ wird „Claire Martin“" in letter.body
    assert "- Anschrift: 12 rue des Lilas, 1000 Bruxelles" in letter.body
    assert RequestType.RECTIFICATION in {item.right for item in SAMPLES["de answer rectification"].items}
