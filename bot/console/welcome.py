"""Taking an invitation up: a name, a password, an authenticator, and recovery codes shown once."""

import segno
from fastapi import APIRouter, Response
from markupsafe import Markup

from bot.console.admission import Admitted, Visit
from bot.core.accounts import Invitation
from bot.core.errors import NotAllowed
from bot.core.one_time import app_address, spell
from bot.flow.inviting import Newcomer

router = APIRouter()


@router.get("/welcome/{token}")
async def look(visit: Admitted, token: str) -> Response:
    """Show what the invitation gives and ask for what it needs; nothing happens by looking."""
    return _page(visit, await visit.office.invitations.look(token), "")


@router.post("/welcome/{token}")
async def accept(visit: Admitted, token: str) -> Response:
    """Make the account and show the recovery codes."""
    form, invitations = visit.form, visit.office.invitations
    invitation = await invitations.look(token)
    newcomer = Newcomer(form["email"], form["name"], form["password"], form["code"], visit.language)
    try:
        session, codes = await invitations.accept(token, newcomer)
    except NotAllowed as refused:
        return _page(visit, invitation, str(refused), 422)
    response = visit.page("recovery.html", codes=codes)
    visit.give_session(response, session)
    visit.give_device(response, await visit.office.door.know_device(invitation.email or form["email"].strip().lower()))
    return response


def _page(visit: Visit, invitation: Invitation, problem: str, status: int = 200) -> Response:
    secret = bytes.fromhex(invitation.one_time_secret)
    address = app_address(secret, invitation.email or visit.office.house.contact, visit.office.house.name)
    picture = segno.make(address, error="m").svg_inline(scale=5, border=2, dark="#000", light="#fff", omitsize=True)
    return visit.page(
        "welcome.html",
        status,
        invitation=invitation,
        secret=spell(secret),
        picture=Markup(picture),  # noqa: S704 - made here from our own secret, every byte of it a path
        problem=problem,
        form=visit.form,
    )
