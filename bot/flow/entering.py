"""Enter what came by another way: it becomes a message like any other, and its clock runs since it reached us."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.case import Lane
from bot.core.entering import Entry
from bot.core.errors import NotAllowed
from bot.core.lanes import MAY, Deed
from bot.core.ports import Clock
from bot.core.records import Kept
from bot.core.unit import Store
from bot.flow.ingest import Ingest
from bot.flow.roles import require_role


@dataclass(frozen=True, slots=True)
class EntryDesk:
    """Where colleagues bring in letters, calls and visits; `write` makes the raw message that is kept."""

    store: Store
    ingest: Ingest
    write: Callable[[Entry], bytes]
    clock: Clock

    async def enter(self, entry: Entry) -> Kept:
        """Take an entry in and return what became of it; the same one again changes nothing.

        Raises NotAllowed without the role, words, a reason, or for a time that is still to come.
        """
        await self.store.transact(
            lambda unit: require_role(unit, entry.by, MAY[Lane.GENERAL][Deed.EDIT], "enter what came by other ways")
        )
        if not entry.reason.strip():
            raise NotAllowed("say why it is entered by hand: the reason goes on file")
        if not (entry.text.strip() or entry.papers):
            raise NotAllowed("nothing was said: give the words, or a file that holds them")
        if entry.received_at > self.clock.now():
            raise NotAllowed("it can't have come at a time that is still ahead")
        return await self.ingest.take(self.write(entry), entry.received_at, channel=entry.way.value)
