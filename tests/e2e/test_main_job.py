"""The main job over real wires: Dovecot, SMTP and the chat platform's HTTP, with the shipped reader and letters."""

import asyncio
import imaplib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import httpx
import pytest

import storage
from bot.bootstrap import Desk, open_desk
from bot.core.case import State
from bot.core.drafts import DraftStatus, Role
from bot.core.letters import RecordField
from bot.core.messages import Handle
from bot.core.records import Customer
from bot.demo.bot_api import BotApi
from bot.demo.chats import Chats
from bot.service import run_service
from bot.settings import settings_from
from tests.servers.dovecot import Account, Dovecot
from tests.servers.smtp_sink import Received, SmtpSink
from tests.work import each

ANN, KIM, LEE = "ann.peeters@example.com", "kim@nexioprojects.com", "lee@nexioprojects.com"
CODE = re.compile(r"(?<!-)\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
PATIENCE = 40.0
REQUEST = "Hello,\n\nplease send me a copy of all the personal data you hold about me.\n\nKind regards\nAnn Peeters\n"


@dataclass
class World:
    """A running desk, its mailbox, and the internet around it."""

    desk: Desk
    dovecot: Dovecot
    account: Account
    sink: SmtpSink
    chat: str

    def write(
        self, text: str, *, sender: str = ANN, subject: str = "My data", reply_to: Received | None = None
    ) -> None:
        """Deliver a mail as the company's own server would: with its verdict on top."""
        mail = EmailMessage()
        mail["Authentication-Results"] = (
            f"mx.nexioprojects.com; dmarc=pass (p=reject) header.from={sender.split('@')[1]}"
        )
        mail["From"], mail["To"], mail["Subject"] = sender, "info@nexioprojects.com", subject
        mail["Message-ID"] = f"<{len(text)}.{len(self.sink.received)}@example.com>"
        if reply_to is not None:
            mail["In-Reply-To"] = mail["References"] = str(reply_to.message["Message-ID"])
        mail.set_content(text)
        self.dovecot.deliver(self.account.user, mail.as_bytes(policy=policy.SMTP), sender=sender)

    def mails_to(self, address: str) -> list[Received]:
        return [mail for mail in self.sink.received if address in mail.rcpt_tos]


async def until(seen: Callable[[], object]) -> None:
    """Wait until something can be seen; a failure of patience fails the test."""
    async with asyncio.timeout(PATIENCE):
        while not seen():  # noqa: ASYNC110 - what is seen lies in another thread's list
            await asyncio.sleep(0.1)


def text_of(mail: Received) -> str:
    parsed = BytesParser(policy=policy.default).parsebytes(mail.content)
    body = parsed.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@asynccontextmanager
async def running(url: str, folder: Path, dovecot: Dovecot, sink: SmtpSink) -> AsyncIterator[World]:
    account = dovecot.account("nexioprojects.com")
    (folder / "imap").write_text(f"{account.password}\n")
    (folder / "telegram").write_text("123456:0123456789abcdef0123456789abcdef\n")
    async with BotApi(Chats("")).open() as api:
        settings = settings_from(
            {
                "company": {
                    "name": "Nexio Projects",
                    "contact": "info@nexioprojects.com",
                    "country": "NL",
                    "timezone": "Europe/Amsterdam",
                    "domains": ["nexioprojects.com"],
                    "authority": "Autoriteit Persoonsgegevens",
                    "authority_site": "autoriteitpersoonsgegevens.nl",
                },
                "storage": {"url": url},
                "mailbox": [
                    {
                        "name": "info",
                        "host": dovecot.host,
                        "port": dovecot.imap_port,
                        "tls": "none",
                        "user": account.user,
                        "password_file": "imap",
                        "folders": ["INBOX", "Junk"],
                        "done_folder": "Rights desk",
                        "sent_folder": "Sent",
                        "authserv_id": "mx.nexioprojects.com",
                        "poll_seconds": 1,
                    }
                ],
                "smtp_out": {"host": sink.host, "port": sink.port, "tls": "none"},
                "telegram": {"token_file": "telegram", "base_url": api},
                "reading": {"quiet_seconds": 0},
            },
            base=folder,
        )
        storage.migrate(settings.database_url)
        async with open_desk(settings) as desk:
            service = asyncio.create_task(run_service(desk))
            await until(lambda: service.done() or all(source.health.last_contact for source in desk.sources))  # type: ignore[attr-defined]
            if service.done():
                service.result()
            try:
                yield World(desk, dovecot, account, sink, api.removesuffix("/bot"))
            finally:
                service.cancel()
                with suppress(asyncio.CancelledError):
                    await service


async def know(desk: Desk) -> None:
    customer = Customer("id1", "C-1001", "Ann Peeters", (ANN,), fields=(RecordField("street", "Dorpsstraat 7"),))
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.approval.clock.now()))
    await desk.store.transact(each((KIM, LEE), lambda unit, one: unit.staff.add(one, Role.APPROVER)))


async def approve_with_both(desk: Desk) -> None:
    """Fill what only a colleague knows, then approve twice."""
    (draft,) = await desk.store.transact(lambda unit: unit.drafts.listed(DraftStatus.WAITING))
    body = re.sub("⟦[^⟧]*⟧", "none", draft.body)
    changed = await desk.approval.edit(draft.id, KIM, body=body)
    for colleague in (KIM, LEE):
        await desk.approval.approve(changed.id, colleague)


@pytest.mark.dovecot
async def test_a_customer_writes_proves_herself_and_gets_her_data(
    database_url: str, tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    async with running(database_url, tmp_path, dovecot, smtp_sink) as world:
        await know(world.desk)
        world.write(REQUEST)
        await until(lambda: world.mails_to(ANN))
        (question,) = world.mails_to(ANN)
        found = CODE.search(text_of(question))
        assert found
        assert "copy" not in text_of(question)
        assert question.message["Auto-Submitted"] == "auto-replied"

        world.write(f"The code is {found[0]}\n", reply_to=question)
        await until(lambda: folder_of(world, "Rights desk") >= 2)
        (case,) = await world.desk.store.transact(lambda unit: unit.cases.listed())
        assert case.stage is State.REVIEW

        await approve_with_both(world.desk)
        await until(lambda: len(world.mails_to(ANN)) == 3)  # the question, thanks for the code, the answer
        answer = world.mails_to(ANN)[-1]
        assert "Dorpsstraat 7" in text_of(answer)
        assert answer.message["In-Reply-To"]
        assert "Auto-Submitted" not in answer.message
        await until(lambda: folder_of(world, "Sent") == 3)


@pytest.mark.dovecot
async def test_other_mail_stays_as_it_lies(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink) -> None:
    async with running(f"sqlite:///{tmp_path}/intake.db", tmp_path, dovecot, smtp_sink) as world:
        world.write("Dear colleagues, the meeting on Thursday moves to 10 o'clock in room 4.\n", subject="Meeting")
        world.write(REQUEST, sender="zoe@example.net")
        await until(lambda: world.mails_to("zoe@example.net"))
        await until(lambda: folder_of(world, "Rights desk") == 1)
        assert (folder_of(world, "INBOX"), folder_of(world, "INBOX", "UNSEEN")) == (1, 1)


async def test_a_chat_ends_in_a_mail(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink) -> None:
    async with (
        running(f"sqlite:///{tmp_path}/intake.db", tmp_path, dovecot, smtp_sink) as world,
        httpx.AsyncClient() as http,
    ):
        await know(world.desk)

        async def say(text: str) -> None:
            said = {"chat_id": 4711, "first_name": "Ann", "language_code": "en", "text": text}
            (await http.post(f"{world.chat}/control/say", json=said)).raise_for_status()

        async def heard() -> list[str]:
            answer = (await http.get(f"{world.chat}/control/sent", params={"chat_id": 4711})).json()
            return [message["text"] for message in answer]

        async def answered(times: int) -> None:
            async with asyncio.timeout(PATIENCE):
                while len(await heard()) < times:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)

        await say("please delete my account and all my personal data")
        await answered(1)
        await say(f"my address is {ANN}")
        await answered(2)
        await until(lambda: world.mails_to(ANN))
        found = CODE.search(text_of(world.mails_to(ANN)[0]))
        assert found
        await say(found[0])
        async with asyncio.timeout(PATIENCE):
            while (await world.desk.store.transact(lambda unit: unit.cases.listed()))[0].proven is None:  # noqa: ASYNC110 - the database is asked, nothing rings
                await asyncio.sleep(0.1)
        (case,) = await world.desk.store.transact(lambda unit: unit.cases.listed())
        assert case.proven == Handle("email", ANN)
        assert not any(ANN in text or "Peeters" in text for text in await heard())


def folder_of(world: World, folder: str, what: str = "ALL") -> int:
    """Count the mails of a folder as a colleague's mail client would see them."""
    with imaplib.IMAP4(world.dovecot.host, world.dovecot.imap_port) as client:
        client.login(world.account.user, world.account.password)
        if client.select(f'"{folder}"', readonly=True)[0] != "OK":
            return 0
        return len(client.search(None, what)[1][0].split())
