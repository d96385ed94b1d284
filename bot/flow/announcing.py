"""Telling other systems of the company what happened: noted in the very commit that did it, told until it was heard."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from bot.core.announcing import (
    Announcement,
    News,
    Standing,
    Subscribers,
    news_of,
    news_of_mailing,
    next_call,
)
from bot.core.errors import NotFound, PermanentFailure, StaleClaim, TransientFailure, UncertainDelivery
from bot.core.ports import Clock, Entropy, Herald
from bot.core.unit import Store, Unit
from bot.core.waits import LONGEST_WAIT
from bot.flow.steady import place_of, work_steadily

BATCH: Final = 8
LEASE: Final = timedelta(minutes=5)
TOPIC: Final = "announcements"
_IDLE_SECONDS: Final = 5.0

T = TypeVar("T")

log = logging.getLogger(__name__)


def announce(unit: Unit, subscribers: Subscribers, news: News) -> None:
    """Note news for everybody who wants to hear of it."""
    for name, wanted in subscribers.items():
        if news.happening in wanted:
            unit.announcements.add(name, news)


@dataclass(frozen=True, slots=True)
class AnnouncingStore:
    """A store whose units note for subscribers what they changed in cases and mailings: no use case can forget to."""

    store: Store
    subscribers: Subscribers
    clock: Clock

    async def transact(self, work: Callable[[Unit], T], *, ahead: bool = False) -> T:
        """Run `work` and note its news, in one transaction."""
        now = self.clock.now()

        def announced(unit: Unit) -> T:
            result = work(unit)
            for change in unit.announcements.changes():
                for news in news_of(change, now):
                    announce(unit, self.subscribers, news)
            for suppression in unit.suppressions.changed():
                announce(unit, self.subscribers, news_of_mailing(suppression, now))
            return result

        return await self.store.transact(announced, ahead=ahead)

    async def wait(self, topic: str, timeout: float) -> None:  # noqa: ASYNC109 - the port's own patience, in seconds
        """Wait as the store does."""
        await self.store.wait(topic, timeout)


@dataclass(frozen=True, slots=True)
class Telling:
    """Hands news to the subscribers' heralds, again and again up to a limit, and parks what nobody would hear."""

    store: Store
    heralds: Mapping[str, Herald]
    clock: Clock
    entropy: Entropy

    async def run(self) -> None:
        """Tell until cancelled."""
        await work_steadily("telling", self.tell_batch, lambda: self.store.wait(TOPIC, _IDLE_SECONDS))

    async def tell_batch(self) -> int:
        """Tell what is due now and return how much that was."""
        now = self.clock.now()
        claimed = await self.store.transact(lambda unit: unit.announcements.claim(now, BATCH, LEASE))
        await asyncio.gather(*map(self._tell, claimed))
        return len(claimed)

    async def _tell(self, announcement: Announcement) -> None:
        outcome = await self._attempt(announcement)
        try:
            await self.store.transact(outcome)
        except StaleClaim:
            log.warning("announcement %s was taken over by another worker", announcement.id)

    async def _attempt(self, one: Announcement) -> Callable[[Unit], None]:
        """Try once and return what is to be recorded."""
        herald = self.heralds.get(one.subscriber)
        if herald is None:
            return _parked(one, "there is no [[webhook]] of this name in the settings any more")
        try:
            await herald.tell(one)
        except (TransientFailure, UncertainDelivery) as failure:
            return self._later(one, failure)
        except PermanentFailure as failure:
            return _parked(one, str(failure))
        except Exception as failure:  # noqa: BLE001 - whatever one subscriber does, the others hear
            return _parked(one, f"an error of ours: {place_of(failure)}")
        return lambda unit: unit.announcements.heard(one)

    def _later(self, one: Announcement, failure: Exception) -> Callable[[Unit], None]:
        now = self.clock.now()
        again = next_call(one, now, self.entropy.draw(1)[0] / 256)
        if again is None:
            return _parked(one, f"gave up trying: {failure}")
        if isinstance(failure, TransientFailure) and failure.retry_after is not None:
            again = max(again, now + min(timedelta(seconds=failure.retry_after), LONGEST_WAIT))
        return lambda unit: unit.announcements.retry(one, str(failure), again)


def _parked(one: Announcement, why: str) -> Callable[[Unit], None]:
    return lambda unit: unit.announcements.park(one, why)


@dataclass(frozen=True, slots=True)
class SubscriberDesk:
    """What a colleague sees of the subscribers, and does about what was parked for them."""

    store: Store
    subscribers: Subscribers
    clock: Clock

    async def standing(self) -> Sequence[Standing]:
        """Return what each subscriber has not heard yet, also one that has left the settings."""
        return await self.store.transact(lambda unit: standing_of(unit, self.subscribers))

    async def release(self, subscriber: str) -> int:
        """Try again what was parked, and return how much that is. Raises NotFound."""
        now = self.clock.now()

        def work(unit: Unit) -> int:
            self._require(unit, subscriber)
            return unit.announcements.release(subscriber, now)

        return await self.store.transact(work)

    async def drop(self, subscriber: str) -> int:
        """Forget what was parked, and return how much that was. Raises NotFound."""

        def work(unit: Unit) -> int:
            self._require(unit, subscriber)
            return unit.announcements.drop(subscriber)

        return await self.store.transact(work)

    def _require(self, unit: Unit, subscriber: str) -> None:
        names = {one.subscriber for one in standing_of(unit, self.subscribers)}
        if subscriber not in names:
            known = ", ".join(sorted(names)) or "none yet: docs/webhooks.md says how to add one"
            raise NotFound(f"there is no webhook {subscriber}; there is {known}")


def standing_of(unit: Unit, subscribers: Subscribers) -> Sequence[Standing]:
    """Return what each subscriber has not heard yet, those of the settings first."""
    found = {one.subscriber: one for one in unit.announcements.standing()}
    return [*(found.pop(name, Standing(name)) for name in subscribers), *found.values()]
