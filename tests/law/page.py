"""docs/law.md: each rule of the law and of our promises, the file that keeps it, and the tests that show it."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.law.marks import LETTERS, ROOT, Mark, marks

PAGE: Final = ROOT / "docs" / "law.md"

_HEAD: Final = """# The law, rule by rule

Every rule that the desk keeps: what it says, in our words; the file that keeps it; the tests that show it; and tests
that try to break it and are refused. Articles are those of the GDPR unless another law is named; the EDPB's guidelines
are 01/2022 on access.

`./dev law` writes this page from the tests marked with their rule and from `tests/law/rules.toml`; a test keeps it
current.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number, or `LETTERS`; `kept` are the files that keep it."""

    number: int | str
    title: str
    source: str
    says: str
    kept: tuple[str, ...]


def rules() -> tuple[Rule, ...]:
    """Return all rules in order."""
    table = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
    return tuple(Rule(**(rule | {"kept": tuple(rule["kept"])})) for rule in table["rule"])


def write_page() -> str:
    """Return the page as it has to be now."""
    found = marks()
    return _HEAD + "".join(part for rule in rules() for part in _section(rule, found))


def _section(rule: Rule, found: Sequence[Mark]) -> Iterator[str]:
    title = rule.title if rule.number == LETTERS else f"{rule.number}. {rule.title}"
    yield f"\n## {title}\n\n{rule.says} ({rule.source})\n\n"
    yield f"* Kept by {', '.join(_link(path) for path in rule.kept)}\n"
    for label, refused in (("Shown by", False), ("Refused in", True)):
        ours = dict.fromkeys(mark for mark in found if mark.rule == rule.number and mark.refused is refused)
        yield f"* {label}\n" + "".join(f"  * {_link(mark.path)}: {_words(mark.test)}\n" for mark in ours)


def _link(path: str) -> str:
    return f"[{path}](../{path})"


def _words(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")
