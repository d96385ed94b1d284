"""`customers import|sync|erase`, `staff add|invite|list|remove`."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.bootstrap import Desk, customer_view_of
from bot.cli.common import DEFAULT_CONFIG, FAILED, AsJson, Config, StaffMember, at_the_desk, print_json, told_plainly
from bot.cli.files import read_text
from bot.core.accounts import Colleague
from bot.core.drafts import Role
from bot.core.errors import BadInput, NotFound
from bot.core.messages import canonical_address, is_address
from bot.core.unit import Unit
from bot.flow.customers import ImportReport
from bot.settings import Settings

customers = typer.Typer(help="The directory of customers.", no_args_is_help=True)
_MOST_NAMED: Final = 20

staff = typer.Typer(help="Colleagues and what they may do.", no_args_is_help=True)


@customers.command("import")
def import_customers(
    file: Annotated[Path, typer.Argument(help="The CSV file, in UTF-8; - reads standard input.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; store nothing.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Import a CSV with the columns number and emails, and if you have them name, phones, telegram, language.

    The first line names the columns. Several addresses or phones stand in one cell, with semicolons between. More
    columns are kept as record fields; country, or else postal_address, decides which supervisory authority letters
    name. A customer who is no longer in the file stays, and is named: erase who is gone with `customers erase`.
    """
    with told_plainly():
        lines = read_text(file).splitlines(keepends=True)
    report = at_the_desk(config, lambda desk: desk.customers.run(lines, dry_run=dry_run))
    _tell(report, str(file), dry_run=dry_run, as_json=as_json)


@customers.command("sync")
def sync_customers(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; store nothing.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Import from the view of another database that `[customers]` names, which is only read; columns as in a CSV."""

    async def work(desk: Desk) -> tuple[str, ImportReport]:
        view = customer_view_of(desk.settings)
        rows = await asyncio.to_thread(view.rows)
        return view.name, await desk.customers.take_over(rows, dry_run=dry_run)

    name, report = at_the_desk(config, work)
    _tell(report, name, dry_run=dry_run, as_json=as_json)


def _tell(report: ImportReport, source: str, *, dry_run: bool, as_json: bool) -> None:
    """Print what an import did or would do; bad rows go to standard error by their place, and end with exit code 1."""
    if as_json:
        problems = [{"line": line, "problem": problem} for line, problem in report.problems]
        counts = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
        gone = {"absent": report.absent, "absent_numbers": report.absent_numbers}
        print_json(counts | gone | {"problems": problems, "dry_run": dry_run})
    else:
        done = f"{report.added} added, {report.changed} changed, {report.unchanged} as before"
        typer.echo(f"Nothing is stored yet. It would be: {done}." if dry_run else f"{done}.")
        if report.absent:
            some = ", ".join(report.absent_numbers[:_MOST_NAMED])
            more = f" and {report.absent - _MOST_NAMED} more" if report.absent > _MOST_NAMED else ""
            typer.echo(f"On record, but not there, and kept until you erase them (`customers erase`): {some}{more}.")
        for line, problem in report.problems:
            typer.echo(f"{source}:{line}: {problem}", err=True)
    if report.problems:
        raise typer.Exit(FAILED)


@customers.command("erase")
def erase_customer(
    number: Annotated[str, typer.Argument(help="The customer's number.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, such as the case; it goes on file.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take a customer off the record here for good: neither an import nor a restored backup brings them back."""
    erasure = at_the_desk(config, lambda desk: desk.erasures.erase(number, staff, reason))
    if as_json:
        print_json({"number": number, "erased_at": erasure.at.isoformat()})
    else:
        typer.echo(f"Customer {number} is erased here. Erase them in your other systems, and in the files you import.")


@staff.command("add")
def add_staff(
    email: Annotated[str, typer.Argument(help="The colleague's whole address.")],
    *,
    role: Annotated[Role, typer.Option(help="What the colleague may do.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Give a colleague a role; several roles are several calls."""
    address = _address(email)
    at_the_desk(config, lambda desk: desk.store.transact(lambda unit: unit.staff.add(address, role)))
    if as_json:
        print_json({"email": address, "role": role.value})
    else:
        typer.echo(f"{address} is {role.value}.")


@staff.command("invite")
def invite_staff(
    email: Annotated[str, typer.Argument(help="The colleague's whole address.")],
    *,
    role: Annotated[list[Role], typer.Option(help="What the colleague may do; may be given several times.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print a link that makes a colleague's account at the console, once, or renews a lost password."""
    address = _address(email)

    async def work(desk: Desk) -> str:
        token = await desk.invitations.invite(address, frozenset(role), "the terminal")
        return welcome_link(desk.settings, token)

    link = at_the_desk(config, work)
    if as_json:
        print_json({"email": address, "link": link})
    else:
        typer.echo(f"Give this link to {address}; it works once, for seven days:\n{link}")


@staff.command("list")
def list_staff(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List colleagues with their roles, and whether they can come in to the console."""

    def look(unit: Unit) -> list[Colleague]:
        return [
            Colleague(email, roles, has_account=unit.accounts.account(email) is not None)
            for email, roles in unit.staff.everyone().items()
        ]

    found = at_the_desk(config, lambda desk: desk.store.transact(look))
    if as_json:
        print_json([{"email": one.email, "roles": sorted(one.roles), "has_account": one.has_account} for one in found])
        return
    for one in found:
        typer.echo(f"{one.email}  {', '.join(sorted(one.roles))}{'' if one.has_account else '  (no account)'}")


@staff.command("remove")
def remove_staff(
    email: Annotated[str, typer.Argument(help="The colleague's whole address.")],
    *,
    role: Annotated[list[Role] | None, typer.Option(help="Only this role; may be given several times.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take roles away from a colleague, all of them unless some are named; their open sessions end at once."""
    address = _address(email)

    async def work(desk: Desk) -> frozenset[Role]:
        before = await desk.store.transact(lambda unit: unit.staff.roles(address))
        if not before:
            raise NotFound(f"{address} has no role here: `nexio-intake staff list` shows who has")
        left = before - frozenset(role) if role else frozenset()
        await desk.invitations.set_roles(address, left, "the terminal")
        return left

    left = at_the_desk(config, work)
    if as_json:
        print_json({"email": address, "roles": sorted(left)})
    else:
        typer.echo(f"{address} is {', '.join(sorted(left))}." if left else f"{address} has no role any more.")


def _address(email: str) -> str:
    address = canonical_address(email)
    with told_plainly():
        if not is_address(address):
            raise BadInput(f"{email!r} is no e-mail address; write the whole one, such as kim@example.com")
    return address


def welcome_link(settings: Settings, token: str) -> str:
    """Return the address where an invitation is taken up."""
    return f"{settings.company.public_url.rstrip('/')}/welcome/{token}"
