"""What came, as it came: always a download, and HTML only in a frame that can do nothing."""

import asyncio
from typing import Final
from urllib.parse import quote

import nh3
from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse

from bot.channels.mime.structure import read_structure
from bot.console.admission import Admitted, Visit
from bot.core.errors import Unparsable
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
    kept, raw = await _opened(visit, message)
    return await _handed_out(visit, raw, f"{kept.id}.{'eml' if kept.channel == MAIL else 'json'}")


@router.get("/messages/{message}/parts/{part}")
async def part(visit: Admitted, message: str, part: int) -> Response:
    """Hand one attachment out as a file; nothing a stranger sent is ever shown in place."""
    kept, raw = await _opened(visit, message)
    known = next((one for one in kept.message.attachments if one.part == part), None) if kept.message else None
    keeper = visit.office.files.get(kept.channel)
    if known is not None and known.reference:
        copy = await visit.office.store.transact(lambda unit: unit.copies.content(message, part))
        if copy is not None:
            return await _handed_out(visit, copy, known.name)
        if keeper is not None:
            return await _handed_out(visit, await keeper.fetch(known.reference), known.name)
    if kept.channel != MAIL:
        raise HTTPException(404)
    leaves = await asyncio.to_thread(lambda: list(read_structure(raw).walk())) if known else []
    if known is None or part >= len(leaves):
        raise HTTPException(404)
    return await _handed_out(visit, leaves[part].content, known.name)


@router.get("/messages/{message}/html")
async def html(visit: Admitted, message: str) -> Response:
    """Show a mail's HTML, cleaned, for a sandboxed frame: no script, no picture, nothing from elsewhere."""
    _, raw = await _opened(visit, message)
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


async def _handed_out(visit: Visit, data: bytes, name: str) -> Response:
    """Hand a stranger's file out, once the scanner found nothing where there is one."""
    if visit.office.scanner is not None:
        await visit.office.scanner.require_clean(name, data)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    }
    return Response(data, media_type=_PLAIN, headers=headers)


async def _opened(visit: Visit, message: str) -> tuple[Kept, bytes]:
    me, now = visit.me.email, visit.office.clock.now()
    return await visit.office.store.transact(lambda unit: open_message(unit, message, me, now))
