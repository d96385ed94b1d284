"""A deed upon a case names the version that was read: what went on since is read before anything is done."""

from typing import Final

from fastapi import HTTPException

from bot.console.api.gate import Caller
from bot.core.case import Case
from bot.core.lanes import Deed
from bot.core.unit import Unit
from bot.flow.admission import admit
from bot.flow.case_file import seen_case

WENT_ON: Final = "This case went on since you read it, so nothing was done: read it again and send its `version`."


async def as_read(caller: Caller, reference: str, deed: Deed, version: int) -> Case:
    """Return a case that still stands as it was read. Raises NotFound, NotAllowed, HTTPException 409."""

    def look(unit: Unit) -> Case:
        case = seen_case(unit, reference, caller.staff)
        admit(unit, case, caller.staff, deed)
        return case

    case = await caller.office.store.transact(look)
    if case.version != version:
        raise HTTPException(409, WENT_ON)
    return case
