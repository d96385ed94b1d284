"""Hand-written stand-ins for the ports: a clock one can turn, foreseeable chance, readers that do as told."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Unpack

from pydantic import TypeAdapter

from bot.core.announcing import Announcement
from bot.core.delivery import Outgoing
from bot.core.drafts import CODE_SLOT, Draft, DraftKind, Question
from bot.core.letters import Brief, Flaw, Letter, Notice
from bot.core.messages import Inbound, Message
from bot.core.packages import Contents, PackageFile
from bot.core.pages import Page, PageKind, PageWords
from bot.core.rights import Reading, RequestType
from bot.core.telling import tells
from tests.fakes.said import ReadingFields

MESSAGE = TypeAdapter(Message)


class TurnedClock:
    """A clock that stands until it is turned, but for a millisecond a look: nothing happens twice at one moment."""

    def __init__(self, at: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


class CountedEntropy:
    """Different bytes at every draw, and the same ones in every run."""

    def __init__(self, seed: str = "") -> None:
        self.drawn = 0
        self.seed = seed

    def draw(self, count: int) -> bytes:
        self.drawn += 1
        return sha256(f"{self.seed}{self.drawn}".encode()).digest()[:count]


class ToldReader:
    """Reads what a test wrote down for a text; anything else is other mail."""

    def __init__(self) -> None:
        self.known: dict[str, Reading] = {}

    def tell(self, text: str, *rights: RequestType, **changes: Unpack[ReadingFields]) -> None:
        """Foresee the reading of a text."""
        read = frozenset(rights) or frozenset({RequestType.OTHER})
        plain = Reading(read, 0.99, abstain=False, any_right=0.99 if rights else 0.01, language="en")
        self.known[text] = replace(plain, **changes)

    def read(self, subject: str, text: str, channel: str) -> Reading:  # noqa: ARG002
        return self.known.get(text) or Reading(
            frozenset({RequestType.OTHER}), 0.99, abstain=False, any_right=0.01, language="en"
        )


class PlainParser:
    """Takes the message a test put into the raw bytes as JSON."""

    async def parse(self, inbound: Inbound) -> Message:
        return MESSAGE.validate_json(b"".join(inbound.raw))


class PlainWriter:
    """Writes the facts of a brief as lines, so that a test can see what a letter was told."""

    def compose(self, brief: Brief) -> Letter:
        lines = [
            f"kind: {brief.kind}",
            f"question: {brief.question}",
            f"items: {', '.join(item.right for item in brief.items)}",
            f"outcomes: {', '.join(item.outcome or '' for item in brief.items)}",
            f"opted out: {', '.join(sorted(brief.opted_out))}",
            f"extent: {', '.join(sorted(brief.extent))}",
            f"record: {', '.join(f'{f.name}={f.value}' for f in brief.record)}",
            f"finding: {brief.finding}",
            f"name: {brief.name}",
            f"late: {brief.late}",
            f"asked: {brief.asked}",
            f"until: {brief.until} {brief.reason}",
            f"first: {brief.first}",
            f"reference: {brief.reference}",
        ]
        if places := [place for item in brief.items for place in item.left_out]:
            lines.append(f"left out: {', '.join(f'{place.where} {place.name}' for place in places)}")
        if told := [name for item in brief.items for name in item.recipients]:
            lines.append(f"recipients: {', '.join(told)}")
        if brief.kind is DraftKind.RECIPIENT_NOTICE:
            lines += [f"about: {brief.identifier}", *(f"{c.field}={c.new}" for i in brief.items for c in i.corrections)]
        if brief.question is Question.CODE_WRONG:
            lines.append(f"tries left: {brief.tries_left}")
        if brief.question in {Question.CODE_BY_REPLY, Question.CODE_FOR_CHAT}:
            lines.append(f"code: {CODE_SLOT}")
        lines += [f"{name}: {link}" for name, link in asdict(brief.links).items() if link]
        lines += [self.reads_along(brief.language)] if brief.question is Question.NEITHER else []
        body = "\n".join(lines)
        html = f"<p>{body}</p>" if brief.channel == "email" else ""
        return Letter(f"About {brief.reference}", body, html, "plain@1", apologises=brief.late)

    def dress(self, body: str, language: str) -> str:
        return f'<p lang="{language}">{body}</p>'

    def notice(self, notice: Notice) -> Letter:
        counts = "".join(f" {state} {count}" for state, count in notice.counts)
        words = f"{notice.kind} {notice.due} {notice.hour}{counts}"
        return Letter(f"{notice.kind} {notice.reference}", words, "", "notice@1")

    def page(self, page: Page) -> PageWords:
        return PageWords(
            f"{page.kind} in {page.language}",
            (f"scope: {page.scope}", page.link, CODE_SLOT if page.kind is PageKind.PACKAGE_MAIL else ""),
            "press",
        )

    def package(self, contents: Contents) -> tuple[PackageFile, ...]:
        told = [contents.customer.name, *(field.value for field in contents.customer.fields)]
        told += [one.text for one in contents.exchanges]
        return (PackageFile("data.txt", "\n".join(told).encode()), *contents.files)

    def reads_along(self, language: str) -> str:
        return f"The platform reads along, in {language}."

    def findings(self, draft: Draft, private: Collection[str] = ()) -> tuple[Flaw, ...]:
        told = [word for word in sorted(private) if word in draft.body or tells(f"{draft.subject}\n{draft.body}", word)]
        forbidden = [at for at, line in enumerate(draft.body.split("\n")) if "forbidden" in line]
        return (*(Flaw("the forbidden word", at) for at in forbidden), *map(Flaw, told))


@dataclass
class KeptCourier:
    """Keeps what it is given; `refuse` are failures to raise first, one each."""

    sent: list[Outgoing] = field(default_factory=list)
    refuse: list[Exception] = field(default_factory=list)

    async def send(self, outgoing: Outgoing) -> str:
        if self.refuse:
            raise self.refuse.pop(0)
        self.sent.append(outgoing)
        return f"receipt-{len(self.sent)}"

    def to(self, address: str) -> list[Outgoing]:
        """Return what went to one address."""
        return [one for one in self.sent if one.recipient.value == address]


@dataclass
class KeptHerald:
    """Keeps what it is told; `refuse` are failures to raise first, one each."""

    heard: list[Announcement] = field(default_factory=list)
    refuse: list[Exception] = field(default_factory=list)

    async def tell(self, announcement: Announcement) -> None:
        if self.refuse:
            raise self.refuse.pop(0)
        self.heard.append(announcement)


class PlainHasher:
    """Hashes in no time; never used outside tests."""

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify(self, password: str, hashed: str) -> bool:
        return hashed == f"hash of {password}"
