"""The redaction desk: what goes along with a copy, whom it may name, and what stays out for somebody else's sake."""

from collections.abc import Awaitable, Sequence
from typing import Final

from fastapi import APIRouter, Response
from markupsafe import Markup

from bot.console.admission import Admitted, Visit
from bot.console.words import N_
from bot.core.enclosures import KINDS
from bot.core.errors import BadInput, NotAllowed
from bot.core.redaction import Passage, Redaction, split_at
from bot.core.withholding import Withheld
from bot.flow.case_file import seen_case

router = APIRouter()

NO_FILE: Final = N_("Choose a file first.")


@router.get("/cases/{case}/copy")
async def show(visit: Admitted, case: str) -> Response:
    """Show every text of the copy but the person's own words; the look is on file."""
    return await page(visit, case)


@router.post("/cases/{case}/copy/file")
async def add(visit: Admitted, case: str) -> Response:
    """Let a file go along."""
    file = visit.form.file
    if file is None or not file.name:
        return await page(visit, case, 422, NO_FILE)
    ident = await _case(visit, case)
    return await _do(
        visit, case, "file_added", visit.office.redactions.attach(ident, file.name, file.data, visit.me.email)
    )


@router.post("/cases/{case}/copy/take-away")
async def take_away(visit: Admitted, case: str) -> Response:
    """Take a file away again."""
    ident, name = await _case(visit, case), visit.form["name"]
    return await _do(visit, case, "file_removed", visit.office.redactions.detach(ident, name, visit.me.email))


@router.post("/cases/{case}/copy/leave-out")
async def leave_out(visit: Admitted, case: str) -> Response:
    """Keep words out of the copy, for a reason on file."""
    form, ident = visit.form, await _case(visit, case)
    ground = next((one for one in Withheld if one == form["ground"]), Withheld.OTHER_PERSON)
    place = (form["where"], form["key"])
    marking = visit.office.redactions.mark(ident, place, form["words"], ground, form["reason"], visit.me.email)
    return await _do(visit, case, "left_out", marking)


@router.post("/cases/{case}/copy/put-back")
async def put_back(visit: Admitted, case: str) -> Response:
    """Let words out again."""
    ident = await _case(visit, case)
    return await _do(visit, case, "put_back", visit.office.redactions.unmark(ident, visit.form["mark"], visit.me.email))


async def page(visit: Visit, reference: str, status: int = 200, problem: str = "") -> Response:
    shown = await visit.office.redactions.look(await _case(visit, reference), visit.me.email)
    return visit.page(
        "redacting.html",
        status,
        case=shown.case,
        files=shown.files,
        texts=[(one, shown.marked(one.place), _marked(one, shown.marked(one.place))) for one in shown.passages],
        grounds=list(Withheld),
        kinds=",".join(f".{kind}" for kind in KINDS),
        problem=problem,
        done=visit.request.query_params.get("done", ""),
        typed=visit.form,
    )


async def _case(visit: Visit, reference: str) -> str:
    me = visit.me.email
    return await visit.office.store.transact(lambda unit: seen_case(unit, reference, me).id)


async def _do(visit: Visit, reference: str, done: str, deed: Awaitable[object]) -> Response:
    try:
        await deed
    except (NotAllowed, BadInput) as refused:
        return await page(visit, reference, 422, str(refused))
    return visit.go(f"/cases/{reference}/copy?done={done}")


def _marked(passage: Passage, marks: Sequence[Redaction]) -> Markup:
    """Return a text with what is left out struck, and what may name somebody else underlined."""
    out = {mark.words for mark in marks}
    pieces = split_at(passage.text, [*out, *(one for one in passage.suggested if one not in out)])
    dressed = (_dressed(piece, words, out) for piece, words in pieces)
    return Markup("").join(dressed)


def _dressed(piece: str, words: str, out: set[str]) -> Markup | str:
    if not words:
        return piece
    return (Markup("<del>{}</del>") if words in out else Markup("<mark>{}</mark>")).format(piece)
