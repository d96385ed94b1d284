"""Signing in and out: the password, the second proof, and the password once more."""

from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from bot.console.admission import Admitted, form_seal, local
from bot.core.accounts import Stage
from bot.core.errors import NotAllowed

router = APIRouter()


@router.get("/sign-in")
async def ask_password(visit: Admitted) -> Response:
    """Ask for address and password; who is inside already goes on."""
    onward = local(visit.request.query_params.get("next", "/"))
    if visit.visitor is not None and visit.visitor.session.stage is Stage.INSIDE:
        return visit.go(onward)
    left = visit.request.query_params.get("left") == "company"
    return visit.page("sign_in.html", email="", problem="", next=onward, left=left)


@router.post("/sign-in")
async def judge_password(visit: Admitted) -> Response:
    """Judge the password; the same words whether or not there is such an account."""
    form, onward = visit.form, local(visit.form["next"])
    try:
        token, stage = await visit.office.door.knock(form["email"], form["password"], visit.knock)
    except NotAllowed as refused:
        return visit.page("sign_in.html", 403, email=form["email"], problem=str(refused), next=onward, left=False)
    response = visit.go(onward if stage is Stage.INSIDE else f"/sign-in/code?next={quote(onward)}")
    visit.give_session(response, token)
    return response


@router.get("/sign-in/code")
async def ask_code(visit: Admitted) -> Response:
    """Ask for the second proof."""
    return visit.page("code.html", problem="", next=local(visit.request.query_params.get("next", "/")))


@router.post("/sign-in/code")
async def judge_code(visit: Admitted) -> Response:
    """Judge the second proof; the session gets a new token, the browser is known from now on."""
    onward, held = local(visit.form["next"]), visit.visitor
    if held is None:
        return visit.go("/sign-in")
    try:
        token = await visit.office.door.prove(held.token, visit.form["code"], visit.knock)
    except NotAllowed as refused:
        return visit.page("code.html", 403, problem=str(refused), next=onward)
    response = visit.go(onward)
    visit.give_session(response, token)
    visit.give_device(response, await visit.office.door.know_device(held.email))
    return response


@router.post("/sign-out")
async def sign_out(visit: Admitted) -> Response:
    """End the session."""
    await visit.office.door.leave(visit.me.token)
    response = visit.go("/sign-in?left=company" if visit.me.by_company else "/sign-in")
    visit.take_session(response)
    return response


@router.get("/form-seal")
async def seal_anew(visit: Admitted) -> Response:
    """Seal the forms of a page that outlived its session, and say whose session it is now; our script asks."""
    return JSONResponse({"colleague": visit.me.email, "seal": form_seal(visit.holder)})


@router.get("/prove")
async def ask_again(visit: Admitted) -> Response:
    """Ask for the password once more."""
    return visit.page("prove.html", problem="", next=local(visit.request.query_params.get("next", "/")))


@router.post("/prove")
async def judge_again(visit: Admitted) -> Response:
    """Judge the password once more and go on to where it was needed."""
    onward = local(visit.form["next"])
    try:
        token = await visit.office.door.prove_again(visit.me, visit.form["password"], visit.knock)
    except NotAllowed as refused:
        return visit.page("prove.html", 403, problem=str(refused), next=onward)
    response = visit.go(onward)
    visit.give_session(response, token)
    return response
