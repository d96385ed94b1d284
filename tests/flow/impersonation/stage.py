"""The stage of an impersonation campaign: a whole desk that reads real mails, and colleagues who say yes to everything.

Every story has people of its own; all stories are played on one desk. What leaves is looked at as the bytes it
becomes, decoded, so that nothing hides in an encoding.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final

from bot.channels.outgoing_mail import build_mail
from bot.core.case import Case, is_proven
from bot.core.commands import CHOICE
from bot.core.delivery import Outgoing
from bot.core.drafts import DECIDED, Draft, DraftKind, DraftStatus
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.letters import Brief, Flaw, Letter, Notice, RecordField
from bot.core.messages import MAIL, TELEGRAM, Handle, Inbound
from bot.core.packages import Contents, PackageFile
from bot.core.pages import Page, PageWords
from bot.core.ports import Writer
from bot.core.records import Customer
from bot.core.rights import RequestType, Scope
from bot.core.telling import tells
from bot.core.verdict import Outcome
from tests.cast.letters import DESK, Received, compose, quoting, threading
from tests.e2e.transcript_reader import CuedReader
from tests.flow.conftest import KIM, LEE, TestDesk
from tests.flow.impersonation.colleagues import carry_out, do, make_a_package
from tests.flow.impersonation.pages import PAGES, use_page
from tests.flow.impersonation.story import Deed, Later, Step, Story, Words

OUR_SERVER: Final = "mx.nexioprojects.com"
DESTROYING: Final = frozenset({RequestType.ERASURE, RequestType.RECTIFICATION})
WRONG: Final = "7K2M-9QXA"
_SLOT: Final = re.compile("⟦(?!code⟧)[^⟦⟧\n]*⟧")


@dataclass(frozen=True, slots=True)
class TrustingWriter:
    """The real letters with every gap filled in, before colleagues whom no lint warns but of what is on record."""

    letters: Writer

    def compose(self, brief: Brief) -> Letter:
        written = self.letters.compose(brief)
        body, html = _SLOT.sub("(filled in)", written.body), _SLOT.sub("(filled in)", written.html)
        return Letter(written.subject, body, html, written.template)

    def dress(self, body: str, language: str) -> str:
        return self.letters.dress(body, language)

    def notice(self, notice: Notice) -> Letter:
        return self.letters.notice(notice)

    def page(self, page: Page) -> PageWords:
        return self.letters.page(page)

    def package(self, contents: Contents) -> tuple[PackageFile, ...]:
        return self.letters.package(contents)

    def reads_along(self, language: str) -> str:
        return self.letters.reads_along(language)

    def findings(self, draft: Draft, private: Collection[str] = ()) -> tuple[Flaw, ...]:
        return tuple(Flaw("on record") for value in private if tells(draft.body, value))


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who appears in a story: a name, two mailboxes, a chat; `canary` is on record of them and nowhere else."""

    name: str
    address: str
    also: str
    chat: str
    canary: str

    @property
    def mailboxes(self) -> frozenset[str]:
        """Every address whose letters they read."""
        return frozenset({self.address, self.also, self.address.replace("@", "+shop@")})


def cast_of(number: int) -> Mapping[str, Somebody]:
    """Return the people of a story: a victim, called a person where she asks herself, a thief, a housemate."""
    n = f"{number:03}"
    vera = Somebody("Vera Claes", f"vera.{n}@example.com", f"v.claes.{n}@example.org", f"1{n}", f"KANARIE-V{n}")
    max_ = Somebody("Max Ott", f"max.{n}@post.example", f"m.ott.{n}@example.net", f"5{n}", f"KANARIE-M{n}")
    bert = Somebody("Bert Claes", "", "", f"7{n}", f"KANARIE-B{n}")
    return {"victim": vera, "person": vera, "thief": max_, "housemate": bert}


@dataclass
class Stage:
    """One desk for many stories."""

    desk: TestDesk
    reader: CuedReader
    number: int = 0
    story: Story = field(default_factory=lambda: Story("", {}, ()))
    people: Mapping[str, Somebody] = field(default_factory=dict)
    senders: set[Handle] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    packages: list[tuple[Handle, str]] = field(default_factory=list)

    @property
    def everybody(self) -> Sequence[Somebody]:
        """All who appeared so far."""
        return [somebody for number in range(1, self.number + 1) for somebody in set(cast_of(number).values())]

    async def play(self, number: int, story: Story) -> None:
        """Play one story to its end, colleagues working after every step."""
        self.number, self.story, self.people = number, story, cast_of(number)
        self.reader.language = story.traits.get("language", "en")
        self.senders = {Handle(TELEGRAM, somebody.chat) for somebody in self.people.values()}
        await self._put_on_record()
        for step in story.steps:
            await self._take(step)
            await self._oblige()
            await self.desk.deliver()
        self.desk.clock.turn(hours=1)

    async def cases(self) -> list[Case]:
        """Return the cases this story opened."""
        found = await self.desk.store.transact(
            lambda unit: [case for handle in self.senders for case in unit.cases.of_requester(handle)]
        )
        return list({case.id: case for case in found}.values())

    async def letters(self) -> list[Outgoing]:
        """Return what was written in this story's cases, oldest first."""
        own = {case.id for case in await self.cases()}
        return [one for one in await self.desk.outbox() if one.case_id in own]

    # -- who is known ----------------------------------------------------------------------------------

    async def _put_on_record(self) -> None:
        """Know the victim as the story's head says, by her own address where it says nothing."""
        traits = self.story.traits
        await self.record("victim", traits.get("on record", "{victim}"))
        if traits.get("the thief is") == "a customer":
            await self.record("thief", "{thief}")
        if "shares the mailbox with" in traits:
            await self.record("housemate", "{victim}")

    async def record(self, who: str, known_by: str) -> None:
        somebody = self.people[who]
        ways = [part.strip() for part in self.filled(known_by, who).split(",")]
        customer = Customer(
            id=f"{who}-{self.number}",
            number=f"C-{who}-{self.number}",
            name=somebody.name,
            emails=tuple(way for way in ways if "@" in way),
            phones=(f"+3247{self.number:07}",),
            handles=(Handle(TELEGRAM, somebody.chat),) if "chat" in ways else (),
            fields=(
                RecordField("street", f"{somebody.canary} Lane 7"),
                RecordField("postcode", f"9{self.number:03}"),
                RecordField("birth_date", "1980-05-12"),
                RecordField("iban_end", f"7{self.number:03}"),
            ),
        )
        await self.desk.store.transact(lambda unit: unit.directory.put(customer, self.desk.clock.now()))

    # -- what happens ----------------------------------------------------------------------------------

    async def _take(self, step: Step) -> None:
        if isinstance(step, Later):
            self.desk.clock.turn(hours=step.hours)
        elif isinstance(step, Deed):
            await do(self, step)
        elif step.verb == "says":
            self.reader.expect(step.cue)
            await self.desk.chat(self.filled(step.text, step.who), self.people[step.who].chat, name=step.who)
        elif step.verb == "taps":
            chat = self.people[step.who].chat
            await self.desk.chat("(tapped)", chat, name=step.who, command=CHOICE, payload=step.text)
        elif step.verb in PAGES:
            self.leaks += await use_page(self, step)
        else:
            self.reader.expect(step.cue)
            await self._post(step)

    async def _post(self, step: Words) -> None:
        """Send a mail as its `how` says and let the desk read it."""
        writer = self.people[step.who]
        how = dict(_ways(step.how))
        posed = self.people[how["as"]] if how.get("as") in self.people else None
        name = (posed or writer).name if posed or "as" not in how else how["as"].strip('"')
        address = self.filled(how.get("from", ""), step.who) or (posed or writer).address
        self.senders.add(Handle(MAIL, address))
        text = self.filled(step.text, step.who)
        thread = how.get("into the thread of", step.who if step.verb == "answers" else "")
        original = self._last_mail_to(thread) if thread else None
        headers: dict[str, str] = threading(original) if original else {}
        if "quoting" in how and original is not None:
            text = f"{text}\n\n{quoting(self.reader.language, original)}\n"
        if "repeating" in how and original is not None:
            text = f"{text}\n\n{original.text}\n"
        files = [("ours.eml", "message/rfc822", _letter(original))] if "attaching it" in how and original else []
        if "as a calendar" in how and original is not None:
            files.append(("reply.ics", "text/calendar", _calendar_reply(original)))
        headers |= {"Reply-To": self.filled(how["reply to"], step.who)} if "reply to" in how else {}
        headers |= {"Cc": self.filled(how["copy to"], step.who)} if "copy to" in how else {}
        headers |= {"Auto-Submitted": "auto-replied"} if "automatically" in how else {}
        about = self.filled(how.get("about", "A request"), step.who)
        subject = f"Re: {original.subject}" if original and "about" not in how else about
        headers |= {"Sender": self.filled(how["sent by"], step.who)} if "sent by" in how else {}
        text = "" if text == "(nothing)" else text
        mail = compose(name, address, subject, text, headers=headers, attachments=files)
        raw = mail.as_bytes()
        if "with a second sender" in how:
            raw = f"From: {writer.name} <{writer.address}>\r\n".encode() + raw
        if "stamping it himself" in how:
            raw = _stamp(address, "pass", "reject") + raw
        verdict = next((word for word in ("unsigned", "rejected") if word in how), "")
        stamps = {"": ("pass", "reject"), "unsigned": ("none", "none"), "rejected": ("fail", "reject")}
        await self._arrive(_stamp(address, *stamps[verdict]) + raw)

    async def _arrive(self, raw: bytes) -> None:
        self.desk.events += 1
        event, now = str(self.desk.events), self.desk.clock.now()
        inbound = Inbound(MAIL, "info/INBOX", event, now, [raw], authserv_id=OUR_SERVER, folder="INBOX")
        await self.desk.intake.accept([inbound])
        while await self.desk.room.read_batch():
            pass

    async def _oblige(self) -> None:
        """Let two colleagues grant and approve all that the desk lets them, and ask for proof where it is missing."""
        for case in await self.cases():
            await carry_out(self, case)
            packed = self.story.traits.get("the copy is") == "in a package"
            if packed:
                await make_a_package(self, case)
            for draft in await self._waiting(case):
                if draft.kind in DECIDED and "gets" not in self.story.traits and not packed:
                    for right in draft.rights:
                        for anew in [one for one in await self._waiting(case) if right in one.rights]:
                            with suppress(NotAllowed, NotApprovable):
                                await self.desk.outcomes.choose(anew.id, {right: Outcome.GRANTED}, KIM)
            for draft in await self._waiting(case):
                await self._approve(draft)
            if case.id not in self.asked:
                with suppress(NotAllowed, NotApprovable):
                    await self.desk.approval.ask_identity(case.id, KIM)
                    self.asked.add(case.id)

    async def _approve(self, draft: Draft) -> None:
        if (added := self.story.traits.get("colleagues add")) and draft.kind is DraftKind.ANSWER:
            await self.desk.approval.edit(draft.id, KIM, body=f"{draft.body}\n\n{self.filled(added, 'victim')}")
        for colleague in (KIM, LEE):
            with suppress(NotAllowed, NotApprovable):
                await self.desk.approval.approve(draft.id, colleague)

    async def _waiting(self, case: Case) -> Sequence[Draft]:
        return await self.desk.store.transact(lambda unit: unit.drafts.listed(DraftStatus.WAITING, case.id))

    # -- what left -------------------------------------------------------------------------------------

    def mails_to(self, address: str) -> Sequence[Received]:
        """Return what lies in a mailbox, oldest first."""
        sent = [one for one in self.desk.couriers[MAIL].sent if one.recipient.value == address]
        return [_received(number, one) for number, one in enumerate(sent)]

    def _last_mail_to(self, who: str) -> Received | None:
        """Return what somebody would answer to, in whichever of their mailboxes it lies."""
        boxes = self.people[who].mailboxes
        sent = [one for one in self.desk.couriers[MAIL].sent if one.recipient.value in boxes]
        return _received(len(sent), sent[-1]) if sent else None

    def everything(self) -> list[tuple[Handle, str]]:
        """Return all that ever left, with whom it went to: headers, text and HTML of mails, chats, packages."""
        sent = [(one.recipient, words_of(one)) for courier in self.desk.couriers.values() for one in courier.sent]
        return [*sent, *self.packages]

    async def destroyed(self) -> list[Outgoing]:
        """Return the letters of this story that say data were erased or changed."""
        return [one for one in await self.letters() if one.kind is DraftKind.ANSWER and await self._destroys(one)]

    async def _destroys(self, letter: Outgoing) -> bool:
        draft = await self.desk.store.transact(lambda unit: unit.drafts.get(letter.draft_id))
        known = await self.desk.store.transact(lambda unit: unit.directory.find(letter.recipient))
        case = next(case for case in await self.cases() if case.id == letter.case_id)
        done = [item for item in case.items if item.id in draft.items and item.right in DESTROYING and is_proven(item)]
        return any(known or item.outcome is Outcome.GRANTED for item in done)

    async def stopped(self, address: str) -> bool:
        """Say whether mailings to an address were stopped."""
        handle = Handle(MAIL, address)
        return bool(await self.desk.store.transact(lambda unit: unit.suppressions.blocking([handle], Scope.EMAIL)))

    def filled(self, text: str, who: str) -> str:
        """Put addresses, codes and references where a story names them; a bare {code} is the speaker's own."""
        known = {name: somebody.address for name, somebody in self.people.items()}
        known |= {f"old address of {name}": somebody.also for name, somebody in self.people.items()}
        known |= {f"code of {name}": self._code(name) for name in self.people}
        known |= {f"first code of {name}": self.codes_of(name)[0] for name in self.people}
        known |= {f"reference of {name}": self._reference(name) for name in self.people}
        code = self._code(who)
        known |= {
            "code": code,
            "code in small letters": code.lower(),
            "code without hyphen": code.replace("-", ""),
            "code with spaces": code.replace("-", " - "),
            "code with O for 0": code.replace("0", "O"),
            "canary": self.people["victim"].canary,
            "number": f"C-victim-{self.number}",
            "n": f"{self.number:03}",
        }
        return re.sub(r"\{([\w ]+)\}", lambda found: known[found[1]], text)

    def _code(self, who: str) -> str:
        """Return the last code that reached somebody, or one that is wrong."""
        return self.codes_of(who)[-1]

    def codes_of(self, who: str) -> Sequence[str]:
        """Return the codes that reached somebody, oldest first, or one that is wrong."""
        boxes = self.people[who].mailboxes
        sent = [one for one in self.desk.couriers[MAIL].sent if one.recipient.value in boxes]
        codes = [received.code for number, one in enumerate(sent) if (received := _received(number, one)).code]
        return codes or [WRONG]

    def _reference(self, who: str) -> str:
        return next((mail.reference for mail in reversed(self.mails_to(self.people[who].address))), "NX-0000-0000")


def words_of(one: Outgoing) -> str:
    """Return every word of one thing that left, as its receiver can read it."""
    if one.recipient.channel != MAIL:
        return f"{one.subject}\n{one.body}\n{one.html}"
    mail = _read(build_mail(one, Address("Nexio Projects", addr_spec=DESK)).as_bytes())
    heads = "\n".join(f"{name}: {value}" for name, value in mail.items())
    return "\n".join([heads, *(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")])


def _received(number: int, one: Outgoing) -> Received:
    if one.recipient.channel != MAIL:
        return Received(number, one.body)
    mail = _read(build_mail(one, Address("Nexio Projects", addr_spec=DESK)).as_bytes())
    text = mail.get_body(("plain",))
    return Received(
        number,
        text.get_content() if text else "",
        to=one.recipient.value,
        sender=DESK,
        subject=str(mail["Subject"]),
        message_id=str(mail["Message-ID"]),
        references=str(mail["References"] or ""),
    )


def _read(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def _stamp(address: str, verdict: str, asked: str) -> bytes:
    domain = address.rpartition("@")[2]
    return f"Authentication-Results: {OUR_SERVER}; dmarc={verdict} (p={asked}) header.from={domain}\r\n".encode()


def _letter(original: Received) -> bytes:
    """Return a letter of ours as a mail program attaches it whole."""
    return compose("Nexio Projects", DESK, original.subject, original.text).as_bytes()


def _calendar_reply(original: Received) -> bytes:
    """Return what a calendar answers by itself, with our letter as the note of the meeting."""
    note = original.text.replace("\n", "\\n")
    lines = ["BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VEVENT", f"DESCRIPTION:{note}", "END:VEVENT", "END:VCALENDAR"]
    return "\r\n".join(lines).encode()


_WITH_VALUE: Final = ("as", "from", "reply to", "copy to", "into the thread of", "about", "sent by")
_BARE: Final = (
    *("unsigned", "rejected", "stamping it himself", "with a second sender", "automatically"),
    *("quoting", "repeating", "attaching it", "as a calendar"),
)


def _ways(how: Sequence[str]) -> list[tuple[str, str]]:
    """Return the ways a mail is sent, each with its value. Raises ValueError for one that nobody knows."""
    ways = []
    for way in how:
        key = next((key for key in _WITH_VALUE if way.startswith(f"{key} ")), way)
        if key not in (*_WITH_VALUE, *_BARE):
            raise ValueError(f"nobody can send a mail like this: {way}")
        ways.append((key, way.removeprefix(key).strip()))
    return ways
