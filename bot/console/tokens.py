"""Programs that act for colleagues through the API: each makes tokens of their own, an administrator ends anybody's."""

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.core.drafts import Role
from bot.core.errors import NotAllowed
from bot.flow.api_tokens import seen_by

router = APIRouter()


@router.get("/tokens")
async def tokens(visit: Admitted) -> Response:
    """List the tokens a colleague may end."""
    return await _page(visit)


@router.post("/tokens/make")
async def make(visit: Admitted) -> Response:
    """Make a token of one's own and show it, this once."""
    form = visit.form
    roles = frozenset(role for role in Role if role.value in form.all("role"))
    days = int(form["days"]) if form["days"].isascii() and form["days"].isdecimal() and len(form["days"]) < 5 else 0  # noqa: PLR2004
    try:
        may_export = form["exports"] == "yes"
        secret, _ = await visit.office.tokens.make(form["name"], roles, days, visit.me.email, may_export=may_export)
    except NotAllowed as refused:
        return await _page(visit, 422, problem=str(refused))
    return await _page(visit, secret=secret)


@router.post("/tokens/end")
async def end(visit: Admitted) -> Response:
    """End a token: what uses it is shut out at once."""
    await visit.office.tokens.end(visit.form["token"], visit.me.email)
    return visit.go("/tokens")


async def _page(visit: Visit, status: int = 200, *, problem: str = "", secret: str = "") -> Response:
    me, now = visit.me.email, visit.office.clock.now()
    found = await visit.office.store.transact(lambda unit: seen_by(unit, me))
    return visit.page(
        "tokens.html",
        status,
        tokens=found,
        roles=[role for role in Role if role in visit.me.roles],
        proved=visit.me.proved_lately(now),
        problem=problem,
        secret=secret,
    )
