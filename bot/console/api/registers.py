"""Calls about the desk around the cases: opt-outs, the history, health."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from bot.console.access import EXPORT
from bot.console.api.gate import Admitted, GatedRoute, require
from bot.console.api.paging import After, Page
from bot.console.api.shapes import CheckedShape, LinkShape, SuppressionPage, SuppressionShape, TrailPage
from bot.console.api.wishes import Mailing, Stop, Stretch
from bot.core.listings import Trail
from bot.core.messages import canonical_address
from bot.core.rights import Scope
from bot.core.unit import Unit
from bot.flow.audit_trail import Entry, trail_of
from bot.flow.case_file import seen_case

router = APIRouter(route_class=GatedRoute, tags=["desk"])


@router.get("/suppressions")
async def list_suppressions(
    caller: Admitted, *, scope: Scope | None = None, limit: Page = 50, after: After = ""
) -> SuppressionPage:
    """List opt-outs in force, newest first; beyond the first page it is an export, and takes a token for that."""
    if after:
        require(EXPORT, caller.token)
    found = await caller.office.store.transact(lambda unit: unit.suppressions.listed(limit + 1, after, scope))
    shown = list(map(SuppressionShape.of, found[:limit]))
    return SuppressionPage(suppressions=shown, next=shown[-1].id if len(found) > limit else "")


@router.post("/suppressions")
async def stop_mailings(caller: Admitted, stop: Stop) -> list[str]:
    """Stop mailings to somebody and return what was not stopped before; the same again stops nothing more."""
    stopped = await caller.office.suppressions.add(stop.recipient, stop.scope, caller.staff, stop.reason)
    return list(map(str, stopped))


@router.post("/suppressions/lift")
async def lift_suppression(caller: Admitted, stop: Stop) -> SuppressionShape:
    """Let one kind of mailing go out again to one recipient."""
    lifted = await caller.office.suppressions.lift(stop.recipient, stop.scope, caller.staff, stop.reason)
    return SuppressionShape.of(lifted)


@router.post("/suppressions/check")
async def check_mailing(caller: Admitted, mailing: Mailing) -> list[CheckedShape]:
    """Say for each recipient of a mailing whether it may go there, before it is sent."""
    return list(map(CheckedShape.of, await caller.office.suppressions.check(mailing.recipients, mailing.scope)))


@router.get("/audit")
async def read_history(
    caller: Admitted,
    *,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    actor: Annotated[str, Query(max_length=320)] = "",
    event: Annotated[str, Query(max_length=60)] = "",
    case: Annotated[str, Query(max_length=20, description="A case's reference")] = "",
    limit: Page = 50,
    after: After = "",
) -> TrailPage:
    """Read the history, newest first, as far as the token's roles see its cases; `until` is not in it."""

    def look(unit: Unit) -> tuple[Sequence[Entry], str]:
        stretch = Stretch(since=since, until=until, actor=actor, event=event, case=case)
        return trail_of(unit, trail(unit, stretch, caller.staff), caller.staff, limit, after)

    found, onward = await caller.office.store.transact(look)
    entries = [LinkShape.of(entry.link, entry.reference) for entry in found]
    return TrailPage(entries=entries, next=onward)


def trail(unit: Unit, stretch: Stretch, staff: str) -> Trail:
    """Return which part of the history is meant. Raises NotFound for a case that is not to be seen."""
    about = seen_case(unit, stretch.case, staff).id if stretch.case else ""
    return Trail(stretch.since, stretch.until, canonical_address(stretch.actor), stretch.event, about)


@router.post("/audit/verify")
async def verify_history(caller: Admitted) -> list[str]:
    """Check every link of the history, and return what is wrong with it: nothing, where it is whole."""
    return await caller.office.store.transact(lambda unit: list(unit.audit.verify()))


@router.post("/webhooks/{webhook}/retry")
async def tell_again(caller: Admitted, webhook: str) -> int:
    """Tell one of your systems again what was given up, and return how much that is."""
    return await caller.office.subscribers.release(webhook)


@router.post("/webhooks/{webhook}/drop")
async def forget(caller: Admitted, webhook: str) -> int:
    """Forget what was given up for one of your systems, and return how much that was."""
    return await caller.office.subscribers.drop(webhook)


@router.get("/health")
async def show_health(caller: Admitted) -> Mapping[str, Any]:
    """Say whether mail comes in, is read and goes out."""
    return dict(await caller.office.health())
