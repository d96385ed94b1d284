"""What Telegram calls: the secret is checked first, the update is durable before the 200."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

from bot.channels.telegram.health import TelegramHealth
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.updates import MOST_BYTES, arrival
from bot.core.errors import StorageUnavailable
from bot.core.ports import Accept, Clock

WebhookHandler = Callable[[Mapping[str, str], bytes], Awaitable[int]]
"""From headers and raw body to the HTTP status."""

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name


def webhook_handler(options: TelegramOptions, health: TelegramHealth, clock: Clock, accept: Accept) -> WebhookHandler:
    """Return the handler of one bot's calls.

    Telegram repeats a call until it hears 2xx, so only what may succeed later is answered otherwise: 503 while our
    storage is away. An update we can't read is kept raw and acknowledged.
    """

    async def handle(headers: Mapping[str, str], body: bytes) -> int:
        if not _is_telegrams(headers, options.secret):
            return HTTPStatus.FORBIDDEN
        if len(body) > MOST_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        now = clock.now()
        inbound = arrival(body, options.source, now)
        if inbound is not None:
            try:
                await accept([inbound])
            except StorageUnavailable:
                return HTTPStatus.SERVICE_UNAVAILABLE
        health.last_contact = now
        return HTTPStatus.OK

    return handle


def _is_telegrams(headers: Mapping[str, str], secret: str) -> bool:
    shown = next((value for name, value in headers.items() if name.lower() == SECRET_HEADER), "")
    return bool(secret) and hmac.compare_digest(shown.encode(errors="replace"), secret.encode())
