"""The way out to a chat: plain text, in as many messages as it takes."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import RetryAfter, TelegramError

from bot.channels.chat.courier import in_pieces
from bot.channels.chat.line import MOST_FILE
from bot.channels.chat.pace import Pace
from bot.channels.chat.pieces import split
from bot.channels.telegram.client import DeskBot, open_bot
from bot.channels.telegram.failures import as_failure, flood_seconds
from bot.channels.telegram.options import TelegramOptions
from bot.core.delivery import Outgoing
from bot.core.drafts import CODE_SLOT, Choice
from bot.core.errors import PermanentFailure, TransientFailure, UncertainDelivery

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)  # Telegram would fetch the link
_TRIES_IN_BETWEEN: Final = 3


class TelegramCourier:
    """Sends to private chats. An asynchronous context manager: it holds connections."""

    def __init__(self, options: TelegramOptions, pace: Pace | None = None) -> None:
        self._options = options
        self._pace = pace or Pace()
        self._stack = AsyncExitStack()
        self._bot: DeskBot | None = None

    async def __aenter__(self) -> Self:
        self._bot = await self._stack.enter_async_context(open_bot(self._options))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bot = None
        await self._stack.aclose()

    async def fetch(self, reference: str) -> bytes:
        """Fetch a file somebody sent. Raises PermanentFailure, TransientFailure."""
        if self._bot is None:
            raise TransientFailure("the way out to Telegram is closed")
        try:
            file = await self._bot.get_file(reference)
            if (file.file_size or 0) > MOST_FILE:
                raise PermanentFailure(f"this file is over {MOST_FILE // 1024 // 1024} MB: ask for it by mail")
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            failure = as_failure(error)
            if isinstance(failure, UncertainDelivery):  # nothing was handed over
                raise TransientFailure(str(failure)) from error
            raise failure from error

    async def send(self, outgoing: Outgoing) -> str:
        """Send one message and return the ids Telegram gave its pieces.

        Raises UncertainDelivery as soon as a piece has arrived and a later one has not: sent again whole, the first
        would come twice.
        """
        chat, tries = _chat_of(outgoing), 1

        async def post(piece: str, choices: tuple[Choice, ...]) -> str:
            nonlocal tries
            sent = await self._post(chat, piece, tries, _keyboard(choices))
            tries = _TRIES_IN_BETWEEN
            return sent

        return await in_pieces(_pieces_of(outgoing), outgoing.choices, post)

    async def _post(self, chat: int, text: str, tries: int, keyboard: InlineKeyboardMarkup | None) -> str:
        """Send one piece and return its id; in the middle of a message it is better to wait than to give up."""
        if self._bot is None:
            raise TransientFailure("the way out to Telegram is closed")
        while True:
            await self._pace.turn(str(chat))
            tries -= 1
            try:
                sent = await self._bot.send_message(chat, text, link_preview_options=_NO_PREVIEW, reply_markup=keyboard)
            except RetryAfter as flood:
                self._pace.hold(str(chat), flood_seconds(flood))
                if not tries:
                    raise as_failure(flood) from flood
            except TelegramError as error:
                raise as_failure(error) from error
            else:
                return str(sent.message_id)


def _chat_of(outgoing: Outgoing) -> int:
    """Return the private chat, whose id is the person's own."""
    value = outgoing.recipient.value
    if not (value.isascii() and value.isdigit()):
        raise PermanentFailure("a Telegram recipient is a person's numeric id; groups and names are never written to")
    return int(value)


def _keyboard(choices: tuple[Choice, ...]) -> InlineKeyboardMarkup | None:
    """Return the answers to tap, one below the other: a phone is narrow."""
    if not choices:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(choice.label, callback_data=choice.word)] for choice in choices])


def _pieces_of(outgoing: Outgoing) -> list[str]:
    if CODE_SLOT in outgoing.body and not outgoing.secret:
        raise PermanentFailure("the code this message was to carry is gone: write a new one")
    return split(outgoing.body.replace(CODE_SLOT, outgoing.secret))
