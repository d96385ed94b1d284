"""A colleague's own account: language, password, passkeys, recovery codes, sessions elsewhere."""

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.words import LANGUAGES
from bot.core.errors import NotAllowed
from bot.flow.own_account import OwnAccount

router = APIRouter()


@router.get("/account")
async def account(visit: Admitted) -> Response:
    """Show what there is to change."""
    return await page(visit)


@router.post("/account/language")
async def choose_language(visit: Admitted) -> Response:
    """Remember the language a colleague wants to read."""
    if visit.form["language"] in LANGUAGES:
        await visit.office.door.speak(visit.me.email, visit.form["language"])
    return visit.go("/account")


@router.post("/account/password")
async def change_password(visit: Admitted) -> Response:
    """Take a new password for the old one."""
    form = visit.form
    try:
        token = await _own(visit).change_password(visit.me, form["old"], form["new"], visit.knock)
    except NotAllowed as refused:
        return await page(visit, 422, str(refused))
    response = visit.go("/account?done=password")
    visit.give_session(response, token)
    return response


@router.post("/account/recovery")
async def renew_recovery(visit: Admitted) -> Response:
    """Show new recovery codes, this once."""
    return visit.page("recovery.html", codes=await _own(visit).renew_recovery(visit.me.email))


@router.post("/account/sessions")
async def end_others(visit: Admitted) -> Response:
    """End this colleague's sessions everywhere else."""
    await _own(visit).end_others(visit.me)
    return visit.go("/account?done=sessions")


def _own(visit: Visit) -> OwnAccount:
    return OwnAccount(visit.office.door)


async def page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    """Show the account, with what went wrong."""
    email, office = visit.me.email, visit.office
    return visit.page(
        "account.html",
        status,
        left=await _own(visit).recovery_left(email),
        passkeys=await office.passkeys.passkeys(email),
        proved=visit.me.proved_lately(office.clock.now()),
        problem=problem,
        done=visit.request.query_params.get("done", ""),
    )
