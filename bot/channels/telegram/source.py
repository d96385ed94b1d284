"""A bot as a way in, by polling or by webhook, never both; tried again for ever when Telegram is away."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Mapping
from typing import Final

from telegram.error import RetryAfter, TelegramError

from bot.channels.chat.health import ChatHealth
from bot.channels.chat.hook import hook
from bot.channels.telegram.calls import TelegramCalls
from bot.channels.telegram.client import ALLOWED_UPDATES, DeskBot, open_bot
from bot.channels.telegram.courtesy import courtesy_for
from bot.channels.telegram.failures import flood_seconds
from bot.channels.telegram.health import in_words
from bot.channels.telegram.options import WEBHOOK_PATH, TelegramOptions
from bot.channels.telegram.updates import arrival
from bot.core.calls import Webhook
from bot.core.errors import StorageUnavailable
from bot.core.ports import Accept, Clock

_EXPECTED: Final = (TelegramError, StorageUnavailable)

log = logging.getLogger(__name__)


class TelegramSource:
    """Hands over what people write to one bot in private; `health` tells how that goes."""

    one_at_a_time = True  # Telegram refuses a second who asks

    def __init__(self, options: TelegramOptions, clock: Clock) -> None:
        self.name = options.source
        self.health = ChatHealth()
        self._options = options
        self._clock = clock
        self._seen: int | None = None
        self._menu_shown = False

    @property
    def by_webhook(self) -> bool:
        """Whether Telegram calls us, so that somebody has to mount `webhooks`."""
        return self._options.mode == "webhook"

    def webhooks(self, accept: Accept) -> Mapping[str, Webhook]:
        """Return what answers Telegram's calls, by path; nothing while we poll."""
        if not self.by_webhook:
            return {}
        return {WEBHOOK_PATH: hook(TelegramCalls(self._options), self.health, self._clock, accept)}

    async def run(self, accept: Accept) -> None:
        """Feed `accept` until cancelled; by webhook, keep Telegram calling us.

        A batch that is cut off was not confirmed: Telegram gives it again, and the ledger knows it.
        """
        async with open_bot(self._options) as bot:
            while True:
                try:
                    await self._show_menu(bot)
                    await (self._stay_registered(bot) if self.by_webhook else self._poll(bot, accept))
                except Exception as failure:  # noqa: BLE001 - a service outlives whatever Telegram does; it is told and tried again
                    self._complain(failure)
                    asked = flood_seconds(failure) if isinstance(failure, RetryAfter) else 0.0
                    await asyncio.sleep(max(asked, self._options.pauses.after(self.health.failures)))

    async def _poll(self, bot: DeskBot, accept: Accept) -> None:
        await bot.delete_webhook(drop_pending_updates=False)  # else Telegram refuses to be polled
        if self.health.last_contact is None:  # a long poll may say nothing for a minute
            self.health.well(self._clock.now())
        while True:
            updates = await bot.raw_updates(self._confirming(), self._options.poll_seconds)
            # The offset was heard, and is not said again: after a quiet week Telegram goes on from a random,
            # perhaps smaller number, and a stale offset would throw those messages away.
            self._seen = None
            now = self._clock.now()
            batch = [arrival(json.dumps(update).encode(), self.name, now) for update in updates]
            if kept := [inbound for inbound in batch if inbound is not None]:
                await accept(kept)
            for update in updates:
                await self._pay(bot, update)
            if updates:
                self._seen = _number_of(updates[-1])
            self.health.well(now)

    async def _pay(self, bot: DeskBot, update: object) -> None:
        """Do what an update is owed; the message is kept, whatever becomes of that."""
        courtesy = courtesy_for(json.dumps(update).encode())
        if courtesy is not None:
            await self._optional(bot.pay(courtesy))

    async def _show_menu(self, bot: DeskBot) -> None:
        if not self._menu_shown:
            self._menu_shown = await self._optional(bot.set_menu(self._options.menu))

    async def _optional(self, call: Awaitable[None]) -> bool:
        """Make a call without which messages come and go all the same, and say whether it was taken."""
        try:
            await call
        except TelegramError as failure:
            log.info("%s: Telegram did not take what it was told: %s", self.name, in_words(failure))
            return False
        return True

    def _confirming(self) -> int | None:
        """Return the offset that tells Telegram what is stored; until it was heard, it is said again."""
        return None if self._seen is None else self._seen + 1

    async def _stay_registered(self, bot: DeskBot) -> None:
        """Tell Telegram where to call, see how that goes, and leave it for a while; said again, it changes nothing."""
        if self._options.webhook_url:
            await bot.set_webhook(
                self._options.webhook_url,
                secret_token=self._options.secret,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
            )
        known = await bot.get_webhook_info()
        self.health.well(self._clock.now())
        self.health.backlog = known.pending_update_count
        if known.pending_update_count and known.last_error_message:
            self.health.last_error = f"Telegram can't hand over: {known.last_error_message}"
        await asyncio.sleep(self._options.check_seconds)

    def _complain(self, failure: Exception) -> None:
        self.health.failures += 1
        words = in_words(failure)
        if words != self.health.last_error:
            self.health.last_error = words
            log.warning("%s: %s", self.name, words, exc_info=None if isinstance(failure, _EXPECTED) else failure)


def _number_of(update: object) -> int:
    """Return an update's id. Raises TelegramError for what Telegram never sends."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int):
        raise TelegramError("an update has no update_id")
    return number
