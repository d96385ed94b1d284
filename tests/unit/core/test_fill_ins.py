"""Carrying a colleague's facts over: where the same thing is asked for, and nowhere else."""

import pytest

from bot.core.drafts import CODE_SLOT
from bot.core.fill_ins import carry_over

ONE = """Reference NX-1
==============

Hello,

Your data remains unused.

- Data concerned: ⟦which data⟧
- Recipients told: ⟦names, or “none”⟧

We will tell you before we use it again."""
FACTS = {"⟦which data⟧": "your address, since 2.5 days", "⟦names, or “none”⟧": "Parcel Post Ltd"}
TWO = """Reference NX-1
==============

Hello,

Here is our answer to each point.

Correction
----------

Corrected.

- Recipients told: ⟦names, or “none”⟧

Pause
-----

Your data remains unused.

- Data concerned: ⟦which data⟧
- Recipients told: ⟦names, or “none”⟧

We will tell you before we use it again."""


def filled(letter: str, facts: dict[str, str] = FACTS) -> str:
    for slot, fact in facts.items():
        letter = letter.replace(slot, fact)
    return letter


def test_every_fact_goes_where_it_is_asked_for_again() -> None:
    longer = ONE.replace("Hello,", "Dear Ann,\n\nThank you for your patience.")
    assert carry_over(ONE, filled(ONE), longer) == filled(longer)


def test_what_is_still_open_stays_open() -> None:
    some = filled(ONE, {"⟦which data⟧": "your address"})
    assert carry_over(ONE, some, ONE) == some


def test_a_fact_of_several_lines_is_carried_whole() -> None:
    facts = {"⟦which data⟧": "your address:\n  the old one\n  and the new one"}
    assert carry_over(ONE, filled(ONE, facts), ONE) == filled(ONE, facts)


def test_a_letter_with_more_sections_takes_only_what_is_surely_the_same() -> None:
    """Two sections name recipients: those of the pause are not those of the correction."""
    carried = carry_over(ONE, filled(ONE), TWO)
    assert "your address, since 2.5 days" in carried
    assert carried.count("⟦names, or “none”⟧") == 2
    assert "Parcel Post Ltd" not in carried


def test_sections_keep_their_own_facts_when_another_one_comes_before() -> None:
    edited = filled(TWO.replace("⟦names, or “none”⟧", "Bank NV", 1))
    swapped = TWO.replace("Correction\n----------\n\nCorrected.", "Correction\n----------\n\nAll corrected.")
    carried = carry_over(TWO, edited, swapped.replace("Here is", "Late: here is"))
    assert carried.index("Bank NV") < carried.index("Parcel Post Ltd")


def test_a_line_that_was_struck_out_or_rewritten_teaches_nothing() -> None:
    edited = filled(ONE).replace("- Recipients told: Parcel Post Ltd\n", "").replace("Data concerned", "Concerned")
    assert carry_over(ONE, edited, ONE) == ONE


def test_an_emptied_slot_is_asked_for_again() -> None:
    assert carry_over(ONE, filled(ONE, {"⟦which data⟧": ""}), ONE) == ONE


def test_what_editors_change_unseen_does_not_matter() -> None:
    edited = filled(ONE).replace("\n\n", "\n\n\n").replace("Hello,", "Hello,  ") + "\n"
    assert carry_over(ONE, edited, ONE) == filled(ONE)


def test_a_fact_at_the_very_end_is_found() -> None:
    assert carry_over("It was ⟦date⟧", "It was 2 March.", "It was ⟦date⟧") == "It was 2 March."


@pytest.mark.parametrize("edited", ["", "something else entirely", "⟦which data⟧"])
def test_a_letter_written_anew_by_hand_carries_nothing(edited: str) -> None:
    assert carry_over(ONE, edited, ONE) == ONE


def test_the_codes_place_is_never_a_fact() -> None:
    letter = f"Your code {CODE_SLOT} is here."
    assert carry_over(letter, "Your code 1234-ABCD is here.", letter) == letter


def test_many_slots_take_no_long_time() -> None:
    letter = "\n".join(f"- Fact {number}: ⟦fact {number}⟧" for number in range(2000))
    edited = "\n".join(f"- Fact {number}: told {number}" for number in range(2000))
    assert carry_over(letter, edited, letter) == edited
