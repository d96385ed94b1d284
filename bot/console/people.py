"""Colleagues: who may do what, invitations, and roles."""

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.core.accounts import Colleague
from bot.core.drafts import Role
from bot.core.errors import NotAllowed
from bot.core.unit import Unit

router = APIRouter()


@router.get("/people")
async def people(visit: Admitted) -> Response:
    """List colleagues with their roles."""
    return await _page(visit)


@router.post("/people/invite")
async def invite(visit: Admitted) -> Response:
    """Make an invitation and show its link, this once; nothing is mailed."""
    try:
        token = await visit.office.invitations.invite(visit.form["email"], _roles(visit), visit.me.email)
    except NotAllowed as refused:
        return await _page(visit, 422, problem=str(refused))
    return await _page(visit, link=f"{visit.office.public_url.rstrip('/')}/welcome/{token}")


@router.post("/people/roles")
async def set_roles(visit: Admitted) -> Response:
    """Give a colleague exactly the roles that are ticked."""
    try:
        await visit.office.invitations.set_roles(visit.form["email"], _roles(visit), visit.me.email)
    except NotAllowed as refused:
        return await _page(visit, 422, problem=str(refused))
    return visit.go("/people")


def _roles(visit: Visit) -> frozenset[Role]:
    ticked = set(visit.form.all("role"))
    return frozenset(role for role in Role if role.value in ticked)


async def _page(visit: Visit, status: int = 200, *, problem: str = "", link: str = "") -> Response:
    def look(unit: Unit) -> list[Colleague]:
        everyone = unit.staff.everyone()
        accounts = {email: unit.accounts.account(email) for email in everyone}
        return [
            Colleague(email, roles, account.name if (account := accounts[email]) else "", account is not None)
            for email, roles in everyone.items()
        ]

    colleagues = await visit.office.store.transact(look)
    proved = visit.me.proved_lately(visit.office.clock.now())
    return visit.page(
        "people.html", status, colleagues=colleagues, roles=list(Role), problem=problem, link=link, proved=proved
    )
