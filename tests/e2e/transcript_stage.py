"""The stage of a transcript: a whole desk on real wires, its clock, and what came out of it."""

import asyncio
import re
import smtplib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from http import HTTPStatus
from typing import Any, Final

import httpx

from bot.bootstrap import Desk
from bot.channels.smtp_in import SmtpSource
from bot.core.case import Case
from bot.core.delivery import DeliveryState
from bot.core.messages import TELEGRAM, Handle
from bot.core.records import Disposition, Kept
from bot.core.rights import Scope
from tests.e2e.transcript import Block, Person, Transcript
from tests.e2e.transcript_mail import DESK, hide_tickets, text_of
from tests.e2e.transcript_mailbox import OwnMailbox
from tests.e2e.transcript_reader import CuedReader
from tests.e2e.transcript_social import CALLED, SocialWorld
from tests.fakes.bridge import FakeBridge
from tests.fakes.ports import TurnedClock
from tests.servers.smtp_sink import Received, SmtpSink

APPROVERS: Final = (
    Person("KIM", "Kim Vos", "kim@nexioprojects.com"),
    Person("LEE", "Lee Maas", "lee@nexioprojects.com"),
)
COLLEAGUES: Final = (*APPROVERS, Person("PRIVACY", "Privacy team", "privacy@nexioprojects.com"))
PATIENCE: Final = 20.0
"""Seconds for what a server does by itself."""

SMS: Final = "sms"
ROUNDS: Final = 3
QUIET: Final = 61.0
"""Seconds after which the desk takes it that nothing more will be said."""

_CODE: Final = re.compile(r"(?<![0-9A-Z-])[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?![0-9A-Z-])")
_LINK: Final = re.compile(r"https://\S+")
_REFERENCE: Final = re.compile(r"\bNX-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


@dataclass(frozen=True)
class Bridge:
    """The company's bridge for text messages, and where it calls the desk."""

    fake: FakeBridge
    hook: str


@dataclass
class Stage:
    """A desk with one listener for mail, one bot, and a server that keeps what leaves."""

    transcript: Transcript
    desk: Desk
    clock: TurnedClock
    reader: CuedReader
    sink: SmtpSink
    listener: SmtpSource
    platform: httpx.AsyncClient | None
    bridge: Bridge | None
    mailbox: OwnMailbox | None
    social: SocialWorld | None
    site: httpx.AsyncClient | None = None
    shown: list[Block] = field(default_factory=list)
    printed: set[str] = field(default_factory=set)
    written: int = 0
    read_mails: int = 0
    read_chats: int = 0
    read_texts: int = 0
    texts: int = 0
    last_text: str = ""
    last_said: int = 0
    buttons: Sequence[dict[str, str]] = ()
    links: list[str] = field(default_factory=list)
    told: str = ""

    # -- people ----------------------------------------------------------------------------------------

    def person(self, key: str) -> Person:
        """Return somebody of the story or a colleague. Raises KeyError."""
        return {one.key: one for one in (*COLLEAGUES, *self.transcript.people)}[key]

    def mails_to(self, person: Person) -> Sequence[Received]:
        """Return what they have in their mailbox from us, oldest first."""
        return [mail for mail in self.sink.received if person.address in mail.rcpt_tos]

    def code_of(self, person: Person) -> str:
        """Return the last code that was sent to somebody."""
        found = [code for mail in self.mails_to(person) for code in _CODE.findall(_REFERENCE.sub("", text_of(mail)))]
        code: str = found[-1]
        return code

    # -- what goes in ----------------------------------------------------------------------------------

    async def post(self, mail: bytes, sender: str) -> None:
        """Hand a mail to the listener, and let the desk do all it does then."""
        await asyncio.to_thread(self._hand_over, mail, sender)
        await self.settle()

    async def say(self, person: Person, text: str = "", name: str = "", more: dict[str, Any] | None = None) -> None:
        """Write to the bot, by default under one's own name."""
        said = {"chat_id": person.chat, "first_name": name or person.name, "language_code": self.transcript.language}
        told = await self.happen("/control/say", **said | {"text": text, "more": more or {}})
        self.last_said = told["message"]["message_id"]

    async def edit(self, person: Person, text: str) -> None:
        """Change what was written to the bot last."""
        await self.happen("/control/edit", chat_id=person.chat, message_id=self.last_said, text=text)

    async def tap(self, person: Person, label: str) -> None:
        """Press a button below the bot's last message. Raises KeyError where there is none of that name."""
        word = {button["text"]: button["callback_data"] for button in self.buttons}[label]
        await self.happen("/control/tap", chat_id=person.chat, data=word)

    async def happen(self, path: str, **told: Any) -> Any:
        """Let something happen on the platform, and wait until the bot has taken it."""
        if self.platform is None:
            raise ValueError("nobody in this story has a chat")
        answer = (await self.platform.post(path, json=told)).raise_for_status().json()
        async with asyncio.timeout(PATIENCE):
            while (await self.platform.get("/control/pending")).json():  # noqa: ASYNC110 - the bot polls
                await asyncio.sleep(0.01)
        return answer

    async def text(self, person: Person, text: str, **more: Any) -> None:
        """Send a text message, which the company's bridge hands over."""
        self.texts += 1
        self.last_text, before = f"t{self.texts}", more.pop("edits", "")
        said = {"id": self.last_text, "from": person.phone, "name": person.name, "text": text, "edits": before}
        at = {"sent_at": int(self.clock.at.timestamp()), "language": self.transcript.language}
        await self._bridged({"messages": [said | at | more]})

    async def receipt(self, person: Person, state: str) -> None:
        """Let the phone tell what became of our last text."""
        (*_, last) = self._bridge.fake.taken
        await self._bridged({"receipts": [{"id": last["id"], "to": person.phone, "state": state}]})

    async def _bridged(self, call: dict[str, Any]) -> None:
        status = await self._bridge.fake.call(self._bridge.hook, call)
        if status != HTTPStatus.OK:
            raise ValueError(f"the desk answers {status}")

    @property
    def _bridge(self) -> Bridge:
        if self.bridge is None:
            raise ValueError("nobody in this story has a phone")
        return self.bridge

    async def fall_silent(self) -> None:
        """Say nothing for a while, and let the desk do all it does then."""
        self.clock.turn(seconds=QUIET)
        await self.settle()

    async def keep_sent(self, mail: EmailMessage) -> None:
        """Let a colleague's own answer lie in Sent, and let the desk see it there."""
        if self.mailbox is None:
            raise ValueError("nobody answers from the mailbox in this story")
        await asyncio.to_thread(self.mailbox.keep_sent, mail.as_bytes())
        async with asyncio.timeout(PATIENCE):
            while not any(
                kept.message and kept.message.message_id == mail["Message-ID"] for kept in await self._ours()
            ):
                await self.settle()
                await asyncio.sleep(0.01)

    async def _ours(self) -> Sequence[Kept]:
        return await self.desk.store.transact(lambda unit: unit.inbox.listed(Disposition.OURS))

    async def settle(self) -> None:
        """Read what arrived and send what may leave. Raises ValueError for what the desk could not do."""
        for _ in range(ROUNDS):  # a mailbox may bring more while we look
            while await self.desk.reading.read_batch():
                pass
            while await self.desk.delivery.deliver_batch():
                pass
            stuck = await self._stuck()
            if not any(stuck):
                return
        raise ValueError("{} messages unread, {} parked, {} not sent".format(*stuck))

    async def _stuck(self) -> tuple[int, int, int]:
        return await self.desk.store.transact(
            lambda unit: (
                len(unit.inbox.listed(Disposition.RECEIVED)),
                len(unit.inbox.listed(Disposition.PARKED)),
                len(unit.outbox.listed(DeliveryState.QUEUED)),
            )
        )

    # -- what comes out --------------------------------------------------------------------------------

    async def news(self) -> list[Block]:
        """Return what left the desk since the last look, mails before chats, in an order that is always the same."""
        mails = self.sink.received[self.read_mails :]
        self.read_mails += len(mails)
        blocks = [*self.shown, *sorted(map(self._letter, mails), key=str), *await self._printed()]
        self.shown.clear()
        if self.platform is not None:
            sent = (await self.platform.get("/control/sent", params={"after": self.read_chats})).json()
            self.read_chats = max([self.read_chats, *(message["number"] for message in sent)])
            blocks += map(self._said, sent)
        if self.bridge is not None:
            texts = self.bridge.fake.taken[self.read_texts :]
            self.read_texts += len(texts)
            blocks += [Block(f"NEXIO texts {self._name(text['to'])}", text["text"]) for text in texts]
        if self.social is not None:
            blocks += self.social.news(self._told)
        return blocks

    def _said(self, message: dict[str, Any]) -> Block:
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        self.buttons = [button for row in rows for button in row]
        labels = "".join(f"\n[{button['text']}]" for button in self.buttons)
        heading = f"NEXIO says to {self._name(str(message['chat']))} in the chat"
        self.links += _LINK.findall(message["text"])
        return Block(heading, hide_tickets(message["text"]) + (f"\n{labels}" if labels else ""))

    def _letter(self, mail: Received) -> Block:
        message = mail.message
        (recipient,) = mail.rcpt_tos
        if str(message["To"]) != recipient or DESK not in str(message["From"]):
            raise ValueError(f"envelope and header differ: {recipient} and {message['To']}, from {message['From']}")
        alone = ", automatically" if message["Auto-Submitted"] else ""
        words = hide_tickets(text_of(mail))
        return Block(f"NEXIO writes to {self._name(recipient)}{alone}", f"subject: {message['Subject']}\n\n{words}")

    async def _printed(self) -> list[Block]:
        """Return what a colleague is to print and post since the last look."""
        found = await self.desk.store.transact(lambda unit: unit.outbox.listed(DeliveryState.UNCERTAIN))
        fresh = [one for one in reversed(found) if one.id not in self.printed]
        self.printed.update(one.id for one in fresh)
        return [
            Block(f"NEXIO prints for {one.recipient.value}", f"subject: {one.subject}\n\n{one.body}") for one in fresh
        ]

    def _told(self, account: str) -> str:
        """Say to whom, and where, something was said on a platform."""
        return next(
            f"says to {one.key} {CALLED[platform]}"
            for one in self.transcript.people
            for platform, known in one.accounts.items()
            if known == account
        )

    @property
    def world(self) -> SocialWorld:
        """The platforms. Raises ValueError in a story without any."""
        if self.social is None:
            raise ValueError("nobody in this story is on any platform")
        return self.social

    def _name(self, handle: str) -> str:
        known = {one.address: one.key for one in (*COLLEAGUES, *self.transcript.people)}
        known |= {str(one.chat): one.key for one in self.transcript.people if one.chat}
        known |= {one.phone: one.key for one in self.transcript.people if one.phone}
        return known.get(handle, handle)

    # -- what lies on the desk -------------------------------------------------------------------------

    async def cases_of(self, person: Person) -> list[Case]:
        """Return somebody's cases, oldest first."""
        handles = {person.reached, Handle(TELEGRAM, str(person.chat)), Handle(SMS, person.phone)}
        handles |= {Handle(platform, account) for platform, account in person.accounts.items()}
        cases = await self.desk.store.transact(lambda unit: unit.cases.listed(limit=500))
        return sorted((case for case in cases if case.requester in handles), key=lambda case: case.opened_at)

    async def stopped_for(self, person: Person) -> list[str]:
        """Return which mailings no longer go to somebody."""
        handle = person.reached
        covers = await self.desk.store.transact(
            lambda unit: [scope for scope in Scope if unit.suppressions.blocking([handle], scope)]
        )
        return [scope.value for scope in covers]

    def _hand_over(self, mail: bytes, sender: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.listener.port, "sender.example", PATIENCE) as server:
            server.sendmail(sender, [DESK], mail)


Verb = Callable[..., Awaitable[None]]
"""Does on a stage what a block says, with the words of its heading."""
