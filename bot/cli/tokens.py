"""`tokens make|list|end`."""

from typing import Annotated, Any

import typer

from bot.cli.common import DEFAULT_CONFIG, AsJson, Config, StaffMember, at_the_desk, print_json, print_table
from bot.core.drafts import Role
from bot.core.tokens import Token
from bot.flow.api_tokens import seen_by

app = typer.Typer(help="Look after programs that act for colleagues through the API.", no_args_is_help=True)

COLUMNS = ("id", "name", "owner", "roles", "expires_at", "used_at")


def row(token: Token) -> dict[str, Any]:
    """Return a token as programs read it."""
    return {
        "id": token.id,
        "name": token.name,
        "owner": token.owner,
        "roles": sorted(token.roles),
        "exports": token.may_export,
        "expires_at": token.expires_at.isoformat(),
        "used_at": token.used_at.isoformat() if token.used_at else None,
    }


@app.command("make")
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The program's name.")],
    *,
    role: Annotated[list[Role], typer.Option(help="A role of yours it may act in; again for another.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="For how many days it holds.")] = 90,
    exports: Annotated[bool, typer.Option("--exports", help="It may hand out whole cases, lists and reports.")] = False,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make a token that acts for you, and print it this once."""
    roles = frozenset(role)
    secret, token = at_the_desk(config, lambda desk: desk.tokens.make(name, roles, days, staff, may_export=exports))
    if as_json:
        print_json(row(token) | {"token": secret})
    else:
        typer.echo(secret)


@app.command("list")
def list_tokens(*, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List your tokens; an administrator sees everybody's."""
    rows = at_the_desk(
        config, lambda desk: desk.store.transact(lambda unit: [row(one) for one in seen_by(unit, staff)])
    )
    if as_json:
        print_json(rows)
        return
    cells = [[", ".join(r["roles"]) if c == "roles" else r[c] or "–" for c in COLUMNS] for r in rows]
    print_table("Tokens", COLUMNS, cells, "No program has a token.")


@app.command("end")
def end(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="Its id, from `tokens list`.")],
    *,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """End a token: what uses it is shut out at once."""
    ended = at_the_desk(config, lambda desk: desk.tokens.end(token, staff))
    if as_json:
        print_json(row(ended))
    else:
        typer.echo(f"The token of {ended.name} holds no more.")
