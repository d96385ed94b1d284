"""Opening the stage of one transcript: the settings, the wires, the customers and the colleagues."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx

import storage
from bot.bootstrap import Desk, open_desk
from bot.channels.imap.source import ImapSource
from bot.channels.smtp_in import SmtpSource
from bot.console.app import build_app
from bot.core.drafts import Role
from bot.core.letters import RecordField
from bot.core.records import Customer
from bot.core.unit import Unit
from bot.demo.bot_api import BotApi
from bot.demo.chats import Chats
from bot.health import health
from bot.service import office_of, webhooks
from bot.settings import settings_from
from tests.e2e.transcript import Transcript
from tests.e2e.transcript_mail import DESK, publish
from tests.e2e.transcript_mailbox import OwnMailbox
from tests.e2e.transcript_pages import PAGES
from tests.e2e.transcript_reader import CuedReader
from tests.e2e.transcript_social import open_world
from tests.e2e.transcript_stage import APPROVERS, COLLEAGUES, PATIENCE, SMS, Bridge, Stage
from tests.fakes.bridge import FakeBridge
from tests.fakes.ports import CountedEntropy, TurnedClock
from tests.servers.smtp_sink import SmtpSink
from tests.servers.web import served

SECRET: Final = "0123456789abcdef0123456789abcdef"

SENSITIVE: Final = {"second_proof": ["access"], "second_facts": ["birthdate", "iban_end"]}
BEGINNING: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday whose month ends on an ordinary Thursday: no public holiday comes near."""


@asynccontextmanager
async def open_stage(
    transcript: Transcript, folder: Path, sink: SmtpSink, mailbox: OwnMailbox | None = None
) -> AsyncIterator[Stage]:
    """Open the desk of one transcript, with its customers on record and its colleagues."""
    clock, reader = TurnedClock(BEGINNING), CuedReader(transcript.language)
    async with AsyncExitStack() as stack:
        settings: dict[str, object] = {
            "company": {
                "name": "Nexio Projects",
                "contact": DESK,
                "country": "NL",
                "public_url": PAGES if transcript.pages else "http://127.0.0.1:8000",
                "timezone": "Europe/Amsterdam",
                "domains": ["nexioprojects.com"],
                "address": "Kantoorstraat 1, 1234 AB Ons Dorp",
                "authority": "Autoriteit Persoonsgegevens",
                "authority_site": "autoriteitpersoonsgegevens.nl",
            },
            "storage": {"url": "sqlite:///intake.db"},
            "smtp_in": {"listen": "127.0.0.1:0"},
            "smtp_out": {"host": sink.host, "port": sink.port, "tls": "none"},
            "staff": {"notify": ["privacy@nexioprojects.com"]},
            "replies": {"undo_seconds": 0},  # what is approved leaves at once: no story is about second thoughts
            "recipient": [
                {"name": one.name, "contact": one.address, "language": one.recipient}
                for one in transcript.people
                if one.recipient
            ],
        }
        settings |= {"console": {"listen": "127.0.0.1:0"}} if transcript.pages else {}
        settings |= {"identity": SENSITIVE} if transcript.sensitive else {}
        platform = None
        if any(person.chat for person in transcript.people):
            api = await stack.enter_async_context(BotApi(Chats("", now=lambda: clock.now().timestamp())).open())
            (folder / "telegram").write_text("123456:0123456789abcdef0123456789abcdef\n")
            settings["telegram"] = {"token_file": "telegram", "base_url": api}
            platform = await stack.enter_async_context(httpx.AsyncClient(base_url=api.removesuffix("/bot")))
        fake = None
        if any(person.phone for person in transcript.people):
            fake = FakeBridge(SECRET, clock=lambda: clock.now().timestamp())
            (folder / "sms").write_text(f"{SECRET}\n")
            url = await stack.enter_async_context(served(fake.app))
            entry = {"kind": "webhook", "name": SMS, "url": f"{url}/rights", "secret_files": ["sms"]}
            settings["social"] = [entry]
        social = None
        if any(person.accounts for person in transcript.people):
            social = await open_world(stack, clock)
            settings["social"] = social.entries(folder)
        if mailbox is not None:
            (folder / "imap").write_text(f"{mailbox.account.password}\n")
            settings["mailbox"] = [mailbox.settings]
        built = settings_from(settings, base=folder)
        await asyncio.to_thread(storage.migrate, built.database_url)
        resolver = publish(sorted({one.domain for one in (*COLLEAGUES, *transcript.people)} - {""}))
        entropy = CountedEntropy(transcript.name)
        desk = await stack.enter_async_context(
            open_desk(built, resolver=resolver, clock=clock, entropy=entropy, reader=reader)
        )
        await _furnish(desk, transcript)
        bridge = None
        if fake is not None or social is not None:
            pages = await stack.enter_async_context(served(build_app(lambda: health(desk), webhooks(desk))))
            bridge = Bridge(fake, f"{pages}/webhooks/{SMS}") if fake is not None else None
            if social is not None:
                social.pages = pages
        site = await _site(stack, desk, transcript)
        listener = next(source for source in desk.sources if isinstance(source, SmtpSource))
        running = [asyncio.create_task(source.run(desk.intake.accept)) for source in desk.sources]
        try:
            await asyncio.wait_for(listener.listening.wait(), PATIENCE)
            await _mailboxes_watched(desk)
            yield Stage(transcript, desk, clock, reader, sink, listener, platform, bridge, mailbox, social, site)
        finally:
            for task in running:
                task.cancel()
            for task in running:
                with suppress(asyncio.CancelledError):
                    await task


async def _site(stack: AsyncExitStack, desk: Desk, transcript: Transcript) -> httpx.AsyncClient | None:
    """Put our public pages up, and return a browser of the story's language; None where nobody reaches them."""
    if not transcript.pages:
        return None
    url = await stack.enter_async_context(served(build_app(lambda: health(desk), {}, office_of(desk))))
    spoken = {"Accept-Language": transcript.language}
    return await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=spoken))


async def _mailboxes_watched(desk: Desk) -> None:
    """Wait until every mailbox was looked into once: what lies there before that is not ours to read."""
    mailboxes = [source for source in desk.sources if isinstance(source, ImapSource)]
    async with asyncio.timeout(PATIENCE):
        while not all(source.health.last_contact for source in mailboxes):  # noqa: ASYNC110 - told by another thread
            await asyncio.sleep(0.01)


async def _furnish(desk: Desk, transcript: Transcript) -> None:
    """Put customers on record and give colleagues their role."""

    def work(unit: Unit) -> None:
        for one in filter(lambda person: person.number, transcript.people):
            fields = tuple(RecordField(name, value) for name, value in one.record if name != "phones")
            ident, language = f"id-{one.key}", transcript.language
            mails = (one.address,) if one.domain else ()
            phones = tuple(value for name, value in one.record if name == "phones")
            customer = Customer(ident, one.number, one.name, mails, phones, language=language, fields=fields)
            unit.directory.put(customer, desk.approval.clock.now())
        for colleague in APPROVERS:
            unit.staff.add(colleague.address, Role.DPO)

    await desk.store.transact(work)
