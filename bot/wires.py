"""From settings to the wires: mailboxes and mail servers, Telegram, chat platforms, and who hears of cases."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from email.headerregistry import Address

import replies
from bot.channels.chat.courier import ChatCourier
from bot.channels.chat.platform import Platform
from bot.channels.clamd import Clamd
from bot.channels.imap.options import Mailbox
from bot.channels.imap.source import ImapSource
from bot.channels.mail_server import MailServer
from bot.channels.sent_folder import SentFolder
from bot.channels.smtp_in import ListenerOptions, SmtpSource
from bot.channels.smtp_out import SmtpCourier
from bot.channels.telegram import TelegramCourier, TelegramOptions, TelegramSource
from bot.channels.telegram.options import WEBHOOK_PATH
from bot.core.messages import MAIL, TELEGRAM
from bot.core.ports import Archive, Clock, Courier, Herald, Source
from bot.core.rights import OUR_LANGUAGES
from bot.core.unit import Store
from bot.flow.mailbox_memory import MailboxMemory
from bot.heralds import herald_of
from bot.settings import BadSettings, MailboxSection, ServerSection, Settings
from bot.social import sources_of


def server_of(settings: Settings, section: ServerSection) -> MailServer:
    """Return where a mail server is and how one signs in there."""
    return MailServer(
        host=section.host,
        port=section.port,
        tls=section.tls,
        user=section.user,
        password=settings.secret(section.password_file).get_secret_value(),
    )


def mailbox_of(settings: Settings, section: MailboxSection) -> Mailbox:
    """Return one mailbox as it is watched; the folder of sent mail is always among its folders."""
    sent = (section.sent_folder,) if section.sent_folder else ()
    return Mailbox(
        name=section.name,
        server=server_of(settings, section),
        folders=section.folders + tuple(folder for folder in sent if folder not in section.folders),
        done_folder=section.done_folder,
        sent_folder=section.sent_folder,
        authserv_id=section.authserv_id,
        poll_seconds=float(section.poll_seconds),
    )


def ways_in(settings: Settings, platforms: Sequence[Platform], store: Store, clock: Clock) -> tuple[Source, ...]:
    """Return everything that brings messages: mailboxes, our own mail server, Telegram, chat platforms."""
    memory = MailboxMemory(store)
    sources: list[Source] = [
        ImapSource(mailbox_of(settings, section), memory, clock, memory) for section in settings.mailbox
    ]
    if settings.smtp_in is not None:
        host, _, port = settings.smtp_in.listen.rpartition(":")
        sources.append(
            SmtpSource(
                ListenerOptions(
                    host=host,
                    port=int(port),
                    protocol=settings.smtp_in.protocol,
                    domains=frozenset(domain.lower() for domain in settings.company.domains),
                    authserv_id=settings.smtp_in.authserv_id,
                ),
                clock,
            )
        )
    if settings.telegram is not None:
        sources.append(TelegramSource(telegram_options(settings), clock))
    sources += sources_of(settings, platforms, memory, clock)
    return tuple(sources)


async def ways_out(settings: Settings, platforms: Sequence[Platform], stack: AsyncExitStack) -> dict[str, Courier]:
    """Open what takes messages out, a courier a channel; `stack` closes them."""
    couriers: dict[str, Courier] = {}
    if settings.smtp_out is not None:
        couriers[MAIL] = SmtpCourier(server_of(settings, settings.smtp_out), sender_of(settings))
    if settings.telegram is not None:
        couriers[TELEGRAM] = await stack.enter_async_context(TelegramCourier(telegram_options(settings)))
    for platform in platforms:
        couriers[platform.channel] = await stack.enter_async_context(ChatCourier(platform))
    return couriers


async def heralds_of(settings: Settings, clock: Clock, stack: AsyncExitStack) -> dict[str, Herald]:
    """Open what tells other systems of cases, a herald a subscriber; `stack` closes them."""
    return {
        section.name: await stack.enter_async_context(herald_of(settings, section, clock))
        for section in settings.webhook
    }


def sender_of(settings: Settings) -> Address:
    """Return the name and address that our mails come from."""
    return Address(settings.company.name, addr_spec=settings.company.contact)


def scanner_of(settings: Settings) -> Clamd | None:
    """Return what looks into files of strangers, where the settings name it."""
    return Clamd(settings.console.clamd) if settings.console and settings.console.clamd else None


def archive_of(settings: Settings) -> Archive | None:
    """Return where copies of sent mail are kept: the first mailbox that names a folder for them."""
    for section in settings.mailbox:
        if section.sent_folder:
            return SentFolder(server_of(settings, section), sender_of(settings), section.sent_folder)
    return None


def telegram_options(settings: Settings) -> TelegramOptions:
    """Return how Telegram is reached. Raises BadSettings."""
    section = settings.telegram
    if section is None:
        raise BadSettings("there is no [telegram] section")
    try:
        return TelegramOptions(
            token=settings.secret(section.token_file).get_secret_value(),
            base_url=section.base_url,
            mode=section.mode,
            secret=settings.secret(section.secret_file).get_secret_value(),
            webhook_url=settings.company.public_url.rstrip("/") + WEBHOOK_PATH if section.mode == "webhook" else "",
            username=section.bot.removeprefix("@"),
            menu={"": replies.chat_commands("en")} | {one: replies.chat_commands(one) for one in OUR_LANGUAGES},
        )
    except ValueError as wrong:
        raise BadSettings(str(wrong)) from None
