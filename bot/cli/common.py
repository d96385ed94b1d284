"""What every command shares: the settings file, the output, and failures told as one sentence."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from bot.bootstrap import Desk, open_desk
from bot.core.case import Case
from bot.core.errors import NotFound, RightsDeskError
from bot.core.ports import Unit
from bot.settings import load_settings

T = TypeVar("T")

FAILED: Final = 1
"""Exit code of a command that could not do what was asked; 2 is for a command typed wrongly."""

Config = Annotated[Path, typer.Option("--config", "-c", help="The settings file.", show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
StaffMember = Annotated[str, typer.Option("--as", metavar="EMAIL", help="The colleague who does this.")]
Onlooker = Annotated[
    str, typer.Option("--as", metavar="EMAIL", help="The colleague who looks; without it, the general lane only.")
]

DEFAULT_CONFIG: Final = Path("intake.toml")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn a failure of ours into one sentence on standard error and exit code 1."""
    try:
        yield
    except RightsDeskError as failure:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"nexio-intake: {failure}", markup=False)
        raise typer.Exit(FAILED) from None


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine, with failures told plainly."""
    with told_plainly():
        return asyncio.run(work)


def at_the_desk(config: Path, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Open the desk of a settings file, do one thing there, and close it."""

    async def visit() -> T:
        async with open_desk(load_settings(config)) as desk:
            return await work(desk)

    return run(visit())


def print_json(value: object) -> None:
    """Print one JSON value."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Print rows for people, or one sentence where there are none."""
    console = Console(highlight=False)
    if not rows:
        console.print(empty, markup=False)
        return
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)


def find(unit: Unit, name: str) -> Case:
    """Return a case by its reference or id. Raises NotFound."""
    case = unit.cases.by_reference(name.upper())
    if case is not None:
        return case
    try:
        return unit.cases.get(name)
    except NotFound:
        raise NotFound(f"there is no case {name}: `nexio-intake cases list` shows them") from None
