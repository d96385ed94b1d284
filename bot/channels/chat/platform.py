"""What one platform is to the desk: the one class a new channel has to write."""

import json
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.channels.chat.line import Line
from bot.channels.chat.plain import one_line
from bot.core.calls import Call
from bot.core.delivery import Outgoing
from bot.core.errors import Unparsable
from bot.core.fragments import conversation_of
from bot.core.messages import Inbound, Message

MOST_TEXT: Final = 16_384
"""Characters kept of one message, several times what a platform lets through."""

MOST_FILES: Final = 32
"""Attachments told of one message; the raw bytes name the rest."""

MOST_NAME: Final = 128

log = logging.getLogger(__name__)


class Shape(BaseModel):
    """A JSON object of a platform's; unknown fields are new ones of theirs and no error."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _as_text(value: object) -> object:
    return str(value) if type(value) is int else value


Word = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=256)]
"""An id or a state; some platforms write numbers, some the same in quotes."""

Seconds = Annotated[int, Field(ge=0, lt=2**35)]
"""Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a call tells of: its name, which is the same at every repetition, and when it happened, if told.

    `says` is the name of a change that would change nothing of it.
    """

    name: str
    raw: bytes
    at: datetime | None = None
    says: str = ""


class Platform(ABC):
    """One account of ours on one platform. It translates the wire and decides nothing.

    `channel` is what handles of its people are of, `source` how the ledger names the account. `people` matches the
    ids of people there, `longest` is how many UTF-16 units one text may have, `seconds_apart` the least time between
    two messages to one person.
    """

    people: re.Pattern[str] = re.compile(r"\d{1,32}", re.ASCII)
    longest: int = 2000
    seconds_apart: float = 1.0

    def __init__(self, channel: str, source: str) -> None:
        self.channel = channel
        self.source = source

    @abstractmethod
    def admits(self, call: Call, now: datetime) -> bool:
        """Say whether the call shows the proof of its origin."""

    def challenge(self, call: Call) -> str | None:  # noqa: ARG002 - most platforms never ask
        """Return the word a GET asks to hear; None refuses."""
        return None

    def owed(self, body: bytes) -> str:  # noqa: ARG002 - most platforms want nothing but 200
        """Return the JSON that a call is answered with once it is stored; empty for none."""
        return ""

    @abstractmethod
    def events(self, body: bytes) -> Iterable[Event]:
        """Take one call apart. Raises ValueError when it is no call of this platform's."""

    @abstractmethod
    def read(self, raw: bytes) -> Message:
        """Read one event. Raises Unparsable, or pydantic's ValidationError."""

    @abstractmethod
    def line(self) -> Line:
        """Return a new, closed line to the platform's own server."""

    @abstractmethod
    async def post(self, line: Line, outgoing: Outgoing, text: str) -> str:
        """Send one text that fits, and the choices of `outgoing` below it where the platform has buttons.

        Returns the platform's id of it. Raises as couriers do.
        """

    async def fetch(self, line: Line, reference: str) -> bytes:
        """Fetch a file that the platform keeps; by default the reference is its address. Raises as downloads do."""
        return await line.download(reference)

    @abstractmethod
    async def check(self, line: Line) -> str:
        """Return what is right with the account, or raise NotReady with what to do."""

    def arrivals(self, body: bytes, now: datetime) -> Sequence[Inbound]:
        """Return what is to be kept of one call; what can't be taken apart is kept whole, and parked when read."""
        try:
            events = list(self.events(body))
        except (ValueError, TypeError, RecursionError):
            events = [Event(digest(body), body)]
        except Exception as failure:  # noqa: BLE001 - an error of ours must not make the platform give up on us
            log.error("%s: a call could not be taken apart: %s", self.source, type(failure).__name__)  # noqa: TRY400
            events = [Event(digest(body), body)]
        return [
            Inbound(
                self.channel,
                self.source,
                event.name,
                min(event.at or now, now),
                [event.raw],
                conversation=self._conversation(event.raw),
                says=event.says,
            )
            for event in events
        ]

    def _conversation(self, raw: bytes) -> str:
        """Return where more fragments may follow; what can't be read waits for nothing."""
        try:
            return conversation_of(self.read(raw))
        except Exception:  # noqa: BLE001 - the parser meets it again and says so; the call must be answered
            return ""


def digest(raw: bytes) -> str:
    """Name what has no id of its own, so that a repetition is known."""
    return f"sha256:{sha256(raw).hexdigest()}"


def event(kind: str, content: object, name: Callable[[Any], tuple[str, datetime | None]]) -> Event:
    """Return one event under the name and time its content gives, or under its digest where it gives none."""
    raw = packed(kind, content)
    try:
        named, at = name(content)
    except (LookupError, TypeError, ValueError, ArithmeticError, OSError):
        return Event(digest(raw), raw)
    return Event(one_line(named, MOST_NAME) or digest(raw), raw, at)


def packed(kind: str, content: object) -> bytes:
    """Return one event as it is kept: what it is, and the platform's own JSON of it."""
    return json.dumps({kind: content}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def unpacked(raw: bytes) -> tuple[str, Any]:
    """Return what `packed` put together. Raises Unparsable for anything else."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unparsable("a call that is no JSON") from None
    if not isinstance(content, dict) or len(content) != 1:
        raise Unparsable("a call of a shape nobody knows")
    return next(iter(content.items()))


def moment(seconds: float) -> datetime:
    """Return a time in seconds since 1970 as UTC."""
    return datetime.fromtimestamp(seconds, UTC)
