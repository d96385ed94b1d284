"""`audit verify`."""

import typer

from bot.cli.common import DEFAULT_CONFIG, FAILED, AsJson, Config, at_the_desk, print_json

app = typer.Typer(help="Check the history.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `verify` a sub-command even while it is the only one."""


@app.command("verify")
def verify(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Find any changed, missing or removed entry of the history; exit code 1 when there is one."""
    problems = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: list(unit.audit.verify())))
    if as_json:
        print_json({"whole": not problems, "problems": problems})
    else:
        typer.echo("\n".join(problems) if problems else "The history is whole.")
    if problems:
        raise typer.Exit(FAILED)
