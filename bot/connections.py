"""Reach every server of the settings once, for the doctor: what answers, or what to do."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from difflib import get_close_matches
from typing import Final

import httpx
from imapclient.exceptions import IMAPClientError

from bot.bootstrap import provider_of
from bot.channels.chat.courier import checked
from bot.channels.imap.connection import Connection
from bot.channels.imap.health import in_words
from bot.channels.imap.options import Mailbox
from bot.channels.sender_auth.resolver import DnsUnavailable, Resolver
from bot.channels.smtp_in.options import READY
from bot.channels.smtp_out import SmtpCourier
from bot.channels.telegram import check as telegram
from bot.core.errors import CannotListen, NotAllowed, RightsDeskError
from bot.heralds import checked as heard
from bot.heralds import herald_of
from bot.machine import SystemClock
from bot.settings import BadSettings, Settings
from bot.social import is_on, platform_of
from bot.wires import mailbox_of, scanner_of, sender_of, server_of, telegram_options

Check = Callable[[], Awaitable[str]]

_GREETING_SECONDS: Final = 5.0


class NotReached(RightsDeskError):
    """A server that can't be used as the settings say; the text says what to do."""


def connection_checks(settings: Settings, resolver: Resolver) -> Iterator[tuple[str, Check]]:
    """Yield a name and a check for each server; a check returns what is right or raises what is wrong, in words."""
    for section in settings.mailbox:
        yield (
            f"mailbox {section.name}",
            lambda section=section: asyncio.to_thread(  # type: ignore[misc]
                _open_mailbox, mailbox_of(settings, section)
            ),
        )
    if settings.smtp_in is not None:
        listen = settings.smtp_in.listen
        yield "smtp_in", lambda: _listen(listen, _greets_like_ours)
        if settings.smtp_in.protocol == "smtp" and not settings.smtp_in.authserv_id:
            yield "dns", lambda: asyncio.to_thread(_look_up, resolver, settings.company.domains[0])
    yield from _colleagues(settings)
    if settings.smtp_out is not None:
        yield "smtp_out", lambda: _greet_mail_server(settings)
    if settings.telegram is not None:
        yield "telegram", lambda: telegram.checked(telegram_options(settings))
    for account in filter(is_on, settings.social):
        yield (
            account.name,
            lambda account=account: checked(platform_of(settings, account, SystemClock())),  # type: ignore[misc]
        )
    for system in settings.webhook:
        yield (
            f"webhook {system.name}",
            lambda system=system: heard(herald_of(settings, system, SystemClock())),  # type: ignore[misc]
        )


def _colleagues(settings: Settings) -> Iterator[tuple[str, Check]]:
    if settings.console is not None:
        pages = settings.console.listen
        yield "console", lambda: _listen(pages, _answers_like_ours)
    if (scanner := scanner_of(settings)) is not None:
        yield "clamd", scanner.version
    if settings.sign_in is not None:
        yield "sign_in", lambda: _greet_provider(settings)


async def _greet_provider(settings: Settings) -> str:
    provider = provider_of(settings, SystemClock())
    issuer = settings.sign_in.issuer if settings.sign_in else ""
    try:
        leaving = await provider.exit() if provider else ""
    except NotAllowed:
        raise NotReached(
            f"{issuer} does not answer as an OpenID provider of that very name: compare `issuer` with its settings"
        ) from None
    return f"{issuer} answers; who signs out here {'may sign out' if leaving else 'stays signed in'} there"


def _open_mailbox(mailbox: Mailbox) -> str:
    try:
        with closing(Connection.open(mailbox.server)) as connection:
            there = connection.folders()
            for folder in mailbox.folders:
                try:
                    connection.examine(folder)
                except IMAPClientError:
                    raise NotReached(_misspelt(folder, there)) from None
    except (IMAPClientError, OSError) as failure:
        raise NotReached(in_words(failure)) from None
    told = f"logged in, {', '.join(mailbox.folders)} can be read"
    if not mailbox.done_folder or mailbox.done_folder in there:
        return told
    if get_close_matches(mailbox.done_folder.lower(), [name.lower() for name in there], cutoff=0.8):
        raise NotReached(_misspelt(mailbox.done_folder, there))
    return f"{told}; {mailbox.done_folder} is made with the first request"


def _misspelt(folder: str, there: Sequence[str]) -> str:
    spelt = {name.lower(): name for name in there}
    meant = get_close_matches(folder.lower(), spelt, n=1)
    guess = f"is {spelt[meant[0]]} meant" if meant else "create it, or name another"
    return f"there is no folder {folder} that can be read: {guess}? The mailbox has {', '.join(there)}"


async def _listen(listen: str, is_ours: Callable[[str, int], Awaitable[bool]]) -> str:
    """Take an address of ours and let it go again, or make sure that it is our own service that has it."""
    host, _, written = listen.rpartition(":")
    port = int(written)
    try:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), host.strip("[]"), port)
    except OSError as failure:
        if await is_ours(host.strip("[]"), port):
            return f"our service listens on {listen}"
        raise CannotListen(listen, failure) from None
    server.close()
    await server.wait_closed()
    return f"{listen} is free to listen on"


async def _greets_like_ours(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_GREETING_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            greeting = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return greeting.startswith(b"220 ") and greeting.strip().endswith(READY.encode())


async def _answers_like_ours(host: str, port: int) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=_GREETING_SECONDS) as client:
            health = (await client.get(f"http://{f'[{host}]' if ':' in host else host}:{port}/health")).json()
    except (httpx.HTTPError, ValueError):
        return False
    return isinstance(health, dict) and "channels" in health


def _look_up(resolver: Resolver, domain: str) -> str:
    try:
        resolver.mx(domain)
    except DnsUnavailable as silent:
        raise NotReached(
            f"{silent}: give this machine a name server (/etc/resolv.conf); until then no sender can be proven"
        ) from None
    return "answers; senders can be checked"


async def _greet_mail_server(settings: Settings) -> str:
    if settings.smtp_out is None:
        raise BadSettings("there is no [smtp_out] section")
    await SmtpCourier(server_of(settings, settings.smtp_out), sender_of(settings)).reach()
    return "reached" + (", logged in" if settings.smtp_out.user else "")
