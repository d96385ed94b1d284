"""`suppressions list|export|add|lift|history|check|links`: who must not get which mailing."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import Desk
from bot.cli.common import (
    DEFAULT_CONFIG,
    FAILED,
    AsJson,
    Config,
    StaffMember,
    at_the_desk,
    moment,
    print_json,
    print_table,
    told_plainly,
)
from bot.cli.files import read_text
from bot.core.errors import NotAllowed
from bot.core.one_click import headers
from bot.core.records import Suppression
from bot.core.rights import Scope
from bot.core.spreadsheet import write_table
from bot.flow.suppressing import Checked

app = typer.Typer(help="Who must not get which mailing.", no_args_is_help=True)

COLUMNS = ("channel", "value", "scope", "since")

Recipient = Annotated[
    str, typer.Argument(help="An address, a telephone number, or an account such as telegram:777 or customer:C-7.")
]
Kind = Annotated[Scope, typer.Option("--scope", help="The kind of mailing.")]
Reason = Annotated[str, typer.Option(help="Why; it goes on file.")]


def row(suppression: Suppression) -> dict[str, str]:
    """Return a suppression as programs read it."""
    return {
        "channel": suppression.handle.channel,
        "value": suppression.handle.value,
        "scope": suppression.scope.value,
        "since": suppression.since.isoformat(),
    }


def _rows(config: Path) -> list[dict[str, str]]:
    return at_the_desk(
        config, lambda desk: desk.store.transact(lambda unit: [row(one) for one in unit.suppressions.listed()])
    )


@app.command("list")
def list_suppressions(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the addresses and handles in force, newest first."""
    rows = _rows(config)
    if as_json:
        print_json(rows)
        return
    cells = [[moment(r[c]) if c == "since" else r[c] for c in COLUMNS] for r in rows]
    print_table("Suppressions", COLUMNS, cells, "Nobody is suppressed.")


@app.command("export")
def export(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Write all of them to standard output as CSV (or JSON), for whoever sends the mailings.

    The channel `customer` has customer numbers: post has no other address here.
    """
    rows = _rows(config)
    if as_json:
        print_json(rows)
    else:
        sys.stdout.write(write_table(COLUMNS, [list(one.values()) for one in rows]))


@app.command("add")
def add(
    recipient: Recipient,
    *,
    scope: Kind = Scope.ALL,
    reason: Reason,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Stop mailings for somebody, and for whatever is on record with that address, at once."""
    stopped = at_the_desk(config, lambda desk: desk.suppressions.add(recipient, scope, staff, reason))
    if as_json:
        print_json([{"channel": one.channel, "value": one.value, "scope": scope.value} for one in stopped])
        return
    for one in stopped:
        typer.echo(f"{one.value} gets no {_mailings(scope)} any more.")
    if not stopped:
        typer.echo(f"That was stopped already: {recipient} gets no {_mailings(scope)}.")


@app.command("lift")
def lift(
    recipient: Recipient,
    *,
    scope: Kind,
    reason: Reason,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Let mailings go out again to exactly one address, because the person wants them or it was a mistake."""
    lifted = at_the_desk(config, lambda desk: desk.suppressions.lift(recipient, scope, staff, reason))
    if as_json:
        print_json(row(lifted))
    else:
        typer.echo(f"{lifted.handle.value} may get {_mailings(scope)} again.")


@app.command("history")
def history(*, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Tell who stopped or allowed mailings outside any case, when and why, oldest first."""
    told = at_the_desk(config, lambda desk: desk.suppressions.history(staff))
    rows = [
        {"at": one.at.isoformat(), "who": one.actor, "what": one.event, "scope": one.data["scope"], "why": one.why}
        for one in told
    ]
    if as_json:
        print_json(rows)
        return
    cells = [(moment(one["at"]), *list(one.values())[1:]) for one in rows]
    print_table("Who stopped what", ("at", "who", "what", "scope", "why"), cells, "Nobody stopped anything by hand.")


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="One recipient a line, in UTF-8; - reads standard input.")],
    *,
    scope: Kind,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say for each recipient of a mailing whether it may go there, before it is sent.

    What can't be read is blocked, and the exit code is 1 then.
    """
    with told_plainly():
        lines = read_text(file).splitlines()
    checked = at_the_desk(config, lambda desk: desk.suppressions.check(lines, scope))
    if as_json:
        print_json([_verdict(one) for one in checked])
    else:
        for one in checked:
            typer.echo(f"{'allowed' if one.allowed else 'blocked'}\t{one.written}")
    unread = [one.written for one in checked if one.handle is None]
    for written in unread:
        typer.echo(f"{file}: {written!r} is no address, number or account; it is blocked", err=True)
    if unread:
        raise typer.Exit(FAILED)


@app.command("links")
def links(
    file: Annotated[Path, typer.Argument(help="One recipient a line, in UTF-8; - reads standard input.")],
    *,
    scope: Kind = Scope.ALL,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print for each recipient the headers of one-click unsubscribe (RFC 8058), as CSV or JSON.

    A mailing carries both, and its DKIM signature covers both.
    """
    with told_plainly():
        lines = read_text(file).splitlines()

    async def work(desk: Desk) -> list[dict[str, str]]:
        company = desk.settings.company
        if not company.public_url.startswith("https://"):
            raise NotAllowed(
                "one-click unsubscribe needs https (RFC 8058 3.1): set company.public_url to our https address"
            )
        made = await desk.suppressions.links(lines, scope)
        return [
            {"recipient": written} | headers(ticket, company.public_url, company.contact) for written, ticket in made
        ]

    rows = at_the_desk(config, work)
    if as_json:
        print_json(rows)
    elif rows:
        sys.stdout.write(write_table(list(rows[0]), [list(one.values()) for one in rows]))


def _mailings(scope: Scope) -> str:
    return "mailings" if scope is Scope.ALL else f"{scope} mailings"


def _verdict(checked: Checked) -> dict[str, str | bool]:
    """Return an answer as programs read it; `by` is the scope that stops the mailing, `unreadable`, or nothing."""
    stopped_by = checked.by.scope.value if checked.by else ""
    return {
        "recipient": checked.written,
        "allowed": checked.allowed,
        "by": stopped_by if checked.handle else "unreadable",
        "since": checked.by.since.isoformat() if checked.by else "",
    }
