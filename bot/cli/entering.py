"""`cases enter`: what came by letter, by telephone, in person, or to an inbox no machine may read."""

import mimetypes
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.bootstrap import Desk
from bot.cli.common import DEFAULT_CONFIG, AsJson, Config, StaffMember, at_the_desk, print_json, told_plainly
from bot.cli.files import STDIN, read_bytes, read_text
from bot.cli.mail import row
from bot.core.entering import Entry, Paper, sender_of
from bot.core.errors import BadInput
from bot.core.messages import Handle, Way, canonical_address
from bot.core.records import Kept

_FORMATS: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


def register(app: typer.Typer) -> None:
    """Add the command to `cases`."""
    app.command("enter")(enter)


def enter(
    *,
    way: Annotated[Way, typer.Option("--by", help="How it came.")],
    received: Annotated[datetime, typer.Option(formats=_FORMATS, help="When it reached the company, in its own time.")],
    staff: StaffMember,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is entered by hand, for the file.")],
    name: Annotated[str, typer.Option(help="Who the person says they are.")],
    email: Annotated[str, typer.Option(metavar="EMAIL", help="The address they gave: the desk writes there.")] = "",
    reach: Annotated[
        str, typer.Option(metavar="TEXT", help="Without one: where they are reached, a postal address or a profile.")
    ] = "",
    subject: Annotated[str, typer.Option(metavar="TEXT", help="A few words, if the letter has a subject.")] = "",
    text: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What they say, as UTF-8; - is standard input.")
    ] = None,
    paper: Annotated[list[Path] | None, typer.Option("--file", help="A scan or another file that came along.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Enter what came by another way: it becomes a message like any other, and nobody is proven by it.

    With an e-mail address the desk asks and answers there, as for any mail nobody can authenticate. Without one a
    person goes on: the answer is drafted, to be printed and posted.
    """
    with told_plainly():
        sender = _sender(way, email, reach)
        said = read_text(text) if text is not None else ""
        papers = tuple(_paper(file) for file in paper or ())

    async def work(desk: Desk) -> tuple[Kept, str]:
        zone = desk.house.calendar.zone
        at = received.replace(tzinfo=zone).astimezone(UTC)
        entry = Entry(way, at, sender, name, subject, said, papers, canonical_address(staff), reason)
        kept = await desk.entries.enter(entry)
        case_id = kept.case_id
        if case_id is None:
            return kept, ""
        return kept, await desk.store.transact(lambda unit: unit.cases.get(case_id).reference)

    kept, reference = at_the_desk(config, work)
    if as_json:
        print_json(row(kept) | {"reference": reference or None})
    elif reference:
        typer.echo(f"Entered in case {reference}: `nexio-intake cases show {reference} --as EMAIL` tells what follows.")
    else:
        typer.echo(f"Kept as message {kept.id}, {kept.disposition.value}.")


def _sender(way: Way, email: str, reach: str) -> Handle:
    if bool(email) == bool(reach.strip()):
        raise BadInput("say where the person is reached: either --email, or --reach with a postal address or profile")
    return sender_of(way, email, reach)


def _paper(file: Path) -> Paper:
    if file == STDIN:
        raise BadInput("--file needs a file: standard input is for --text")
    media_type, _ = mimetypes.guess_type(file.name)
    return Paper(file.name, media_type or "application/octet-stream", read_bytes(file))
