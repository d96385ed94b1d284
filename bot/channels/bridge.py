"""Our own signed webhook, for whatever a company bridges itself; docs/channels.md describes it with examples."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from bot.channels.chat.line import Line, NotReady, Reply
from bot.channels.chat.plain import many_lines, one_line
from bot.channels.chat.platform import (
    MOST_FILES,
    MOST_NAME,
    MOST_TEXT,
    Event,
    Platform,
    Seconds,
    Shape,
    Word,
    event,
    moment,
    unpacked,
)
from bot.channels.chat.proof import SIGNATURE, TIMESTAMP, is_signed_lately, require_secrets, signed
from bot.core.calls import Call
from bot.core.commands import CHOICE
from bot.core.delivery import Outgoing
from bot.core.errors import PermanentFailure, TransientFailure, Unparsable
from bot.core.messages import Attachment, Bounce, Handle, Message, Receipt, ReceiptState
from bot.core.ports import Clock

_PEOPLE: Final = r"[0-9A-Za-z+._:-]{1,64}"
_REFUSED_US: Final = frozenset({401, 403, 404})


@dataclass(frozen=True, slots=True)
class BridgeOptions:
    """A bridge of the company's: its channel's name, where it takes our texts, and the secrets we share with it.

    Raises ValueError for a secret that could be guessed.
    """

    channel: str
    url: str
    secrets: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        require_secrets(self.secrets, f"{self.channel}: each shared secret")


class File(Shape):
    """Something beside the text, by reference."""

    name: str = ""
    type: str = "application/octet-stream"
    size: int = Field(default=0, ge=0, lt=2**63)
    url: str = Field(default="", max_length=4096)


class Written(Shape):
    """What a person wrote, changed (`edits`) or took back (`edits` and no text); `answers` is what it replies to."""

    id: Word
    sender: Annotated[str, Field(alias="from", pattern=rf"^{_PEOPLE}$")]
    name: str = ""
    text: str = ""
    language: str = ""
    choice: str = ""
    sent_at: Seconds | None = None
    edits: str = ""
    answers: str = Field(default="", max_length=256)
    bot: bool = False
    attachments: tuple[File, ...] = ()


class Told(Shape):
    """What became of a text of ours: `id` is the one we gave it."""

    id: Word
    to: Annotated[str, Field(pattern=rf"^{_PEOPLE}$")]
    state: Literal["delivered", "read", "failed"]
    reason: str = ""


class Bridge(Platform):
    """One bridge. Its signatures cover the time, so an old call is refused; a repeated one is known to the ledger."""

    people = re.compile(_PEOPLE, re.ASCII)
    longest = 2**20  # one text has one id, by which a bridge knows a repetition: it comes whole
    seconds_apart = 0.0

    def __init__(self, options: BridgeOptions, clock: Clock) -> None:
        super().__init__(options.channel, f"webhook/{options.channel}")
        self._options = options
        self._clock = clock

    def admits(self, call: Call, now: datetime) -> bool:
        """Check the signature over time and body, and that the time is ours within five minutes."""
        return is_signed_lately(call, TIMESTAMP, SIGNATURE, self._options.secrets, now)

    def events(self, body: bytes) -> Iterable[Event]:
        """Take apart what people wrote and what became of our texts."""
        call = json.loads(body)
        if not isinstance(call, dict) or not call.keys() & {"messages", "receipts"}:
            raise ValueError("neither messages nor receipts")
        yield from (event("message", message, _name) for message in call.get("messages", []))
        yield from (event("receipt", receipt, _name_of_receipt) for receipt in call.get("receipts", []))

    def read(self, raw: bytes) -> Message:
        """Read what a person wrote, or what became of a text of ours."""
        kind, content = unpacked(raw)
        match kind:
            case "message":
                return self._read(Written.model_validate(content))
            case "receipt":
                return self._note(Told.model_validate(content))
            case _:
                raise Unparsable("neither messages nor receipts: see docs/channels.md")

    def line(self) -> Line:
        """Return a line to the bridge."""
        return Line(f"the bridge {self.channel}", self._options.url)

    async def post(self, line: Line, outgoing: Outgoing, text: str) -> str:
        """Send one text; the bridge may give it an id of its own."""
        reply = await self._say(
            line,
            {
                "id": outgoing.message_id,
                "to": outgoing.recipient.value,
                "text": text,
                "language": outgoing.language,
                "in_reply_to": outgoing.in_reply_to,
                "choices": [{"label": choice.label, "choice": choice.word} for choice in outgoing.choices],
            },
        )
        if reply.ok:
            return one_line(str(reply.get("id") or outgoing.message_id), MOST_NAME)
        if reply.status in _REFUSED_US:
            raise TransientFailure(self._advice(reply))
        raise PermanentFailure(f"the bridge {self.channel} refused the text ({reply.status})")

    async def check(self, line: Line) -> str:
        """Send a signed ping."""
        reply = await self._say(line, {"ping": True})
        if not reply.ok:
            raise NotReady(self._advice(reply))
        return "the bridge answers a signed ping"

    async def fetch(self, line: Line, reference: str) -> bytes:
        """Fetch a file from the address the bridge named, signed like our texts, over an empty body."""
        return await line.download(reference, signed(self._options.secrets, b"", self._clock.now()))

    async def _say(self, line: Line, content: dict[str, Any]) -> Reply:
        body = json.dumps(content, ensure_ascii=False).encode()
        return await line.post("", body, headers=signed(self._options.secrets, body, self._clock.now()))

    def _read(self, written: Written) -> Message:
        return Message(
            channel=self.channel,
            sender=Handle(self.channel, written.sender),
            name=one_line(written.name, MOST_NAME),
            text=many_lines(written.text, MOST_TEXT),
            message_id=f"{self.channel}:{written.id}",
            automatic="bot" if written.bot else "",
            attachments=tuple(
                Attachment(
                    number,
                    one_line(file.name, MOST_NAME),
                    one_line(file.type, MOST_NAME),
                    file.size,
                    reference=file.url,
                )
                for number, file in enumerate(written.attachments[:MOST_FILES], 1)
            ),
            version_of=f"{self.channel}:{written.edits}" if written.edits else "",
            references=(f"{self.channel}:{written.answers}",) if written.answers else (),
            sent_at=None if written.sent_at is None else moment(written.sent_at),
            language=written.language[:2].lower(),
            command=CHOICE if written.choice else "",
            payload=one_line(written.choice, MOST_NAME),
        )

    def _note(self, told: Told) -> Message:
        person = Handle(self.channel, told.to)
        if told.state == "failed":
            bounce = Bounce(True, (told.to,), told.id, one_line(told.reason, MOST_NAME))
            return Message(self.channel, person, automatic="receipt", bounce=bounce)
        return Message(self.channel, person, automatic="receipt", receipt=Receipt(ReceiptState(told.state), told.id))

    def _advice(self, reply: Reply) -> str:
        host = urlsplit(self._options.url).netloc
        return f"{host} answers {reply.status}: the bridge {self.channel} must take POST at `url` with our secret"


def _name(message: Any) -> tuple[str, datetime | None]:
    return str(message["id"]), moment(message["sent_at"]) if "sent_at" in message else None


def _name_of_receipt(receipt: Any) -> tuple[str, datetime | None]:
    return f"{receipt['id']} {receipt['state']}", None
