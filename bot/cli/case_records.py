"""`cases history|pack`: what happened in a case, to read here or to hand over."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import Desk
from bot.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    CaseName,
    Config,
    Onlooker,
    StaffMember,
    at_the_desk,
    find,
    print_json,
    told_plainly,
)
from bot.cli.files import must_be_new, write_privately
from bot.core.case_record import Happening
from bot.core.packages import PackageFile, zipped
from bot.core.unit import Unit
from bot.flow.admission import look_at
from bot.flow.history import history_of
from bot.flow.regulator_pack import PAGE


def register(app: typer.Typer) -> None:
    """Add the commands to `cases`."""
    app.command("history")(show_history)
    app.command("pack")(pack_case)


def show_history(
    reference: CaseName, *, staff: Onlooker = "", config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Tell who did what and when in a case, and in those that joined it. The look is recorded."""

    def read(unit: Unit, desk: Desk) -> tuple[Happening, ...]:
        return history_of(unit, look_at(unit, find(unit, reference), staff, desk.clock.now()), staff)

    happened = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: read(unit, desk)))
    if as_json:
        print_json(
            [
                {
                    "at": one.at.isoformat(),
                    "who": one.who,
                    "what": one.what,
                    "case": one.reference,
                    "facts": dict(one.facts),
                }
                for one in happened
            ]
        )
        return
    for one in happened:
        facts = ", ".join(f"{name}: {value}" for name, value in one.facts.items() if value)
        typer.echo(f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {one.who}: {one.what.replace('_', ' ')}  {facts}".rstrip())


def pack_case(
    reference: CaseName,
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="The file to write; it must not exist yet.")],
    *,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Put a whole case into one file for an authority: a PDF to read, the originals, the proofs, every SHA-256.

    For the data protection officer. It holds everything the person wrote: hand it over as carefully.
    """
    with told_plainly():
        must_be_new(out)

    def read(unit: Unit, desk: Desk) -> tuple[Mapping[str, bytes], date]:
        now = desk.clock.now()
        return desk.packing.pack(unit, find(unit, reference), staff, now), now.date()

    files, day = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: read(unit, desk)))
    packed = zipped([PackageFile(name, content) for name, content in sorted(files.items())], day)
    with told_plainly():
        write_privately(out, packed)
    digest = hashlib.sha256(packed).hexdigest()
    if as_json:
        print_json({"file": str(out), "sha256": digest, "files": sorted(files)})
    else:
        typer.echo(f"{out} holds {len(files)} files; read {PAGE} first. SHA-256 of the whole: {digest}")
