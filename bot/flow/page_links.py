"""The links of a letter, by mail only: pages of ours that people outside can reach, and the way into their chat."""

from datetime import datetime

from bot.core.case import Case
from bot.core.drafts import CODE_SLOT, Question
from bot.core.errors import NotFound
from bot.core.house import House
from bot.core.messages import MAIL, TELEGRAM, Handle
from bot.core.pages import NO_LINKS, Links
from bot.core.tickets import Door
from bot.core.unit import Unit


def links_for(
    unit: Unit, house: House, case: Case, recipient: Handle, question: Question | None, now: datetime
) -> Links:
    """Return the links of one letter.

    A code that has to come back from elsewhere is typed there alone: the page would let whoever reads the mailbox
    confirm what a stranger asks from another address. A link into Telegram hands the code to the bot as if it were
    typed, so it proves nothing from any other account, once, and for as long as the code lives.
    """
    if recipient.channel != MAIL:
        return NO_LINKS
    if question is Question.CODE_FOR_CHAT and case.requester.channel == TELEGRAM and house.telegram_bot:
        return Links(chat=f"https://t.me/{house.telegram_bot}?start={CODE_SLOT}")
    if not house.pages:
        return NO_LINKS

    def link(door: Door) -> str:
        return house.pages + door.path + unit.tickets.write(door, case.id, now)

    return Links(confirm=link(Door.CONFIRM) if question is Question.CODE_BY_REPLY else "")


def case_behind(unit: Unit, door: Door, ticket: str, now: datetime) -> Case | None:
    """Return the case a link is about, or the one that carries it on; None where the ticket opens nothing any more."""
    case_id = unit.tickets.read(door, ticket, now)
    if case_id is None:
        return None
    try:
        case = unit.cases.get(case_id)
        while case.merged_into:
            case = unit.cases.get(case.merged_into)
    except NotFound:
        return None  # its archive was destroyed
    return case
