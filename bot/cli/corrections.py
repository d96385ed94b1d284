"""`corrections export`: what colleagues taught the reader, for review."""

import json
import sys
from dataclasses import asdict

import typer

from bot.cli.common import DEFAULT_CONFIG, Config, StaffMember, at_the_desk
from bot.flow.rereading import examples

app = typer.Typer(help="What colleagues say about readings that were wrong.", no_args_is_help=True)


@app.callback()
def _corrections() -> None:
    """Keep `export` a sub-command even while it is the only one."""


@app.command("export")
def export(*, staff: StaffMember, config: Config = DEFAULT_CONFIG) -> None:
    """Write each corrected message as one line of JSON, to be reviewed before it teaches anything.

    These are people's own words: take out what names them before you keep a line. Nothing is used by itself.
    """
    found = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: examples(unit, staff)))
    for example in found:
        sys.stdout.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
