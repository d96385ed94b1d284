"""Copy: the files of a case's chat become sealed parts before the platform's address for them expires."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.copies import MOST_TRIES, WantedCopy
from bot.core.errors import PermanentFailure, StaleClaim, TransientFailure, UncertainDelivery
from bot.core.ports import Clock, FileKeeper
from bot.core.unit import Store, Unit
from bot.flow.answering import Answering
from bot.flow.steady import work_steadily

BATCH: Final = 2
"""Files in hand at once, each of which may take 25 MB of memory."""
LEASE: Final = timedelta(minutes=5)
LOST: Final = "a file of the chat could not be copied: ask for it by mail"
_IDLE_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Copying:
    """Fetches what is wanted, a few times if need be; what can't be had is told on its case."""

    store: Store
    keepers: Mapping[str, FileKeeper]
    answering: Answering
    clock: Clock

    async def run(self) -> None:
        """Copy until cancelled."""
        await work_steadily("copying", self.copy_batch, lambda: self.store.wait("inbox", _IDLE_SECONDS))

    async def copy_batch(self) -> int:
        """Copy what is due now and return how many files that was."""
        now, channels = self.clock.now(), tuple(self.keepers)
        claimed = await self.store.transact(lambda unit: unit.copies.claim(channels, now, BATCH, LEASE))
        for wanted in claimed:
            try:
                await self._copy(wanted)
            except StaleClaim:
                log.warning("a copy of message %s was taken over, or its message destroyed", wanted.message)
        return len(claimed)

    async def _copy(self, wanted: WantedCopy) -> None:
        now = self.clock.now
        if wanted.attempts > MOST_TRIES:  # something of ours broke each time
            why = "copying it failed again and again: the log says more"
            await self.store.transact(lambda unit: self._give_up(unit, wanted, why, now()))
            return
        channel, reference = await self.store.transact(lambda unit: _where(unit, wanted))
        try:
            content = await self.keepers[channel].fetch(reference)
        except PermanentFailure as failure:
            why = str(failure)
            await self.store.transact(lambda unit: self._give_up(unit, wanted, why, now()))
        except (TransientFailure, UncertainDelivery) as failure:
            why, again = str(failure), wanted.next_try(now())
            if again is None:
                await self.store.transact(lambda unit: self._give_up(unit, wanted, why, now()))
            else:
                await self.store.transact(lambda unit: unit.copies.put_off(wanted, why, again))
        else:
            await self.store.transact(lambda unit: unit.copies.keep(wanted, content))

    def _give_up(self, unit: Unit, wanted: WantedCopy, why: str, now: datetime) -> None:
        unit.copies.put_off(wanted, why, None)
        case_id = unit.inbox.get(wanted.message).case_id
        if case_id is None:
            return
        case = unit.cases.save(replace(unit.cases.get(case_id), attention=LOST))
        unit.audit.record(case_id, "file_lost", "desk", now, {"message": wanted.message, "part": str(wanted.part)})
        self.answering.keep_in_step(unit, case, now)


def _where(unit: Unit, wanted: WantedCopy) -> tuple[str, str]:
    """Return the channel and the platform's reference of a file. Raises StaleClaim once it was destroyed."""
    kept = unit.inbox.get(wanted.message)
    files = kept.message.attachments if kept.message else ()
    reference = next((file.reference for file in files if file.part == wanted.part), "")
    if not reference:
        raise StaleClaim(f"part {wanted.part} of message {wanted.message} is gone")
    return kept.channel, reference
