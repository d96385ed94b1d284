"""Calls of the redaction desk: what goes along with a copy, whom it may name, and what stays out for their sake."""

from collections.abc import Awaitable
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from bot.console.api.gate import Admitted, Caller, GatedRoute
from bot.console.api.wishes import LeftOut
from bot.core.enclosures import Enclosure
from bot.core.redaction import Passage, Redaction
from bot.core.withholding import Where, Withheld
from bot.flow.case_file import seen_case
from bot.flow.redacting import Weighed

router = APIRouter(route_class=GatedRoute, tags=["copies"])


class FileShape(BaseModel):
    """One file that goes along."""

    name: str
    bytes: int
    sha256: str
    by: str
    at: datetime

    @classmethod
    def of(cls, file: Enclosure) -> "FileShape":
        """Return a file as programs read it."""
        return cls(name=file.name, bytes=file.size, sha256=file.sha256, by=file.by, at=file.at)


class MarkShape(BaseModel):
    """Words left out of one text, and why; taking the mark away puts them back."""

    id: str
    where: Where
    key: str
    words: str
    ground: Withheld
    reason: str
    by: str
    at: datetime

    @classmethod
    def of(cls, mark: Redaction) -> "MarkShape":
        """Return a mark as programs read it."""
        place = mark.place
        return cls(
            id=mark.id,
            where=place.where,
            key=place.key,
            words=mark.words,
            ground=mark.ground,
            reason=mark.reason,
            by=mark.by,
            at=mark.at,
        )


class PassageShape(BaseModel):
    """One text of a copy, named by `where` and `key`; `suggested` are words in it that may name somebody else."""

    where: Where
    key: str
    name: str
    text: str
    suggested: list[str]

    @classmethod
    def of(cls, passage: Passage) -> "PassageShape":
        """Return a text as programs read it."""
        place = passage.place
        return cls(
            where=place.where,
            key=place.key,
            name=place.name,
            text=passage.text,
            suggested=list(passage.suggested),
        )


class CopyShape(BaseModel):
    """What lies on the redaction desk of one case."""

    files: list[FileShape]
    texts: list[PassageShape]
    marks: list[MarkShape]

    @classmethod
    def of(cls, weighed: Weighed) -> "CopyShape":
        """Return the desk as programs read it."""
        return cls(
            files=list(map(FileShape.of, weighed.files)),
            texts=list(map(PassageShape.of, weighed.passages)),
            marks=list(map(MarkShape.of, weighed.marks)),
        )


@router.get("/cases/{reference}/copy")
async def show_copy(caller: Admitted, reference: str) -> CopyShape:
    """Show every text of the copy but the person's own words; the look is on file."""
    return await _copy(caller, await _case(caller, reference))


@router.put(
    "/cases/{reference}/copy/files/{name}",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def add_file(caller: Admitted, reference: str, name: str, request: Request) -> CopyShape:
    """Let a file go along; the body is its bytes. Refused where one of this name is there."""
    case, data = await _case(caller, reference), await request.body()
    return await _done(caller, case, caller.office.redactions.attach(case, name, data, caller.staff))


@router.delete("/cases/{reference}/copy/files/{name}")
async def take_file_away(caller: Admitted, reference: str, name: str) -> CopyShape:
    """Take a file away, with the marks in it."""
    case = await _case(caller, reference)
    return await _done(caller, case, caller.office.redactions.detach(case, name, caller.staff))


@router.post("/cases/{reference}/copy/marks")
async def leave_out(caller: Admitted, reference: str, out: LeftOut) -> CopyShape:
    """Leave words out of one text, for a reason on file; the answer is drafted anew. Refused where they are out."""
    case, place = await _case(caller, reference), (out.where.value, out.key)
    desk = caller.office.redactions
    return await _done(caller, case, desk.mark(case, place, out.words, out.ground, out.reason, caller.staff))


@router.delete("/cases/{reference}/copy/marks/{mark}")
async def put_back(caller: Admitted, reference: str, mark: str) -> CopyShape:
    """Let words out again; the answer is drafted anew."""
    case = await _case(caller, reference)
    return await _done(caller, case, caller.office.redactions.unmark(case, mark, caller.staff))


async def _case(caller: Caller, reference: str) -> str:
    return await caller.office.store.transact(lambda unit: seen_case(unit, reference, caller.staff).id)


async def _done(caller: Caller, case: str, deed: Awaitable[object]) -> CopyShape:
    await deed
    return await _copy(caller, case)


async def _copy(caller: Caller, case: str) -> CopyShape:
    return CopyShape.of(await caller.office.redactions.look(case, caller.staff))
