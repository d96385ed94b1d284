"""`tasks list|done|except|undo|files|rehearse`: what has to be done before a letter may say that it was."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import Desk
from bot.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    CaseName,
    Config,
    StaffMember,
    at_the_desk,
    find,
    print_json,
    told_plainly,
)
from bot.cli.files import must_be_new, write_privately
from bot.core.case import Case
from bot.core.rehearsal import Fate, Foreseen
from bot.core.tasks import Task, TaskKind
from bot.core.unit import Unit
from bot.flow.admission import look_at
from bot.flow.rehearsing import rehearse

app = typer.Typer(help="What has to be done before a letter may say that it was.", no_args_is_help=True)

TaskId = Annotated[str, typer.Argument(metavar="TASK", help="Its id; the beginning suffices.")]

_CALLS_FOR = {
    TaskKind.TELL: "tell {}",
    TaskKind.HAND_OVER: "send it to {}",
    TaskKind.ERASE_ROW: "erase customer {} here, once the answer has left",
}
_CALLED = {Fate.GOES: "goes", Fate.STAYS: "stays", Fate.WEIGH: "to weigh"}


@app.command("list")
def list_tasks(
    *,
    mine: Annotated[bool, typer.Option("--mine", help="Only those that are mine to do.")] = False,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List what is still to be done, oldest first: systems to change, recipients to tell (Art. 19)."""
    waiting, _ = at_the_desk(config, lambda desk: desk.tasks.open(staff))
    found = [(task, case) for task, case in waiting if not mine or task.owner == staff.lower()]
    if as_json:
        print_json([_row(task) | {"case": case.reference} for task, case in found])
        return
    for task, case in found:
        typer.echo(f"{task.id}  {case.reference}  {_said(task)}")
    if not found:
        typer.echo("Nothing is left to do.")


@app.command("done")
def done(
    task: TaskId,
    *,
    note: Annotated[str, typer.Option(help="What was done there, for the file.")] = "",
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Mark what was done in a system, and erase the record's own row once the answer has left.

    With the last system of a case, the notices to recipients are drafted.
    """
    _tell(at_the_desk(config, lambda desk: desk.tasks.done(task, staff, note)), as_json=as_json)


@app.command("except")
def except_(
    task: TaskId,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is not done, for the file.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say why a task is not done: nothing is there; telling is impossible or disproportionate (Art. 19)."""
    _tell(at_the_desk(config, lambda desk: desk.tasks.except_(task, staff, reason)), as_json=as_json)


@app.command("undo")
def undo(task: TaskId, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Open a task again that was marked by mistake, or have a notice that was sent back or lost drafted anew."""
    _tell(at_the_desk(config, lambda desk: desk.tasks.undo(task, staff)), as_json=as_json)


@app.command("files")
def take_along(
    task: TaskId,
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="The file to write; it must not exist yet.")],
    *,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Save the files that a direct transfer sends (Art. 20(2)), once another colleague approved the answer."""
    with told_plainly():
        must_be_new(out)
    files = at_the_desk(config, lambda desk: desk.dossiers.take_along(task, staff))
    with told_plainly():
        write_privately(out, files.data)
    if as_json:
        print_json({"file": str(out), "sha256": sha256(files.data).hexdigest()})
    else:
        typer.echo(f"{out}: send it to the service they named, note it with `tasks done`, and delete it.")


@app.command("rehearse")
def rehearsal(
    reference: CaseName, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Say what the erasure a case asks for would do: what goes, what stays and why. Nothing is changed."""

    def read(unit: Unit, desk: Desk) -> tuple[Case, Sequence[Foreseen], Sequence[Task]]:
        case = look_at(unit, find(unit, reference), staff, desk.clock.now())
        return case, rehearse(unit, desk.house, case), unit.tasks.of_case(case.id)

    case, foreseen, tasks = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: read(unit, desk)))
    if as_json:
        lines = [{"fate": one.fate.value, "what": one.what, "why": one.why, "detail": one.detail} for one in foreseen]
        print_json({"case": case.reference, "foreseen": lines, "tasks": [_row(task) for task in tasks]})
        return
    for one in foreseen:
        typer.echo(f"{_CALLED[one.fate]:>8}  {one.what}: {one.why}" + (f" ({one.detail})" if one.detail else ""))
    for task in tasks:
        typer.echo(f"    task  {_said(task)}")
    if not foreseen:
        typer.echo(f"Case {case.reference} asks for no erasure.")


def _tell(task: Task, *, as_json: bool) -> None:
    if as_json:
        print_json(_row(task))
    else:
        typer.echo(_said(task))


def _said(task: Task) -> str:
    what = _CALLS_FOR.get(task.kind, "{}").format(task.name)
    if task.is_open:
        notice = f"approve its notice {task.draft} (sent back or lost: `tasks undo`)" if task.draft else ""
        ended = notice or task.owner or "to be done by whoever can"
    else:
        ended = f"{'left out' if task.excepted else 'done'} by {task.by}" + (f": {task.note}" if task.note else "")
    return f"{task.right}, {what}: {ended}"


def _row(task: Task) -> dict[str, Any]:
    """Return a task as programs read it."""
    return {
        "id": task.id,
        "right": task.right.value,
        "kind": task.kind.value,
        "name": task.name,
        "owner": task.owner,
        "opened_at": task.opened_at.isoformat(),
        "ended_at": task.ended_at.isoformat() if task.ended_at else None,
        "by": task.by,
        "excepted": task.excepted,
        "note": task.note,
        "draft": task.draft,
    }
