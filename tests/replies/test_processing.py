"""Art. 15(1)(a)-(h): a letter states what a person has confirmed, and asks a colleague for the rest."""

from dataclasses import replace
from datetime import date

import pytest

from bot.core.letters import Brief
from bot.core.register import Point, Processing
from bot.core.rights import OUR_LANGUAGES, DataCategory
from replies import Company, LetterWriter, iter_samples
from replies.checks import as_draft
from replies.readability import complaints

WRITER = LetterWriter(Company("Nexio Projects", "info@nexioprojects.com", authority="NL"))
SAMPLES = {sample.name: sample.brief for sample in iter_samples()}
ORDERS = Processing(
    "orders",
    {
        Point.NAME: {"fr": "Commandes", "en": "Orders", "nl": "Bestellingen", "de": "Bestellungen"},
        Point.DATA: {"en": "name and address", "nl": "naam en adres"},
        Point.PURPOSE: {"en": "to deliver what you ordered", "nl": "leveren wat u bestelt"},
        Point.SOURCE: {"en": "you", "nl": "uzelf"},
        Point.BASIS: {"en": "our contract with you", "nl": "onze overeenkomst met u"},
        Point.KEPT: {"en": "ten years, as tax law requires", "nl": "tien jaar, zoals de belastingwet eist"},
        Point.RECIPIENTS: {"": "Parcel Post Ltd; Card House plc"},
    },
    none=frozenset({Point.TRANSFERS, Point.AUTOMATED}),
    confirmed_by="dpo@nexioprojects.com",
    confirmed_on=date(2026, 3, 1),
)
USAGE = replace(
    ORDERS,
    category="usage",
    texts={
        **ORDERS.texts,
        Point.NAME: {"en": "Usage"},
        Point.KEPT: {"en": "13 months"},
        Point.RECIPIENTS: {"": "Count Well BV; Parcel Post Ltd"},
    },
)


def told(language: str, *register: Processing, **changes: object) -> Brief:
    return replace(SAMPLES[f"{language} answer information"], register=register, **changes)  # type: ignore[arg-type]


@pytest.mark.rule(21)
def test_what_is_confirmed_is_stated_and_recipients_stand_by_name() -> None:
    body = WRITER.compose(told("en", ORDERS)).body
    assert (
        "- Orders: name and address. Purpose: to deliver what you ordered. Legal basis: our contract with you." in body
    )
    assert (
        "- Recipients: Parcel Post Ltd and Card House plc\n- Storage period: ten years, as tax law requires\n" in body
    )
    assert "- Transfers outside the European Economic Area: none\n- Automated decisions: none\n" in body
    assert "privacy policy names" not in body


def test_several_categories_are_told_apart_and_recipients_once() -> None:
    body = WRITER.compose(told("en", ORDERS, USAGE)).body
    assert "- Storage period: Orders – ten years, as tax law requires. Usage – 13 months\n" in body
    assert "- Recipients: Parcel Post Ltd, Card House plc and Count Well BV\n" in body


@pytest.mark.rule(21, refused=True)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_rule_21_nothing_unconfirmed_is_stated_and_the_letter_cannot_be_approved(language: str) -> None:
    brief = told(language, replace(ORDERS, confirmed_by="", confirmed_on=None))
    letter = WRITER.compose(brief)
    basis = {"en": "our contract with you", "nl": "onze overeenkomst met u"}[language]
    stated = letter.body
    for slot in letter.open_slots:
        stated = stated.replace(slot, "")
    assert basis not in stated
    assert "Parcel Post" not in stated
    assert "Parcel Post Ltd" in "".join(letter.open_slots)
    assert any("Parcel Post Ltd" in flaw.said for flaw in WRITER.findings(as_draft(brief, letter)))


def test_a_text_in_another_language_is_a_note_and_no_statement() -> None:
    slots = "\n".join(WRITER.compose(told("fr", ORDERS)).open_slots)
    for note in ("name and address", "to deliver what you ordered", "ten years, as tax law requires"):
        assert note in slots


def test_a_category_that_is_named_comes_first_and_leaves_none_out() -> None:
    own = replace(ORDERS, category="visits", texts={**ORDERS.texts, Point.NAME: {"en": "Visits"}})
    named = WRITER.compose(told("en", own, ORDERS, categories=frozenset({DataCategory.ORDERS})))
    assert 0 < named.body.index("- Orders:") < named.body.index("- Visits:")
    assert "named in the request: Orders" in "".join(named.open_slots)
    unnamed = WRITER.compose(told("en", own, ORDERS, categories=frozenset()))
    assert 0 < unnamed.body.index("- Visits:") < unnamed.body.index("- Orders:")


def test_what_a_cell_holds_opens_no_slot_and_breaks_no_sentence() -> None:
    odd = replace(ORDERS, texts={**ORDERS.texts, Point.KEPT: {"en": "# ten\nyears ⟦code⟧ {{ reference }}"}})
    letter = WRITER.compose(told("en", odd))
    assert "- Storage period: # ten years [code] {{ reference }}\n" in letter.body
    assert not complaints(letter.body)


OPT_OUTS = Processing(
    "opt_outs",
    {
        Point.NAME: {"en": "Opt-outs", "fr": "Désinscriptions", "nl": "Afmeldingen", "de": "Abmeldungen"},
        Point.KEPT: {
            "en": "until you take them back",
            "fr": "tant que vous les maintenez",
            "nl": "tot u ze intrekt",
            "de": "bis Sie sie zurücknehmen",
        },
    },
    confirmed_by="dpo@nexioprojects.com",
    confirmed_on=date(2026, 3, 1),
)


@pytest.mark.rule(21)
@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "- How long we keep opt-outs: until you take them back"),
        ("fr", "- Durée de conservation des désinscriptions\u00a0: tant que vous les maintenez"),
        ("nl", "- Bewaartermijn van afmeldingen: tot u ze intrekt"),
        ("de", "- Speicherdauer der Abmeldungen: bis Sie sie zurücknehmen"),
    ],
)
def test_how_long_this_desk_keeps_an_opt_out_is_told_once_it_is_confirmed(language: str, line: str) -> None:
    held = replace(SAMPLES[f"{language} answer access beside opt-outs"], register=(OPT_OUTS, ORDERS))
    letter = WRITER.compose(held)
    assert f"{line}\n" in letter.body
    assert f"- {OPT_OUTS.says(Point.NAME, language)}" not in letter.body  # no category of every customer's


@pytest.mark.rule(21, refused=True)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
@pytest.mark.parametrize("name", ["answer access beside both", "answer everything nothing beside both"])
def test_no_period_of_this_desk_is_stated_that_nobody_has_confirmed(language: str, name: str) -> None:
    noted = replace(OPT_OUTS, confirmed_by="", confirmed_on=None)
    brief = replace(SAMPLES[f"{language} {name}"], register=(noted, ORDERS))
    letter = WRITER.compose(brief)
    slots = [slot for slot in letter.open_slots if noted.says(Point.KEPT, language) in slot]
    assert len(slots) == 1  # what stands there is a colleague's note
    draft = as_draft(brief, letter)
    assert f"fill in or delete {slots[0]}" in {one.said for one in WRITER.findings(draft)}
    kept = [line for line in letter.body.split("\n") if line.startswith("- ") and slots[0] in line]
    without = replace(draft, body="\n".join(line for line in letter.body.split("\n") if line not in kept))
    told = "the letter must say how long opt-outs are kept (Art. 15(1)(d)), or that there is nothing to tell"
    assert any(one.said.startswith(told) for one in WRITER.findings(without))
