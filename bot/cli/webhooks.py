"""`webhooks list|retry|drop`."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.common import DEFAULT_CONFIG, AsJson, Config, at_the_desk, print_json, print_table

app = typer.Typer(help="Look after what the company's other systems are told.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The webhook's name in the settings.")]

COLUMNS = ("subscriber", "waiting", "parked", "last_error")


@app.command("list")
def list_webhooks(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the webhooks with what each has not heard yet."""
    rows = [asdict(one) for one in at_the_desk(config, lambda desk: desk.subscribers.standing())]
    if as_json:
        print_json(rows)
        return
    print_table("Webhooks", COLUMNS, [[r[c] for c in COLUMNS] for r in rows], "No system is told anything.")


@app.command("retry")
def retry(name: Name, *, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Try again what was given up for a webhook."""
    count = at_the_desk(config, lambda desk: desk.subscribers.release(name))
    if as_json:
        print_json({"queued": count})
    else:
        typer.echo(f"{count} queued; the delivery role tells them within seconds.")


@app.command("drop")
def drop(name: Name, *, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Forget what was given up for a webhook: it will not hear of it any more."""
    count = at_the_desk(config, lambda desk: desk.subscribers.drop(name))
    if as_json:
        print_json({"dropped": count})
    else:
        typer.echo(f"{count} forgotten.")
