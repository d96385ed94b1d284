"""How far a case is, told on our pages to whoever showed that they read its mailbox, or that they have its letter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.case import Case
from bot.core.delivery import DeliveryState
from bot.core.drafts import SILENCING_FLAGS
from bot.core.house import House
from bot.core.identity import answer_destination
from bot.core.messages import MAIL, Handle
from bot.core.pages import Line
from bot.core.ports import Clock
from bot.core.progress import line_of
from bot.core.tickets import Door
from bot.core.unit import Store, Unit
from bot.flow.page_links import mailbox_behind, told_to

_LETTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """A case as its page shows it; `receipt` is the ticket of its receipt, once it has ended."""

    language: str
    reference: str
    lines: tuple[Line, ...]
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptDesk:
    """Shows the receipt of a case that has ended to whoever has the link that went where its answer goes."""

    store: Store
    house: House
    clock: Clock

    async def shown(self, ticket: str) -> Progress | None:
        """Return what was asked and done; None where the link opens nothing, went elsewhere, or the case is open."""
        now = self.clock.now()

        def look(unit: Unit) -> Progress | None:
            case, mailbox = mailbox_behind(unit, Door.RECEIPT, ticket, now) or (None, "")
            if case is None or case.is_open or is_silent(case) or Handle(MAIL, mailbox) != answer_destination(case):
                return None
            return progress_of(unit, self.house, case, now)

        return await self.store.transact(look)


def is_silent(case: Case) -> bool:
    """Say whether nothing of a case may be told by itself (law.md rule 17)."""
    return case.denied_at is not None or bool(case.flags & SILENCING_FLAGS)


def progress_of(unit: Unit, house: House, case: Case, now: datetime) -> Progress:
    """Return how far each right of a case is."""
    civil = house.calendar.civil_date
    told: dict[str, datetime] = {}
    for letter in unit.outbox.listed(DeliveryState.SENT, case.id, _LETTERS):  # the newest first
        for item in unit.drafts.get(letter.draft_id).items:
            told.setdefault(item, letter.created_at)
    lines = tuple(
        line_of(item, civil(item.received_at), civil(told[item.id]) if item.id in told else None, civil(now))
        for item in case.items
    )
    receipt = "" if case.is_open else unit.tickets.write(Door.RECEIPT, told_to(case, answer_destination(case)), now)
    return Progress(case.language, case.reference, lines, receipt)
