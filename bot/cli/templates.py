"""`templates check`."""

import typer

from bot.cli.common import FAILED, AsJson, print_json
from replies import check_templates

app = typer.Typer(help="Look after the letters.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `check` a sub-command even while it is the only one."""


@app.command("check")
def check(*, as_json: AsJson = False) -> None:
    """Render every letter in every language with extreme values; exit code 1 when one breaks a rule."""
    findings = list(check_templates())
    if as_json:
        print_json(findings)
    else:
        typer.echo("\n".join(findings) if findings else "Every letter keeps the rules.")
    if findings:
        raise typer.Exit(FAILED)
