"""Our end of the Bot API: one bot that hands updates over as they came and tells the log neither token nor text."""

import json
import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.courtesy import Courtesy
from bot.channels.telegram.options import TelegramOptions
from bot.core.loopback import is_outside

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")

_PATIENCE: Final = 20.0  # seconds for an answer, beside what a long poll waits
_IN_PATH: Final = re.compile(r"(/bot\d+):[^/\s]+")


class DeskBot(Bot):
    """A bot whose updates stay raw, so that one odd update can't hold up the others."""

    __slots__ = ()

    async def raw_updates(self, offset: int | None, poll_seconds: int) -> list[Any]:
        """Wait for updates and return them as decoded JSON; an offset confirms everything before it."""
        wish = {"offset": offset, "timeout": poll_seconds, "allowed_updates": ALLOWED_UPDATES}
        updates = await self._post("getUpdates", wish, read_timeout=poll_seconds + _PATIENCE)
        if not isinstance(updates, list):
            raise TelegramError("the answer to getUpdates is no list")
        return updates

    async def pay(self, courtesy: Courtesy) -> None:
        """Do what an update is owed. Raises TelegramError."""
        await self._post(courtesy.method, dict(courtesy.wish))

    async def set_menu(self, menu: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Show the commands with what they do, by language; to everybody else those of the empty one."""
        for language, commands in menu.items():
            await self.set_my_commands(commands, language_code=language or None)


class QuietRequest(HTTPXRequest):
    """Requests that never log a payload: it may hold what people wrote."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Decode an answer of the Bot API. Raises TelegramError."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            raise TelegramError("the answer is no JSON") from None
        if not isinstance(answer, dict) or not {"result", "error_code"} & answer.keys():
            raise TelegramError("the answer is none of a Bot API")
        return answer


@asynccontextmanager
async def open_bot(options: TelegramOptions) -> AsyncIterator[DeskBot]:
    """Open a bot's connections and close them afterwards; asks Telegram nothing, so an outage stops no start."""
    token, base_url = options.token, options.base_url
    logging.getLogger("httpx").addFilter(_hide_token)
    async with _request(base_url, 1) as polling, _request(base_url, 8) as calling:
        files = f"{base_url.removesuffix('/bot')}/file/bot"
        yield DeskBot(token, base_url, files, request=calling, get_updates_request=polling)


def _request(base_url: str, connections: int) -> QuietRequest:
    # A proxy from the environment is for the world outside, never for this machine's own servers.
    outside = is_outside(base_url)
    return QuietRequest(
        connections,
        read_timeout=_PATIENCE,
        write_timeout=_PATIENCE,
        connect_timeout=10.0,
        pool_timeout=_PATIENCE,
        httpx_kwargs={"trust_env": outside},
    )


def _hide_token(record: logging.LogRecord) -> bool:
    """Mask the token in httpx's log lines: the Bot API puts it in the path."""
    record.msg, record.args = _IN_PATH.sub(r"\1:…", record.getMessage()), ()
    return True
