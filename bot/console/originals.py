"""What came, as it came: always a download, and HTML only in a frame that can do nothing."""

import asyncio
from typing import Final
from urllib.parse import quote

import nh3
from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from bot.channels.mime.structure import read_structure
from bot.console.admission import Admitted
from bot.console.office import Office
from bot.core.errors import NotFound, Unparsable
from bot.core.messages import MAIL
from bot.core.records import Kept
from bot.flow.case_file import open_message

router = APIRouter()

FRAMED: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
_TAGS: Final = frozenset(
    {
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
    }
    | {"strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
)
_LOOK: Final = "<style>body{font:1rem/1.5 system-ui,sans-serif;margin:1rem;overflow-wrap:anywhere}</style>"
_PLAIN: Final = "application/octet-stream"


@router.get("/messages/{message}/original")
async def original(visit: Admitted, message: str) -> Response:
    """Hand the whole message out as a file."""
    return await original_of(visit.office, message, visit.me.email)


@router.get("/messages/{message}/parts/{part}")
async def part(visit: Admitted, message: str, part: int) -> Response:
    """Hand one attachment out as a file; nothing a stranger sent is ever shown in place."""
    return await part_of(visit.office, message, part, visit.me.email)


@router.get("/messages/{message}/html")
async def html(visit: Admitted, message: str) -> Response:
    """Show a mail's HTML, cleaned, for a sandboxed frame: no script, no picture, nothing from elsewhere."""
    _, raw = await _opened(visit.office, message, visit.me.email)
    return HTMLResponse(await asyncio.to_thread(_cleaned, raw), headers={"Content-Security-Policy": FRAMED})


def _cleaned(raw: bytes) -> str:
    try:
        rich = [leaf.text for leaf in read_structure(raw).walk() if leaf.media_type == "text/html"]
    except Unparsable:
        rich = []
    inner = nh3.clean(rich[0][:400_000], tags=set(_TAGS), attributes={}, url_schemes=set()) if rich else ""
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>HTML</title>{_LOOK}</head><body>{inner}</body></html>'
    )


async def original_of(office: Office, message: str, staff: str) -> Response:
    """Hand a whole message out; the look is on file. Raises NotFound, NotAllowed."""
    kept, raw = await _opened(office, message, staff)
    return await _handed_out(office, raw, f"{kept.id}.{'eml' if kept.channel == MAIL else 'json'}")


async def part_of(office: Office, message: str, part: int, staff: str) -> Response:
    """Hand one attachment out, a chat's from its copy or where it lies; the look is on file.

    Raises NotFound, NotAllowed.
    """
    kept, raw = await _opened(office, message, staff)
    known = next((one for one in kept.message.attachments if one.part == part), None) if kept.message else None
    keeper = office.files.get(kept.channel)
    if known is not None and known.reference:
        copy = await office.store.transact(lambda unit: unit.copies.content(message, part))
        if copy is not None:
            return await _handed_out(office, copy, known.name)
        if keeper is not None:
            return await _handed_out(office, await keeper.fetch(known.reference), known.name)
    leaves = await asyncio.to_thread(lambda: list(read_structure(raw).walk())) if known and kept.channel == MAIL else []
    if known is None or part >= len(leaves):
        raise NotFound(f"there is no file {part} of message {message}")
    return await _handed_out(office, leaves[part].content, known.name)


async def _handed_out(office: Office, data: bytes, name: str) -> Response:
    """Hand a stranger's file out, once the scanner found nothing where there is one."""
    if office.scanner is not None:
        await office.scanner.require_clean(name, data)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    }
    return Response(data, media_type=_PLAIN, headers=headers)


async def _opened(office: Office, message: str, staff: str) -> tuple[Kept, bytes]:
    now = office.clock.now()
    return await office.store.transact(lambda unit: open_message(unit, message, staff, now))
