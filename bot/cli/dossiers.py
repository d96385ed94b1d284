"""`dossiers make|code|list`: a person's data behind a link, and the code to tell; what goes in is registered here."""

import json
from typing import Annotated, Any

import typer

from bot.bootstrap import Desk
from bot.cli import redacting
from bot.cli.common import DEFAULT_CONFIG, AsJson, CaseName, Config, StaffMember, at_the_desk, find, on_case, print_json
from bot.core.packages import Package, PackageKind
from bot.core.unit import Unit
from bot.flow.admission import look_at

app = typer.Typer(help="People’s data as files.", no_args_is_help=True)

Kind = Annotated[PackageKind, typer.Option("--kind", help="The copy of Art. 15(3), or the files of Art. 20.")]


@app.command("make")
def make(
    reference: CaseName,
    *,
    kind: Kind = PackageKind.ACCESS,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Put the person's data together and write the link into the answer that waits; it works once that has left.

    Only for an address that was proven and is on record. Read the answer again: earlier approvals are void.
    """
    package, draft = on_case(config, reference, lambda desk, case: desk.dossiers.make(case.id, kind, staff))
    if as_json:
        print_json(_row(package) | {"draft": draft.id})
        return
    files = ", ".join(one["name"] for one in _row(package)["files"])
    typer.echo(f"{files}: their link stands in draft {draft.id}, to be approved like any answer.")


@app.command("code")
def code(reference: CaseName, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Create the code that opens the answer behind a link in a chat, to give at the number on record; shown once."""
    drawn, called = on_case(config, reference, lambda desk, case: desk.dossiers.tell_code(case.id, staff))
    if as_json:
        print_json({"code": drawn, "call": called.value})
        return
    typer.echo(f"Call {called.value}, make sure who you are speaking to, and say: {drawn}.")
    typer.echo("It opens the answer once, within 24 hours.")


@app.command("list")
def list_packages(
    reference: CaseName, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """List what was prepared in a case, with the SHA-256 of each file; the files themselves go after their time."""

    def work(unit: Unit, desk: Desk) -> list[dict[str, Any]]:
        case = look_at(unit, find(unit, reference), staff, desk.clock.now())
        return [_row(package) for package in unit.packages.of_case(case.id)]

    rows = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: work(unit, desk)))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        opened = f"opened {row['opened_at']}" if row["opened_at"] else "never opened"
        typer.echo(f"{row['kind']}, made {row['made_at']}, {opened}, its link ends {row['expires_at']}")
        for one in row["files"]:
            typer.echo(f"  {one['sha256']}  {one['name']} ({one['bytes']} bytes)")
    if not rows:
        typer.echo("Nothing was prepared in this case.")


def _row(package: Package) -> dict[str, Any]:
    """Return a package as programs read it."""
    return {
        "id": package.id,
        "kind": package.kind.value,
        "to": package.recipient.value,
        "made_at": package.made_at.isoformat(),
        "expires_at": package.expires_at.isoformat(),
        "opened_at": package.opened_at.isoformat() if package.opened_at else None,
        "files": json.loads(package.manifest)["files"],
    }


redacting.register(app)
