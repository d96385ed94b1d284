"""How far is my request? A reference brings a code to the address of the case, and the code shows how far it is.

Whoever knows a reference, or makes one up, learns nothing: what the page says and does is the same either way, and what
is typed next counts only for the form that asked.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.core.case import Case
from bot.core.challenge import MAX_ATTEMPTS, find_codes
from bot.core.errors import NotFound
from bot.core.identity import answer_destination
from bot.core.messages import MAIL
from bot.core.pages import Page, PageKind
from bot.core.ports import Clock
from bot.core.references import references_in
from bot.core.tickets import LASTS, Door
from bot.core.unit import Store, Unit
from bot.flow.challenging import fresh_code
from bot.flow.code_mail import code_mail
from bot.flow.finding import carried_on
from bot.flow.posting import Post
from bot.flow.progress import Progress, is_silent, progress_of

CODES_A_DAY: Final = 3
_DAY: Final = timedelta(days=1)
_NOBODY: Final = "0" * 32
"""Stands in a ticket for a case that is none: it is as long as an id."""


@dataclass(frozen=True, slots=True)
class StatusDesk:
    """Sends codes and shows how far a case is."""

    store: Store
    post: Post
    clock: Clock

    async def ask(self, written: str) -> str:
        """Send a code where a reference leads to a mailbox, and return the ticket for the form, whether or not."""
        now = self.clock.now()

        def work(unit: Unit) -> str:
            case = self._case(unit, written)
            code = fresh_code(self.post.entropy)
            asked = case is not None and self._send(unit, case, code, now)
            about = case.id if case is not None and asked else _NOBODY
            return unit.tickets.write(Door.STATUS, f"{about} {unit.challenges.hash(code).hex()}", now)

        return await self.store.transact(work)

    async def shown(self, ticket: str, typed: str) -> Progress | None:
        """Return how far the case is for the right code, once; None for any other, for too many, and for no case."""
        now, codes = self.clock.now(), find_codes(typed)

        def work(unit: Unit) -> Progress | None:
            about = unit.tickets.read(Door.STATUS, ticket, now)
            if about is None or not codes:
                return None
            case_id, expected = about.split()
            since = now - LASTS[Door.STATUS]
            counted = unit.counters.raise_within(f"status-try:{ticket}", MAX_ATTEMPTS, since, now)
            fits = [hmac.compare_digest(unit.challenges.hash(code).hex(), expected) for code in codes]
            if not (counted and any(fits)) or case_id == _NOBODY:
                return None
            try:
                case = unit.cases.get(case_id)
            except NotFound:  # destroyed since the form asked
                return None
            if is_silent(case) or not unit.counters.once(f"status-shown:{ticket}", now):
                return None
            unit.audit.record(case.id, "status_shown", "the person", now)
            return progress_of(unit, self.post.house, case, now)

        return await self.store.transact(work)

    def _case(self, unit: Unit, written: str) -> Case | None:
        """Return the case of a reference, or the one that carries it on, if it may be told of by mail."""
        found = references_in(written[:100])
        case = unit.cases.by_reference(found[0]) if found else None
        try:
            case = carried_on(unit, case) if case else None
        except NotFound:  # destroyed meanwhile: like one that never was
            return None
        told = case is not None and not is_silent(case) and answer_destination(case).channel == MAIL
        return case if told and not self.post.house.observe else None

    def _send(self, unit: Unit, case: Case, code: str, now: datetime) -> bool:
        """Send a code, a few times a day to a case and to an address; say whether it left."""
        to = answer_destination(case)
        limits = (f"status:{case.id}", f"status-to:{to}")
        counted = [unit.counters.raise_within(key, CODES_A_DAY, now - _DAY, now) for key in limits]
        if not all(counted) or not self.post.may_leave_now(unit, now):
            return False
        page = Page(PageKind.STATUS_MAIL, case.language)
        unit.outbox.add(code_mail(self.post, page, case.id, to, code, now))
        unit.audit.record(case.id, "status_code_sent", "desk", now)
        return True
