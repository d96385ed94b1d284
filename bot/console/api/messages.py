"""Calls about what came in: mail without a case, files that were seen, and what is entered by hand."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from bot.console.api.gate import Admitted, GatedRoute
from bot.console.api.paging import After, Page
from bot.console.api.shapes import CaseShape
from bot.console.api.wishes import Entered, Reading, Why
from bot.core.case import Case, Lane
from bot.core.entering import Entry, sender_of
from bot.core.lanes import MAY, Deed
from bot.core.records import Disposition, Kept
from bot.core.unit import Unit
from bot.flow.case_file import case_of_message
from bot.flow.roles import require_role
from bot.flow.sight import require_sight
from bot.flow.staff_entry import adopt

router = APIRouter(route_class=GatedRoute, tags=["messages"])


class ArrivalShape(BaseModel):
    """One message that has no case: `parked` could not be read, `other` exercises no right."""

    id: str
    at: datetime
    channel: str
    kind: Disposition
    sender: str
    subject: str
    text: str
    error: str
    case: str

    @classmethod
    def of(cls, kept: Kept, reference: str = "") -> "ArrivalShape":
        """Return a message as programs read it, with the reference of its case once it has one."""
        message = kept.message
        return cls(
            id=kept.id,
            at=kept.received_at,
            channel=kept.channel,
            kind=kept.disposition,
            sender=message.sender.value if message else "",
            subject=message.subject if message else "",
            text=message.text if message else "",
            error=kept.error,
            case=reference,
        )


class ArrivalPage(BaseModel):
    """A page of messages; `next` is the `after` of the following one, empty at the end."""

    messages: list[ArrivalShape]
    next: str


@router.get("/messages")
async def list_arrivals(
    caller: Admitted, *, kind: Literal["parked", "other"] = "parked", limit: Page = 50, after: After = ""
) -> ArrivalPage:
    """List messages that have no case, newest first."""
    wanted = Disposition(kind)
    found = await caller.office.store.transact(lambda unit: unit.inbox.listed(wanted, limit + 1, after))
    shown = list(map(ArrivalShape.of, found[:limit]))
    return ArrivalPage(messages=shown, next=shown[-1].id if len(found) > limit else "")


@router.post("/messages/{message}/adopt")
async def take_up(caller: Admitted, message: str, reading: Reading) -> CaseShape:
    """Make a message a case: the clock runs since it arrived. Refused once it has one."""
    desk, now = caller.office.approval, caller.office.clock.now()

    def work(unit: Unit) -> Case:
        require_sight(unit, {"message": message}, caller.staff)
        return adopt(unit, desk.casework, desk.answering, message, reading.rights, caller.staff, now)

    return CaseShape.of(await caller.office.store.transact(work))


@router.post("/messages/{message}/release")
async def read_again(caller: Admitted, message: str) -> ArrivalShape:
    """Have a message read again. Refused while that has not happened yet."""

    def work(unit: Unit) -> Kept:
        require_sight(unit, {"message": message}, caller.staff)
        require_role(unit, caller.staff, MAY[Lane.GENERAL][Deed.EDIT], "have a message read again")
        unit.inbox.release(message)
        return unit.inbox.get(message)

    return ArrivalShape.of(await caller.office.store.transact(work))


@router.post("/messages/{message}/destroy")
async def destroy_files(caller: Admitted, message: str, why: Why) -> ArrivalShape:
    """Destroy the files of a case's message, such as a copy of an identity card once it was seen; this stays done."""
    case = await caller.office.store.transact(lambda unit: case_of_message(unit, message, caller.staff))
    return ArrivalShape.of(await caller.office.evidence.destroy(message, why.reason, caller.staff), case.reference)


@router.post("/messages")
async def enter(caller: Admitted, entered: Entered) -> ArrivalShape:
    """Bring in a letter, a call or a visit; its clock runs since it reached the company. The same again is one."""
    sender = sender_of(entered.way, entered.email.strip(), entered.reach)
    name = " ".join(entered.name.split())
    entry = Entry(
        entered.way, entered.at, sender, name, entered.subject, entered.text, (), caller.staff, entered.reason
    )
    kept = await caller.office.entries.enter(entry)

    def look(unit: Unit) -> str:
        return unit.cases.get(kept.case_id).reference if kept.case_id else ""

    return ArrivalShape.of(kept, await caller.office.store.transact(look))
