"""What every command shares: the settings file, the output, and failures told as one sentence."""

import asyncio
import json
import sys
import textwrap
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from bot.bootstrap import Desk, open_desk
from bot.core.case import Case
from bot.core.errors import BadInput, NotFound, RightsDeskError
from bot.core.unit import Unit
from bot.settings import load_settings

T = TypeVar("T")

FAILED: Final = 1
"""Exit code of a command that could not do what was asked, or found something to mend."""

MISTYPED: Final = 2
"""Exit code of a command typed wrongly, or given a file it can't use."""

Config = Annotated[Path, typer.Option("--config", "-c", help="The settings file.", show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")]
StaffMember = Annotated[str, typer.Option("--as", metavar="EMAIL", help="The colleague who does this.")]
Viewer = Annotated[str, typer.Option("--as", metavar="EMAIL", help="List only what this colleague may see.")]
Onlooker = Annotated[
    str, typer.Option("--as", metavar="EMAIL", help="The colleague who looks; without it, the general lane only.")
]

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Its reference, such as NX-7F3K-Q2M9, or its id.")]
DraftId = Annotated[str, typer.Argument(metavar="DRAFT", help="Its id; the beginning suffices.")]
OutgoingId = Annotated[str, typer.Argument(metavar="MESSAGE", help="Its id; the beginning suffices.")]
MessageId = Annotated[str, typer.Argument(metavar="MESSAGE", help="Its id, from `messages list`.")]

DEFAULT_CONFIG: Final = Path("intake.toml")

EXIT_CODES: Final = (
    "Exit codes: 0 done; 1 it could not be done, or something must be mended; "
    "2 the command was typed wrongly, or a file it was given can't be used."
)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn a failure of ours into one sentence on standard error and an exit code."""
    try:
        yield
    except RightsDeskError as failure:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"nexio-intake: {failure}", markup=False)
        raise typer.Exit(MISTYPED if isinstance(failure, BadInput) else FAILED) from None


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine, with failures told plainly."""
    with told_plainly():
        return asyncio.run(work)


def at_the_desk(config: Path, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Open the desk of a settings file, do one thing there, and close it."""

    async def visit() -> T:
        async with open_desk(load_settings(config), reaching=False) as desk:
            return await work(desk)

    return run(visit())


def on_case(config: Path, name: str, deed: Callable[[Desk, Case], Awaitable[T]]) -> T:
    """Open the desk, find one case by its reference or id, and do one thing with it."""

    async def work(desk: Desk) -> T:
        return await deed(desk, await desk.store.transact(lambda unit: find(unit, name)))

    return at_the_desk(config, work)


def print_json(value: object) -> None:
    """Print one JSON value."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Print rows for people: a table where the screen is wide enough, else a paragraph each; a sentence for none."""
    console = Console(highlight=False)
    if not rows:
        console.print(empty, markup=False)
        return
    if _width([columns, *rows]) > console.width:
        typer.echo(title)
        for row in rows:
            typer.echo(_paragraph(columns, row, console.width))
        return
    table = Table(title=title, title_justify="left")
    for column in columns:  # the first names the row: it is copied into the next command
        table.add_column(column, overflow="fold", no_wrap=column == columns[0])
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)


def _width(lines: Sequence[Sequence[object]]) -> int:
    """Return how many signs a line of the table takes when nothing in it is broken: cells, margins, borders."""
    return sum(max(cell_len(str(cell)) for cell in column) + 3 for column in zip(*lines, strict=True)) + 1


def _paragraph(columns: Sequence[str], row: Sequence[object], width: int) -> str:
    facts = [f"{column}: {cell}" for column, cell in zip(columns[1:], row[1:], strict=True) if str(cell)]
    return f"{row[0]}\n" + textwrap.fill(
        " · ".join(facts),
        width,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def moment(written: str) -> str:
    """Return a time of our JSON (ISO 8601, UTC) as people read it."""
    return f"{datetime.fromisoformat(written):%Y-%m-%d %H:%M} UTC"


def find(unit: Unit, name: str) -> Case:
    """Return a case by its reference or id. Raises NotFound."""
    case = unit.cases.by_reference(name.upper())
    if case is not None:
        return case
    try:
        return unit.cases.get(name)
    except NotFound:
        raise NotFound(f"there is no case {name}: `nexio-intake cases list` shows them") from None
