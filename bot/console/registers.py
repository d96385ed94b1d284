"""Registers: who must not get which mailing, and who is on record."""

import csv
from io import StringIO
from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted
from bot.core.messages import MAIL, TELEGRAM, Handle, canonical_address

router = APIRouter()

MOST: Final = 200
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@router.get("/suppressions")
async def suppressions(visit: Admitted) -> Response:
    """List the newest opt-outs in force."""
    found = await visit.office.store.transact(lambda unit: unit.suppressions.listed(MOST))
    return visit.page("suppressions.html", found=found, most=MOST)


@router.post("/suppressions/export")
async def export(visit: Admitted) -> Response:
    """Hand all of them out as CSV, for whoever sends the mailings; every cell quoted, no formula (ASVS 1.2.10)."""
    found = await visit.office.store.transact(lambda unit: unit.suppressions.listed())
    written = StringIO()
    rows = csv.writer(written, quoting=csv.QUOTE_ALL)
    rows.writerow(("channel", "value", "scope", "since"))
    for one in found:
        cells = (one.handle.channel, one.handle.value, one.scope.value, one.since.isoformat())
        rows.writerow("'" + cell if cell.startswith(_FORMULA) else cell for cell in cells)
    headers = {"Content-Disposition": 'attachment; filename="suppressions.csv"'}
    return Response(written.getvalue(), media_type="text/csv", headers=headers)


@router.get("/customers")
async def customers(visit: Admitted) -> Response:
    """Count customers and offer to find one."""
    count = await visit.office.store.transact(lambda unit: unit.directory.count())
    return visit.page("customers.html", count=count, found=None, words="")


@router.post("/customers/find")
async def find_customer(visit: Admitted) -> Response:
    """Find customers by a whole address, number of a phone, or handle; posted, so that it stays in no history."""
    words = visit.form["words"].strip()
    handles = (Handle(MAIL, canonical_address(words)), Handle("phone", words), Handle(TELEGRAM, words))
    found = await visit.office.store.transact(
        lambda unit: {one.id: one for handle in handles for one in unit.directory.find(handle)}
    )
    count = await visit.office.store.transact(lambda unit: unit.directory.count())
    return visit.page("customers.html", count=count, found=list(found.values()), words=words)
