"""The page "how far is my request?" and the receipt: the same words, status and time for known and unknown."""

import asyncio
from typing import Final

from fastapi import FastAPI, Request, Response

from bot.console.doorstep import Doorstep, language_of
from bot.console.form import read_form
from bot.console.office import Office
from bot.core.pages import Page, PageKind
from bot.core.tickets import Door
from bot.flow.progress import Progress

PATH: Final = f"/{Door.STATUS}"
PACE: Final = 0.5
"""Seconds that every answer takes at least, so that nobody hears from the time whether there was anything to do."""


def open_status(app: FastAPI, office: Office, doorstep: Doorstep) -> None:
    """Put the pages up."""
    desk = office.reception.statuses

    @app.api_route(PATH, methods=["GET", "HEAD"])
    async def ask(request: Request) -> Response:
        """Ask for a reference."""
        return doorstep.show(Page(PageKind.STATUS_ASK, language_of(request)), asks="reference")

    @app.post(PATH)
    async def answer(request: Request) -> Response:
        """Send a code for a reference, or show how far the case is for the code."""
        if await doorstep.is_crowded(request):
            return doorstep.too_often(request)
        form = await read_form(request)
        paced = asyncio.create_task(asyncio.sleep(PACE))
        if not form["ticket"]:
            ticket = await desk.ask(form["reference"])
            await paced
            return takes_code(request, PageKind.STATUS_CODE, ticket)
        progress = await desk.shown(form["ticket"], form["code"])
        await paced
        if progress is None:
            return takes_code(request, PageKind.STATUS_WRONG, form["ticket"])
        return shown(request, PageKind.STATUS_SHOWN, progress)

    @app.api_route(Door.RECEIPT.path + "{ticket}", methods=["GET", "HEAD"])
    async def receipt(request: Request, ticket: str) -> Response:
        """Show the receipt of a case that has ended."""
        progress = await office.reception.receipts.shown(ticket)
        if progress is None:
            return doorstep.show(Page(PageKind.RECEIPT_GONE, language_of(request)), 404)
        return shown(request, PageKind.RECEIPT, progress)

    def takes_code(request: Request, kind: PageKind, ticket: str) -> Response:
        return doorstep.show(Page(kind, language_of(request)), code=True, field=("ticket", ticket))

    def shown(request: Request, kind: PageKind, progress: Progress) -> Response:
        language = language_of(request, progress.language)
        page = Page(kind, language, reference=progress.reference, lines=progress.lines)
        return doorstep.show(page, leads=Door.RECEIPT.path + progress.receipt if progress.receipt else "")
