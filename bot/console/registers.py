"""Registers: who must not get which mailing, and who is on record."""

from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.words import N_
from bot.core.errors import BadInput, NotAllowed
from bot.core.rights import Scope
from bot.core.spreadsheet import write_table
from bot.flow.case_file import find_customers
from bot.flow.customers import ImportReport

router = APIRouter()

MOST: Final = 200
NO_FILE: Final = N_("Choose a file first, one that is not empty.")
NOT_UTF_8: Final = N_("This file is not in UTF-8. In Excel choose “CSV UTF-8” when you save it, then try again.")


@router.get("/suppressions")
async def suppressions(visit: Admitted) -> Response:
    """List the newest opt-outs in force."""
    return await _opt_outs(visit)


@router.post("/suppressions/add")
async def add(visit: Admitted) -> Response:
    """Stop mailings because a person said so elsewhere: by phone, at a desk, in a letter."""
    form = visit.form
    try:
        await visit.office.suppressions.add(form["recipient"], _scope(visit), visit.me.email, form["reason"].strip())
    except (BadInput, NotAllowed) as refused:
        return await _opt_outs(visit, 422, problem=str(refused))
    return visit.go("/suppressions?done=stopped")


@router.post("/suppressions/lift")
async def lift(visit: Admitted) -> Response:
    """Let one kind of mailing go out again to one address."""
    form = visit.form
    try:
        await visit.office.suppressions.lift(form["recipient"], _scope(visit), visit.me.email, form["reason"].strip())
    except (BadInput, NotAllowed) as refused:
        return await _opt_outs(visit, 422, problem=str(refused))
    return visit.go("/suppressions?done=lifted")


@router.post("/suppressions/export")
async def export(visit: Admitted) -> Response:
    """Hand all of them out as CSV, for whoever sends the mailings."""
    found = await visit.office.suppressions.hand_out(visit.me.email)
    cells = [(one.handle.channel, one.handle.value, one.scope.value, one.since.isoformat()) for one in found]
    headers = {"Content-Disposition": 'attachment; filename="suppressions.csv"'}
    written = write_table(("channel", "value", "scope", "since"), cells)
    return Response(written, media_type="text/csv", headers=headers)


def _scope(visit: Visit) -> Scope:
    """Return the kind that was chosen; a form without one means all, the one that stops most."""
    return next((scope for scope in Scope if scope == visit.form["scope"]), Scope.ALL)


async def _opt_outs(visit: Visit, status: int = 200, *, problem: str = "") -> Response:
    found = await visit.office.store.transact(lambda unit: unit.suppressions.listed(MOST))
    done = visit.request.query_params.get("done", "")
    return visit.page(
        "suppressions.html", status, found=found, most=MOST, scopes=list(Scope), problem=problem, done=done
    )


@router.get("/customers")
async def customers(visit: Admitted) -> Response:
    """Count customers and offer to find one."""
    count = await visit.office.store.transact(lambda unit: unit.directory.count())
    return visit.page("customers.html", count=count, found=None, words="")


@router.get("/customers/import")
async def begin_import(visit: Admitted) -> Response:
    """Ask for the file."""
    return _import(visit, "")


@router.post("/customers/import")
async def import_customers(visit: Admitted) -> Response:
    """Show what an import would do, row by row where one is bad; import on the second yes."""
    form = visit.form
    rows = form.text("rows") or (form.file.text if form.file else "")
    if not rows.strip():
        return _import(visit, "", 422, problem=NO_FILE)
    if "\ufffd" in rows:
        return _import(visit, "", 422, problem=NOT_UTF_8)
    lines, desk = rows.splitlines(keepends=True), visit.office.customers
    if form["deed"] == "import":
        return _import(visit, "", report=await desk.run_as(visit.me.email, lines))
    return _import(visit, rows, report=await desk.run(lines, dry_run=True))


def _import(
    visit: Visit, rows: str, status: int = 200, *, report: ImportReport | None = None, problem: str = ""
) -> Response:
    return visit.page("import.html", status, rows=rows, report=report, problem=problem)


@router.post("/customers/find")
async def find_customer(visit: Admitted) -> Response:
    """Find customers by a whole address, number of a phone or handle, or by whole words of their name.

    It is posted, so that it stays in no history.
    """
    house, words = visit.office.house, visit.form["words"].strip()
    found = await visit.office.store.transact(lambda unit: find_customers(unit, house, words))
    count = await visit.office.store.transact(lambda unit: unit.directory.count())
    return visit.page("customers.html", count=count, found=found, words=words)
