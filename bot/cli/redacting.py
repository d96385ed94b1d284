"""`dossiers add|remove|texts|leave-out|put-back`: what goes into a copy, what stays out for somebody else's sake."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    CaseName,
    Config,
    StaffMember,
    on_case,
    print_json,
    told_plainly,
)
from bot.cli.files import read_bytes
from bot.core.redaction import Passage, Redaction, around
from bot.core.withholding import Place, Withheld


def register(app: typer.Typer) -> None:
    """Add the commands to `dossiers`."""
    app.command("add")(add_file)
    app.command("remove")(remove_file)
    app.command("texts")(texts)
    app.command("leave-out")(leave_out)
    app.command("put-back")(put_back)


def add_file(
    reference: CaseName,
    file: Annotated[Path, typer.Argument(help="A PDF, picture, Office file, text or table; 10 MB at most.")],
    *,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Add a file to the copy, such as orders from another system; it is kept sealed and destroyed with the copy."""
    with told_plainly():
        data = read_bytes(file)

    added = on_case(config, reference, lambda desk, case: desk.redactions.attach(case.id, file.name, data, staff))
    if as_json:
        print_json({"name": added.name, "bytes": added.size, "sha256": added.sha256})
    else:
        typer.echo(f"{added.name} goes along ({added.size} bytes). Prepare the copy (again): `dossiers make`.")


def remove_file(
    reference: CaseName,
    name: Annotated[str, typer.Argument(help="The file's name, from `dossiers texts`.")],
    *,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take a file away that was added; a copy prepared before still has it."""
    on_case(config, reference, lambda desk, case: desk.redactions.detach(case.id, name, staff))
    if as_json:
        print_json({"removed": name})
    else:
        typer.echo(f"{name} does not go along any more.")


def texts(reference: CaseName, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show what would go out beside the person's own words, whom it may name, and what is left out.

    The person's own messages stay whole.
    """
    shown = on_case(config, reference, lambda desk, case: desk.redactions.look(case.id, staff))
    if as_json:
        print_json([_text(one, shown.marked(one.place)) for one in shown.passages])
        return
    for file in shown.files:
        typer.echo(f"file {file.name}, {file.size} bytes, added by {file.by}")
    for one in shown.passages:
        typer.echo(f"{_place(one.place)}")
        for words in one.suggested:
            typer.echo(f"  perhaps somebody else: {around(one.text, words)}")
        for mark in shown.marked(one.place):
            typer.echo(f"  left out [{mark.id}]: {mark.words} ({mark.ground}: {mark.reason}, {mark.by})")
    if not shown.passages:
        typer.echo("Nothing goes out but the person's own words.")


def leave_out(
    reference: CaseName,
    place: Annotated[str, typer.Argument(help="The text, as `dossiers texts` names it, such as field:notes.")],
    words: Annotated[str, typer.Argument(help="The words, as they stand there.")],
    *,
    ground: Annotated[Withheld, typer.Option("--ground", help="Whose rights they would hurt.")] = Withheld.OTHER_PERSON,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the file.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Leave words out of the copy for somebody else's sake; the answer says so. The original stays as it is."""
    where, _, key = place.partition(":")

    mark = on_case(
        config, reference, lambda desk, case: desk.redactions.mark(case.id, (where, key), words, ground, reason, staff)
    )
    if as_json:
        print_json({"id": mark.id, "place": _place(mark.place), "words": mark.words, "ground": mark.ground.value})
    else:
        typer.echo(f"“{mark.words}” stays out. Let the answer end as partly, then prepare the copy: `dossiers make`.")


def put_back(
    reference: CaseName,
    mark: Annotated[str, typer.Argument(help="The mark's id, from `dossiers texts`.")],
    *,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Put words back that were left out."""
    on_case(config, reference, lambda desk, case: desk.redactions.unmark(case.id, mark, staff))
    if as_json:
        print_json({"put_back": mark})
    else:
        typer.echo("They go out again. Prepare the copy (again): `dossiers make`.")


def _place(place: Place) -> str:
    return f"{place.where}:{place.key}" + (f" ({place.name}, {place.on})" if place.on else "")


def _text(passage: Passage, marks: Sequence[Redaction]) -> dict[str, Any]:
    return {
        "place": f"{passage.place.where}:{passage.place.key}",
        "name": passage.place.name,
        "text": passage.text,
        "suggested": list(passage.suggested),
        "left_out": [{"id": mark.id, "words": mark.words, "ground": mark.ground.value} for mark in marks],
    }
