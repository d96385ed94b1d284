"""Reach every server of the settings once, for the doctor: what answers, or what to do."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing

from imapclient.exceptions import IMAPClientError
from telegram.error import TelegramError

from bot.bootstrap import mailbox_of, sender_of, server_of, telegram_options
from bot.channels.chat.courier import checked
from bot.channels.imap.connection import Connection
from bot.channels.imap.health import in_words
from bot.channels.imap.options import Mailbox
from bot.channels.smtp_out import SmtpCourier
from bot.channels.telegram.client import open_bot
from bot.core.errors import RightsDeskError
from bot.machine import SystemClock
from bot.settings import BadSettings, Settings
from bot.social import platform_of

Check = Callable[[], Awaitable[str]]


class NotReached(RightsDeskError):
    """A server that can't be used as the settings say; the text says what to do."""


def connection_checks(settings: Settings) -> Iterator[tuple[str, Check]]:
    """Yield a name and a check for each server; a check returns what is right or raises what is wrong, in words."""
    for section in settings.mailbox:
        yield (
            f"mailbox {section.name}",
            lambda section=section: asyncio.to_thread(  # type: ignore[misc]
                _open_mailbox, mailbox_of(settings, section)
            ),
        )
    if settings.smtp_out is not None:
        yield "smtp_out", lambda: _greet_mail_server(settings)
    if settings.telegram is not None:
        yield "telegram", lambda: _ask_telegram(settings)
    for account in settings.social:
        yield (
            account.name,
            lambda account=account: checked(platform_of(settings, account, SystemClock())),  # type: ignore[misc]
        )


def _open_mailbox(mailbox: Mailbox) -> str:
    try:
        with closing(Connection.open(mailbox.server)) as connection:
            missing = []
            for folder in mailbox.folders:
                try:
                    connection.examine(folder)
                except IMAPClientError:
                    missing.append(folder)
    except (IMAPClientError, OSError) as failure:
        raise NotReached(in_words(failure)) from None
    if missing:
        raise NotReached(f"there is no folder {', '.join(missing)}: create it or correct `folders`")
    return f"logged in, {', '.join(mailbox.folders)} can be read"


async def _greet_mail_server(settings: Settings) -> str:
    if settings.smtp_out is None:
        raise BadSettings("there is no [smtp_out] section")
    await SmtpCourier(server_of(settings, settings.smtp_out), sender_of(settings)).reach()
    return "reached" + (", logged in" if settings.smtp_out.user else "")


async def _ask_telegram(settings: Settings) -> str:
    try:
        async with open_bot(telegram_options(settings)) as bot:
            me = await bot.get_me()
    except TelegramError as failure:
        raise NotReached(f"Telegram refuses ({type(failure).__name__}): check token_file with BotFather") from None
    return f"the bot is @{me.username}"
