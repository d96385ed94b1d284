"""Who somebody is: asking them, asking facts, a colleague's word, a person's choice, and the end of a proof seen."""

from collections.abc import Awaitable
from typing import Final

from fastapi import APIRouter, Response

from bot.console import case as case_page
from bot.console.admission import Admitted
from bot.console.office import Office
from bot.console.words import N_
from bot.core.choice import Told
from bot.core.errors import NotAllowed
from bot.core.vouching import Ground
from bot.flow.case_file import case_of_message

router = APIRouter()

NO_GROUND: Final = N_("Choose what shows who it is.")

NOT_TOLD: Final = N_("Choose how the person heard that the platform reads along.")


@router.post("/cases/{case}/ask")
async def ask(visit: Admitted, case: str) -> Response:
    """Ask the person who they are, beyond what the table asks on a doubt with its reason (law.md rule 10)."""
    me, at, reason = visit.me.email, visit.form["at"].strip(), visit.form["reason"]

    def put(office: Office, case_id: str) -> Awaitable[object]:
        return office.approval.ask_identity(case_id, me, at, reason=reason)

    return await case_page.do(visit, case, "asked", put)


@router.post("/cases/{case}/undoubt")
async def undoubt(visit: Admitted, case: str) -> Response:
    """Withdraw a colleague's doubt, for a reason on file."""
    me, reason = visit.me.email, visit.form["reason"]

    def end(office: Office, case_id: str) -> Awaitable[object]:
        return office.approval.withdraw_doubt(case_id, reason, me)

    return await case_page.do(visit, case, "undoubted", end)


@router.post("/cases/{case}/ask-facts")
async def ask_facts(visit: Admitted, case: str) -> Response:
    """Ask facts of somebody who lost the address on record."""
    form, me = visit.form, visit.me.email

    def put(office: Office, case_id: str) -> Awaitable[object]:
        return office.facts.ask(case_id, form["of"].strip(), me, number=form["number"].strip())

    return await case_page.do(visit, case, "facts", put)


@router.post("/cases/{case}/vouch")
async def vouch(visit: Admitted, case: str) -> Response:
    """Record a colleague's word for who somebody is."""
    form, me = visit.form, visit.me.email
    ground = next((one for one in Ground if one.value == form["ground"]), None)
    if ground is None:
        return await case_page.page(visit, case, 422, NO_GROUND)

    def give(office: Office, case_id: str) -> Awaitable[object]:
        of, number = form["of"].strip(), form["number"].strip()
        return office.vouching.vouch(case_id, ground, of, form["reason"], me, number=number)

    return await case_page.do(visit, case, "vouched", give)


@router.post("/cases/{case}/unvouch")
async def unvouch(visit: Admitted, case: str) -> Response:
    """End a colleague's word, for a reason on file."""
    me, reason = visit.me.email, visit.form["reason"]

    def end(office: Office, case_id: str) -> Awaitable[object]:
        return office.vouching.take_back(case_id, reason, me)

    return await case_page.do(visit, case, "unvouched", end)


@router.post("/cases/{case}/choose")
async def choose(visit: Admitted, case: str) -> Response:
    """Record what the person chose to read in the chat, told that the platform reads along (law.md rule 42)."""
    form, me = visit.form, visit.me.email
    how = next((one for one in Told if one.value == form["how"]), None)
    if how is None:
        return await case_page.page(visit, case, 422, NOT_TOLD)

    def put(office: Office, case_id: str) -> Awaitable[object]:
        return office.choosing.record(case_id, form.all("field"), how, form["reason"], me)

    return await case_page.do(visit, case, "chosen", put)


@router.post("/cases/{case}/unchoose")
async def unchoose(visit: Admitted, case: str) -> Response:
    """End the person's choice, for a reason on file."""
    me, reason = visit.me.email, visit.form["reason"]

    def end(office: Office, case_id: str) -> Awaitable[object]:
        return office.choosing.take_back(case_id, reason, me)

    return await case_page.do(visit, case, "unchosen", end)


@router.post("/messages/{message}/destroy")
async def destroy(visit: Admitted, message: str) -> Response:
    """Destroy the files of a message, such as a copy of an identity card that was looked at."""
    me = visit.me.email
    case = await visit.office.store.transact(lambda unit: case_of_message(unit, message, me))
    try:
        await visit.office.evidence.destroy(message, visit.form["reason"], me)
    except NotAllowed as refused:
        return await case_page.page(visit, case.reference, 422, str(refused))
    return visit.go(f"/cases/{case.reference}?done=destroyed")
