"""Calls about who somebody is: asking them, asking facts, a colleague's word."""

from fastapi import APIRouter

from bot.console.api.gate import Admitted, GatedRoute
from bot.console.api.shapes import CaseShape
from bot.console.api.wishes import Asked, Chosen, FactsAsked, Given, Vouched
from bot.console.as_read import as_read
from bot.core.lanes import Deed

router = APIRouter(route_class=GatedRoute, tags=["identity"])


@router.post("/cases/{reference}/ask")
async def ask_identity(caller: Admitted, reference: str, asked: Asked) -> CaseShape:
    """Ask the person who they are: a code goes to where they wrote from, or to an address they named.

    A `reason` says why you doubt who writes: more has to be proven then than usual, till somebody withdraws the doubt.
    """
    case, office = await as_read(caller.office, caller.staff, reference, asked.version, Deed.EDIT)
    put = office.approval.ask_identity(case.id, caller.staff, asked.at.strip(), reason=asked.reason)
    return CaseShape.of(await put)


@router.post("/cases/{reference}/undoubt")
async def undoubt(caller: Admitted, reference: str, given: Given) -> CaseShape:
    """Withdraw a colleague's doubt who writes: the case asks only the usual proof again."""
    case, office = await as_read(caller.office, caller.staff, reference, given.version, Deed.APPROVE)
    return CaseShape.of(await office.approval.withdraw_doubt(case.id, given.reason, caller.staff))


@router.post("/cases/{reference}/ask-facts")
async def ask_facts(caller: Admitted, reference: str, asked: FactsAsked) -> CaseShape:
    """Ask facts of somebody who lost the address on record."""
    case, office = await as_read(caller.office, caller.staff, reference, asked.version, Deed.EDIT)
    desk = office.facts
    return CaseShape.of(await desk.ask(case.id, asked.of.strip(), caller.staff, number=asked.number.strip()))


@router.post("/cases/{reference}/vouch")
async def vouch(caller: Admitted, reference: str, word: Vouched) -> CaseShape:
    """Record the owner's word for who somebody is, on a ground; whoever is on record hears of it."""
    case, office = await as_read(caller.office, caller.staff, reference, word.version, Deed.APPROVE)
    desk, of, number = office.vouching, word.of.strip(), word.number.strip()
    return CaseShape.of(await desk.vouch(case.id, word.ground, of, word.reason, caller.staff, number=number))


@router.post("/cases/{reference}/unvouch")
async def unvouch(caller: Admitted, reference: str, given: Given) -> CaseShape:
    """End a colleague's word: whoever asked is again only who they proved to be."""
    case, office = await as_read(caller.office, caller.staff, reference, given.version, Deed.APPROVE)
    return CaseShape.of(await office.vouching.take_back(case.id, given.reason, caller.staff))


@router.post("/cases/{reference}/choose")
async def choose(caller: Admitted, reference: str, choice: Chosen) -> CaseShape:
    """Record, as data protection officer, which data the person chose to read in the chat, told who reads along."""
    case, office = await as_read(caller.office, caller.staff, reference, choice.version, Deed.APPROVE)
    desk = office.choosing
    return CaseShape.of(await desk.record(case.id, choice.fields, choice.how, choice.reason, caller.staff))


@router.post("/cases/{reference}/unchoose")
async def unchoose(caller: Admitted, reference: str, given: Given) -> CaseShape:
    """End the person's choice to be answered in the chat: nothing on record leaves for it any more."""
    case, office = await as_read(caller.office, caller.staff, reference, given.version, Deed.APPROVE)
    return CaseShape.of(await office.choosing.take_back(case.id, given.reason, caller.staff))
