"""`serve`, `migrate`, `doctor`, `demo`: the service itself."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler

import storage
from bot.bootstrap import open_desk
from bot.cli.common import DEFAULT_CONFIG, FAILED, AsJson, Config, print_json, run, told_plainly
from bot.cli.people import welcome_link
from bot.demo import run_demo
from bot.doctor import examine
from bot.finding import Finding
from bot.service import ALL_ROLES, ServiceRole, run_service
from bot.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("serve")(serve)
    app.command("migrate")(migrate)
    app.command("doctor")(doctor)
    app.command("demo")(demo)


def _roles(written: str) -> frozenset[ServiceRole]:
    try:
        return frozenset(ServiceRole(name.strip()) for name in written.split(","))
    except ValueError:
        known = ", ".join(role.value for role in ServiceRole)
        raise typer.BadParameter(f"{written!r}: roles are {known}, separated by commas") from None


def serve(
    *,
    config: Config = DEFAULT_CONFIG,
    role: Annotated[str, typer.Option(help="Which roles this process plays, separated by commas.")] = ",".join(
        sorted(ALL_ROLES)
    ),
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell every step, not only what goes wrong.")
    ] = False,
) -> None:
    """Run the service until SIGTERM; the work in hand is finished first."""
    roles = _roles(role)
    handler = RichHandler(console=Console(stderr=True), show_path=False, markup=False)
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s", handlers=[handler])

    async def work() -> None:
        settings = load_settings(config)
        async with open_desk(settings) as desk:
            screen = Console(stderr=True, soft_wrap=True)
            screen.print(f"{desk.house.name}: serving {', '.join(sorted(roles))}", markup=False)
            if ServiceRole.CONSOLE in roles and settings.console and (token := await desk.invitations.first()):
                link = welcome_link(settings, token)
                screen.print(f"Nobody has come in yet. Make the first administrator here, once: {link}", markup=False)
            await run_service(desk, roles)

    run(work())


def migrate(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Bring the database to this version's tables; safe to run again."""
    with told_plainly():
        settings = load_settings(config)
        settings.make_data_dir()
        storage.migrate(settings.database_url)
    if as_json:
        print_json({"current": True})
    else:
        typer.echo("The database is current.")


def doctor(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Try every connection and setting and say what to do; exit code 1 when something must be done."""
    with told_plainly():
        findings = asyncio.run(examine(load_settings(config)))
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            typer.echo(finding.as_text())
        typer.echo(_in_short(findings))
    if any(finding.grave for finding in findings):
        raise typer.Exit(FAILED)


def _in_short(findings: Sequence[Finding]) -> str:
    """Return the last line, for whoever sees no other: it says where to look above."""
    grave = sum(finding.grave for finding in findings)
    open_choices = sum(not finding.ok for finding in findings) - grave
    return f"{grave} to mend (MEND), {open_choices} to look at and decide (look), the rest is well (ok)."


def demo(
    *,
    directory: Annotated[Path, typer.Option("--dir", help="Where the demo keeps its files.")] = Path("var/demo"),
    zone: Annotated[Path | None, typer.Option(help="A zone file that stands in for the DNS.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Stop when the cast has played, and print a summary.")] = False,
) -> None:
    """Run the whole service on embedded defaults: SQLite, its own mail listener, mailbox page and chat platform."""
    with told_plainly():
        raise typer.Exit(run_demo(directory, zone, once=once, console=Console(highlight=False)))
