"""The sources: complete in every language, strict, sandboxed, readable, packaged."""

from importlib.resources import files

import pytest
from jinja2 import DictLoader, UndefinedError
from jinja2.exceptions import SecurityError

from bot.core.rights import OUR_LANGUAGES, DataCategory
from replies import check_templates
from replies.phrasebook import Phrasebook, load_phrasebook, split_parts
from replies.policy import PUBLISHED, Company, load_categories
from replies.readability import complaints, sentences


def book(source: str) -> Phrasebook:
    environment = load_phrasebook("en").environment.overlay()
    environment.loader = DictLoader({"part": source})
    return Phrasebook("en", {"part": source}, "", environment)


@pytest.mark.rule("letters")
def test_every_letter_in_every_language_keeps_the_rules() -> None:
    assert check_templates() == ()


def test_a_missing_value_is_an_error_and_never_an_empty_space() -> None:
    with pytest.raises(UndefinedError):
        book("Dear {{ nobody }}").render("part", {})


def test_templates_run_in_a_sandbox() -> None:
    with pytest.raises(SecurityError):
        book("{{ ''.__class__.__mro__ }}").render("part", {})
    with pytest.raises(SecurityError):
        book("{{ names.append(1) }}").render("part", {"names": []})


def test_a_version_follows_every_word() -> None:
    one, other = book("Dear you"), book("Dear you!")
    assert one.version(["part"]) != other.version(["part"])
    assert one.version(["part", "part"]) == one.version(["part"])


def test_parts_are_told_apart_by_name() -> None:
    assert split_parts("== a\nx\n\n== b\n{% if y %}\ny\n{% endif %}\n") == {"a": "x", "b": "{% if y %}y\n{% endif %}"}
    with pytest.raises(ValueError, match="two parts"):
        split_parts("== a\nx\n== a\ny")


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_the_policy_is_quoted_and_never_completed(language: str) -> None:
    """What the policy leaves out stays out: no purpose for transactions, no data for post, one period for surveys."""
    facts = load_categories(language)
    assert set(facts) == set(DataCategory)
    silent = {category for category, said in facts.items() if not said.purpose}
    assert silent == {DataCategory.SERVICES, DataCategory.INQUIRIES, DataCategory.TRANSACTIONS, DataCategory.SOCIAL}
    assert {category for category, said in facts.items() if said.kept} == {
        DataCategory.RELATIONSHIP,
        DataCategory.SURVEYS,
    }
    assert {category for category, said in facts.items() if not said.data} == {
        DataCategory.MARKETING,
        DataCategory.POST,
        DataCategory.SOCIAL,
    }


def test_the_officer_is_reached_at_the_companys_address_unless_there_is_another() -> None:
    assert PUBLISHED.dpo == "info@nexioprojects.com"
    assert Company("Nexio Projects", "info@example.org").dpo == "info@example.org"
    assert Company("Nexio Projects", "info@example.org", dpo_contact="dpo@example.org").dpo == "dpo@example.org"


def test_sentences_are_counted_as_a_reader_meets_them() -> None:
    text = (
        "Guten Tag,\n\nSie erhalten sie am 31. Januar 2026. Danke!\n\n- eins\n- zwei ⟦drei vier⟧\n\n> " + "wort " * 50
    )
    assert sentences(text) == ("Guten Tag,", "Sie erhalten sie am 31. Januar 2026.", "Danke!", "eins", "zwei …")
    assert complaints("word " * 36)
    assert complaints(". ".join(["One " + "word " * 21] * 3))
    assert not complaints("A short sentence.")


def test_templates_lie_where_the_wheel_takes_them() -> None:
    for language in OUR_LANGUAGES:
        assert (files("replies") / "templates" / language / "words.toml").is_file()
        assert (files("replies.policy") / f"{language}.toml").is_file()
