"""What people do on our public pages, with whatever links lie in a mailbox they got hold of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bot.core.messages import MAIL
from bot.core.tickets import Door
from tests.flow.impersonation.story import Words

if TYPE_CHECKING:
    from tests.flow.impersonation.stage import Stage

PAGES: Final = frozenset({"types", "denies", "asks", "opens"})


async def use_page(stage: "Stage", step: Words) -> Sequence[str]:
    """Send the form of a page, and return a sentence for everything of somebody else's case that it shows."""
    whose, reception = step.how[0].removeprefix("on the page of "), stage.desk.reception
    if step.verb == "types":
        await reception.confirmations.confirm(_ticket(stage, whose, Door.CONFIRM), stage.filled(step.text, step.who))
    elif step.verb == "denies" and step.text == "ticked":
        await reception.denials.deny(_ticket(stage, whose, Door.NOT_ME))
    elif step.verb == "asks":
        ticket = await reception.statuses.ask(stage.filled("{reference of " + whose + "}", step.who))
        await stage.desk.deliver()
        shown = await reception.statuses.shown(ticket, stage.filled(step.text, step.who))
        return [f"the status page shows {shown.reference} to the {step.who}"] if shown else []
    elif step.verb == "opens":
        seen = await reception.receipts.shown(_ticket(stage, whose, Door.RECEIPT))
        own = {
            case.reference for case in await stage.cases() if case.requester.value in stage.people[step.who].mailboxes
        }
        return [f"a receipt shows {seen.reference} to the {step.who}"] if seen and seen.reference not in own else []
    return []


def _ticket(stage: "Stage", whose: str, door: Door) -> str:
    """Return the ticket of the last link of a kind in somebody's mailboxes, or one that opens nothing."""
    boxes = stage.people[whose].mailboxes
    sent = [one.body for one in stage.desk.couriers[MAIL].sent if one.recipient.value in boxes]
    found = [body.partition(door.path)[2].split()[0] for body in sent if door.path in body]
    return found[-1] if found else "none"
