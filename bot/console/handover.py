"""The page where somebody opens their data: it asks for a code, and hands out one file for the right one.

What is held of one chat account needs no code: looking opens nothing, the button does.
"""

from fastapi import FastAPI, Request, Response

from bot.console.doorstep import Doorstep, language_of
from bot.console.form import read_form
from bot.console.office import Office
from bot.core.messages import is_chat
from bot.core.packages import PATH, Package
from bot.core.pages import Page, PageKind


def open_handover(app: FastAPI, office: Office, doorstep: Doorstep) -> None:
    """Put the page up."""

    @app.api_route(PATH + "{token}", methods=["GET", "HEAD"])
    async def offer(request: Request, token: str) -> Response:
        """Offer to send the code, or take the one that was told; looking sends nothing."""
        return shown(request, PageKind.PACKAGE_ASK, await office.dossiers.offered(token))

    @app.post(PATH + "{token}")
    async def hand_over(request: Request, token: str) -> Response:
        """Send the code, or open the package with the one that was typed."""
        if await doorstep.is_crowded(request):
            return doorstep.too_often(request)
        form = await read_form(request)
        if not form["code"] and not await _opens_without_code(office, token):
            return shown(request, PageKind.PACKAGE_CODE, await office.dossiers.send_code(token))
        opened = await office.dossiers.open(token, form["code"])
        if not isinstance(opened, tuple):
            return shown(request, PageKind.PACKAGE_WRONG, opened)
        package, archive = opened
        name = f"{package.kind}-{package.made_at:%Y-%m-%d}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(archive, media_type="application/zip", headers=headers)

    def shown(request: Request, kind: PageKind, package: Package | None) -> Response:
        """Show a step; a link that is too old and one that never was look the same."""
        if package is None:
            return doorstep.show(Page(PageKind.PACKAGE_GONE, language_of(request)), 404)
        language = language_of(request, package.language)
        until = office.house.calendar.civil_date(package.expires_at)
        if is_chat(package.recipient.channel):
            told = Page(_from_chat(package, kind), language, until=until)
            return doorstep.show(told, code=not package.opens_without_code)
        asks = Page(PageKind.PACKAGE_ASK, language, until=until)
        if kind is PageKind.PACKAGE_ASK:
            return doorstep.show(asks)
        return doorstep.show(Page(kind, language, until=until), code=True, again=doorstep.writer.page(asks).button)


async def _opens_without_code(office: Office, token: str) -> bool:
    offered = await office.dossiers.offered(token)
    return offered is not None and offered.opens_without_code


def _from_chat(package: Package, step: PageKind) -> PageKind:
    """Return what the page says behind a link in a chat: no code is sent from it."""
    if package.opens_without_code:
        return PageKind.PACKAGE_ACCOUNT
    return PageKind.PACKAGE_TOLD_WRONG if step is PageKind.PACKAGE_WRONG else PageKind.PACKAGE_TOLD
