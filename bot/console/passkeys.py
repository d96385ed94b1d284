"""Passkeys: come in with one, show one again before what matters, add and remove one's own."""

from fastapi import APIRouter, Response

from bot.console import account as account_page
from bot.console.admission import Admitted, local
from bot.core.errors import NotAllowed

router = APIRouter()


@router.post("/sign-in/passkey-challenge")
async def challenge_anybody(visit: Admitted) -> Response:
    """Hand out a challenge; it says nothing of who has a passkey here."""
    return _for_the_browser(await visit.office.passkeys.begin_showing(visit.holder))


@router.post("/sign-in/passkey")
async def come_in(visit: Admitted) -> Response:
    """Let somebody in by a passkey; the browser is known from now on."""
    onward = local(visit.form["next"])
    try:
        token, email = await visit.office.passkeys.come_in(visit.holder, visit.form["answer"])
    except NotAllowed as refused:
        return visit.page("sign_in.html", 403, email="", problem=str(refused), next=onward, left=False)
    response = visit.go(onward)
    visit.give_session(response, token)
    visit.give_device(response, await visit.office.door.know_device(email))
    return response


@router.post("/prove/passkey-challenge")
async def challenge_again(visit: Admitted) -> Response:
    """Hand out a challenge to somebody who is inside."""
    return _for_the_browser(await visit.office.passkeys.begin_showing(visit.holder))


@router.post("/prove/passkey")
async def prove(visit: Admitted) -> Response:
    """Take a passkey in place of the password and go on to where it was needed."""
    onward = local(visit.form["next"])
    try:
        token = await visit.office.passkeys.prove_again(visit.me, visit.form["answer"])
    except NotAllowed as refused:
        return visit.page("prove.html", 403, problem=str(refused), next=onward)
    response = visit.go(onward)
    visit.give_session(response, token)
    return response


@router.post("/account/passkey-challenge")
async def challenge_to_add(visit: Admitted) -> Response:
    """Hand out what a device needs to make a key."""
    return _for_the_browser(await visit.office.passkeys.begin_adding(visit.me))


@router.post("/account/passkeys")
async def add(visit: Admitted) -> Response:
    """Take up the key a device made."""
    try:
        await visit.office.passkeys.add(visit.me, visit.form["answer"], visit.form["name"])
    except NotAllowed as refused:
        return await account_page.page(visit, 422, str(refused))
    return visit.go("/account?done=passkey")


@router.post("/account/forget-passkey")
async def remove(visit: Admitted) -> Response:
    """Forget one of one's own keys."""
    await visit.office.passkeys.remove(visit.me, visit.form["passkey"])
    return visit.go("/account?done=passkey_removed")


def _for_the_browser(options: str) -> Response:
    return Response(options, media_type="application/json")
