"""A ticket opens its door as it was written, and in no other spelling."""

from datetime import UTC, datetime
from string import ascii_lowercase

from bot.core.tickets import Door
from bot.core.unit import Store
from tests.work import each, upon

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SYMBOLS = ascii_lowercase + "234567"


async def test_no_other_spelling_of_a_ticket_opens_anything(store: Store) -> None:
    """Capitals, padding, and the bits of the last letter that mean nothing: each would be counted as another ticket."""
    for about in ("a", "ab", "abc", "abcd", "abcde"):  # every length of what is left over
        ticket = await store.transact(upon(about, lambda unit, one: unit.tickets.write(Door.STATUS, one, NOW)))
        others = {ticket[:-1] + last for last in SYMBOLS} - {ticket}
        others |= {ticket.upper(), ticket.capitalize(), ticket[:-1] + ticket[-1].upper(), ticket + "=", ticket + "\n"}
        others -= {ticket}
        read = await store.transact(each((ticket, *others), lambda unit, one: unit.tickets.read(Door.STATUS, one, NOW)))
        assert read == [about] + [None] * len(others)
