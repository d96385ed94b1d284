"""Platforms that soon stop taking our texts: what may still be written, and the bot's last word in time."""

from datetime import datetime
from typing import Final

from bot.core.case import OPEN_STATES, Case, State
from bot.core.drafts import SILENCING_FLAGS
from bot.core.house import House
from bot.core.messages import MAIL
from bot.core.unit import Unit
from bot.core.window import EARLIEST_LAST_WORD, FREE, Passage, Window
from bot.flow.correspondence import Correspondence

_TOLD: Final = frozenset({State.SENDING})


def heard_on(unit: Unit, house: House, case_id: str, channel: str) -> datetime | None:
    """Return when somebody was last heard on a platform that soon takes no more texts of ours; None on any other."""
    return unit.inbox.last_heard(case_id, channel) if channel in house.windowed else None


def is_out_of_reach(unit: Unit, house: House, case: Case, now: datetime) -> bool:
    """Say whether what the bot wrote to a case's person could not leave any more (law.md rule 43)."""
    heard = heard_on(unit, house, case.id, case.requester.channel)
    return heard is not None and Window(heard).passage(now, by_colleague=False) is Passage.NOT


def ask_before_closing(unit: Unit, correspondence: Correspondence, now: datetime) -> None:
    """Ask once in each window for an e-mail address, where an answer is still due and has no other way to the person.

    The promise and the month outlive every window (law.md rules 3, 4 and 42). Looks every ten minutes.
    """
    house = correspondence.post.house
    if not house.windowed or not unit.counters.once(f"windows:{now:%Y-%m-%dT%H:%M}"[:-1], now):
        return
    for case_id, heard in unit.inbox.last_heard_between(house.windowed, now - FREE, now - EARLIEST_LAST_WORD):
        window, case = Window(heard), unit.cases.get(case_id)
        due = window.last_word_at(house.calendar.zone) <= now < window.closes_at and _has_no_other_way(
            unit, house, case, now
        )
        if due and unit.counters.once(f"last_word:{case_id}:{heard}", now):
            correspondence.ask_last(unit, case, house.calendar.civil_date(heard), now)


def _has_no_other_way(unit: Unit, house: House, case: Case, now: datetime) -> bool:
    """Say whether an answer is due that could only go to the chat: nobody proved an address, or was sent a code."""
    if case.requester.channel not in house.windowed or case.flags & SILENCING_FLAGS:
        return False
    if case.proven is not None and case.proven.channel == MAIL:
        return False
    due = any(item.state in OPEN_STATES - _TOLD for item in case.items)
    return due and unit.challenges.open_for(case.id, now) is None
