"""Looking after the desk itself: does mail come in and go out, do other systems hear of it."""

from fastapi import APIRouter, Response

from bot.console.admission import Admitted

router = APIRouter()


@router.get("/health-of-the-desk")
async def health(visit: Admitted) -> Response:
    """Show how every way in is, what waits, what each webhook has not heard, and what the desk runs on."""
    report, webhooks = await visit.office.health(), await visit.office.subscribers.standing()
    done = visit.request.query_params.get("done", "")
    versions = visit.office.versions
    return visit.page("health.html", report=report, webhooks=webhooks, versions=versions, done=done)


@router.post("/health-of-the-desk/{webhook}/retry")
async def retry(visit: Admitted, webhook: str) -> Response:
    """Tell a system again what was given up."""
    await visit.office.subscribers.release(webhook)
    return visit.go("/health-of-the-desk?done=retried")


@router.post("/health-of-the-desk/{webhook}/drop")
async def drop(visit: Admitted, webhook: str) -> Response:
    """Forget what was given up."""
    await visit.office.subscribers.drop(webhook)
    return visit.go("/health-of-the-desk?done=dropped")
