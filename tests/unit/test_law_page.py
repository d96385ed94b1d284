"""docs/law.md is current, and no rule stands there without a test that shows it and one that breaks it in vain."""

from tests.law.marks import LETTERS, ROOT, marks
from tests.law.page import PAGE, rules, write_page

NUMBERED = 46


def test_every_rule_is_shown_and_broken_in_vain() -> None:
    numbers = [rule.number for rule in rules()]
    assert numbers == [*range(1, NUMBERED + 1), LETTERS]
    found = marks()
    for refused in (False, True):
        held = {mark.rule for mark in found if mark.refused is refused}
        assert held == set(numbers), "a rule without such a test, or a mark for no rule"


def test_the_files_that_keep_a_rule_exist() -> None:
    missing = [path for rule in rules() for path in rule.kept if not (ROOT / path).is_file()]
    assert not missing
    assert all(rule.kept for rule in rules())


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_page(), "run ./dev law"
