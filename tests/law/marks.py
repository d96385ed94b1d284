"""Which tests show which rule: those marked `@pytest.mark.rule(5)`, or `rule(5, refused=True)`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LETTERS: Final = "letters"
"""What `rule` is called for how letters read."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """One test that shows a rule, or, `refused`, breaks it and is refused; `path` is relative to the project."""

    rule: int | str
    path: str
    test: str
    refused: bool


def marks() -> tuple[Mark, ...]:
    """Return every mark there is, by path and in the order of each file. Raises ValueError for one that isn't plain."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return tuple(mark for file in files for mark in _marks_of(file))


def _marks_of(file: Path) -> Iterator[Mark]:
    path = file.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.rule":
                    yield from _read(call, path, node.name)


def _read(call: ast.Call, path: str, test: str) -> Iterator[Mark]:
    said = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    if not call.args or set(said) - {"refused"}:
        raise ValueError(f"{path}::{test}: write rule(5) or rule(5, refused=True)")
    for rule in map(ast.literal_eval, call.args):
        yield Mark(rule, path, test, refused=bool(said.get("refused")))
