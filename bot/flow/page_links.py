"""The links of a letter, by mail only: pages of ours that people outside can reach, and the way into their chat."""

from datetime import datetime
from typing import Final

from bot.core.case import Case
from bot.core.drafts import CODE_SLOT, CODES_TYPED_ELSEWHERE, Question
from bot.core.errors import NotFound
from bot.core.house import House
from bot.core.messages import MAIL, TELEGRAM, Handle
from bot.core.pages import NO_LINKS, Links
from bot.core.tickets import Door
from bot.core.unit import Unit
from bot.flow.finding import carried_on

_MAY_BE_DENIED: Final = CODES_TYPED_ELSEWHERE | {
    *(Question.CODE_BY_REPLY, Question.CODE_RIGHT, Question.WAS_IT_YOU),
    *(Question.SECOND_PROOF, Question.SECOND_RIGHT),
}
"""What is said to a mailbox in whose name somebody may have asked."""


def links_for(
    unit: Unit,
    house: House,
    case: Case,
    recipient: Handle,
    question: Question | None,
    now: datetime,
    *,
    ends: bool = False,
) -> Links:
    """Return the links of one letter; `ends` says that nothing is left open after it.

    A code that has to come back from elsewhere is typed there alone: the page would let whoever reads the mailbox
    confirm what a stranger asks from another address. A link into Telegram hands the code to the bot as if it were
    typed, so it proves nothing from any other account, once, and for as long as the code lives.
    """
    if recipient.channel != MAIL:
        return NO_LINKS
    from_telegram = question is Question.CODE_FOR_CHAT and case.requester.channel == TELEGRAM
    chat = f"https://t.me/{house.telegram_bot}?start={CODE_SLOT}" if from_telegram and house.telegram_bot else ""
    if not house.pages:
        return Links(chat=chat)

    def link(door: Door, about: str = case.id) -> str:
        return house.pages + door.path + unit.tickets.write(door, about, now)

    mailbox = told_to(case, recipient)
    return Links(
        confirm=link(Door.CONFIRM) if question is Question.CODE_BY_REPLY else "",
        chat=chat,
        not_me=link(Door.NOT_ME, f"{mailbox} {int(now.timestamp())}") if question in _MAY_BE_DENIED else "",
        preferences=link(Door.PREFERENCES, mailbox),
        status=f"{house.pages}/{Door.STATUS}",
        receipt=link(Door.RECEIPT, mailbox) if ends else "",
    )


def told_to(case: Case, recipient: Handle) -> str:
    """Return what a ticket says of a case and of the mailbox that its link goes to."""
    return f"{case.id} {recipient.value}"


def mailbox_behind(unit: Unit, door: Door, ticket: str, now: datetime) -> tuple[Case, str] | None:
    """Return the case a link is about with what its ticket says beside: the mailbox it went to; None as `case_behind`.

    The case may have become somebody else's since, by a merger: what is shown or done is for that mailbox alone. A
    ticket that names none opens nothing.
    """
    case, about = case_behind(unit, door, ticket, now), unit.tickets.read(door, ticket, now) or ""
    mailbox = about.partition(" ")[2]
    return (case, mailbox) if case and mailbox else None


def case_behind(unit: Unit, door: Door, ticket: str, now: datetime) -> Case | None:
    """Return the case a link is about, or the one that carries it on; None where the ticket opens nothing any more."""
    about = unit.tickets.read(door, ticket, now)
    if about is None:
        return None
    try:
        return carried_on(unit, unit.cases.get(about.partition(" ")[0]))
    except NotFound:
        return None  # its archive was destroyed
