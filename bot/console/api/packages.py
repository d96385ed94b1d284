"""Calls about handing a person's data over: packages behind a link in the answer, and what they held."""

import json
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from bot.console.api.gate import Admitted, GatedRoute
from bot.console.api.shapes import DraftShape
from bot.console.api.wishes import Packing
from bot.core.packages import Package, PackageKind
from bot.core.unit import Unit
from bot.flow.case_file import open_file, seen_case

router = APIRouter(route_class=GatedRoute, tags=["packages"])


class PackedFileShape(BaseModel):
    """One file of a package: what was handed over can be told from a copy by its SHA-256."""

    name: str
    bytes: int
    sha256: str


class PackageShape(BaseModel):
    """One package. It opens with a code once the answer that holds its link has left, until `expires_at`."""

    id: str
    kind: PackageKind
    recipient: str
    made_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    files: list[PackedFileShape]

    @classmethod
    def of(cls, package: Package) -> "PackageShape":
        """Return a package as programs read it."""
        return cls(
            id=package.id,
            kind=package.kind,
            recipient=package.recipient.value,
            made_at=package.made_at,
            expires_at=package.expires_at,
            opened_at=package.opened_at,
            files=[PackedFileShape(**file) for file in json.loads(package.manifest)["files"]],
        )


class PackedShape(BaseModel):
    """A package just made, and the answer that holds its link: approving that releases it."""

    package: PackageShape
    draft: DraftShape


@router.get("/cases/{reference}/packages")
async def list_packages(caller: Admitted, reference: str) -> list[PackageShape]:
    """List what was prepared in a case, oldest first, also what is destroyed by now; the look is on file."""
    now = caller.office.clock.now()

    def look(unit: Unit) -> list[PackageShape]:
        case = open_file(unit, reference, caller.staff, now).case
        return list(map(PackageShape.of, unit.packages.of_case(case.id)))

    return await caller.office.store.transact(look)


@router.post("/cases/{reference}/packages")
async def prepare(caller: Admitted, reference: str, packing: Packing) -> PackedShape:
    """Put a person's data together and write their link into the answer that waits; earlier approvals are void."""
    case = await caller.office.store.transact(lambda unit: seen_case(unit, reference, caller.staff))
    package, draft = await caller.office.dossiers.make(case.id, packing.kind, caller.staff, seen=packing.seal)
    return PackedShape(package=PackageShape.of(package), draft=DraftShape.of(draft, case.reference))
