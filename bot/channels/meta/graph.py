"""Meta's common ground: signed calls, the verification, and what Graph's errors mean for a text on its way."""

import hashlib
import hmac
import json
from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.channels.chat.line import Line, NotReady, Reply
from bot.channels.chat.plain import one_line
from bot.channels.chat.platform import Platform
from bot.channels.chat.proof import is_known, is_signed
from bot.channels.meta.options import MetaOptions
from bot.core.calls import Call
from bot.core.delivery import Outgoing
from bot.core.errors import PermanentFailure, TransientFailure
from bot.core.ports import Clock
from bot.core.window import Passage, Window

SIGNATURE: Final = "x-hub-signature-256"

_SAID: Final = 200
_RATES: Final = frozenset({4, 17, 32, 613, 80006, 80007, 130429, 131048, 131056})
_THEIR_TROUBLE: Final = frozenset({1, 2, 131000, 131016, 133004})
_OUR_TOKEN: Final = frozenset({10, 102, 190, *range(200, 300)})
_LACKS: Final = frozenset({3, 10, *range(200, 300)})
_GONE: Final = frozenset({551, 131026})
_NOBODY: Final = frozenset({2018001, 2018108})
_CLOSED: Final = frozenset({2018278, 131047})
_PAIR_SECONDS: Final = 10.0
_RATE_SECONDS: Final = 60.0
_PAIR: Final = 131056


class MetaPlatform(Platform):
    """What Messenger, Instagram and WhatsApp share."""

    def __init__(self, options: MetaOptions, clock: Clock) -> None:
        super().__init__(options.channel, f"{self.topic}/{options.account}")
        self.options = options
        self.clock = clock

    topic: str
    """What Meta calls this platform in a call."""

    fields: tuple[str, ...]
    """What has to be subscribed for the account."""

    permissions: tuple[str, ...]
    """What the access token has to be made with."""

    def admits(self, call: Call, now: datetime) -> bool:  # noqa: ARG002 - Meta's proof has no time
        """Check the app's signature over the raw body."""
        return is_signed(call.header(SIGNATURE), call.body, self.options.app_secrets)

    def challenge(self, call: Call) -> str | None:
        """Repeat Meta's challenge to whoever knows our verify token."""
        shown, word = call.query.get("hub.verify_token", ""), call.query.get("hub.challenge", "")
        if not is_known(shown, (self.options.verify_token,)) or call.query.get("hub.mode") != "subscribe":
            return None
        return one_line(word, _SAID)

    def entries(self, body: bytes) -> list[Any]:
        """Return a call's entries. Raises ValueError when it is none for this platform."""
        call = json.loads(body)
        if not isinstance(call, dict) or call.get("object") != self.topic:
            raise ValueError(f"no call about {self.topic}")
        return list(call["entry"])

    def line(self) -> Line:
        """Return a line to Graph; the token goes in a header, so that no address in a log holds it."""
        return Line(self.title, self.options.base_url, {"Authorization": f"Bearer {self.options.token}"})

    @property
    def title(self) -> str:
        """The platform as colleagues call it."""
        return self.topic.title()

    async def post(self, line: Line, outgoing: Outgoing, text: str) -> str:
        """Send one text through the person's window, or say why it may not leave (law.md rule 43)."""
        window = Window(outgoing.heard_at or outgoing.created_at)
        passage = window.passage(self.clock.now(), by_colleague=outgoing.by_colleague)
        if passage is Passage.FREELY or (passage is Passage.AS_A_COLLEAGUE and self.knows_colleagues):
            return self.accepted(await self.send(line, outgoing, text, passage))
        raise PermanentFailure(await self.shut_out(line, outgoing, window))

    knows_colleagues: bool = True
    """Whether the platform has the human-agent tag."""

    @abstractmethod
    async def send(self, line: Line, outgoing: Outgoing, text: str, passage: Passage) -> Reply:
        """Hand one text to Graph."""

    async def shut_out(self, line: Line, outgoing: Outgoing, window: Window) -> str:  # noqa: ARG002 - WhatsApp needs more
        """Return what a colleague can do now that the window is closed."""
        return f"{closed(self.title, window)}; write by mail, or answer when the person writes again"

    def accepted(self, reply: Reply) -> str:
        """Return the id Graph gave a text, or raise what its error means."""
        if not reply.ok:
            raise failure_of(reply, self.title)
        ident = reply.get("message_id") or reply.get("messages", 0, "id")
        return one_line(str(ident or "taken"), _SAID)

    async def ask(self, line: Line, path: str, **params: str) -> Reply:
        """Ask Graph for something with a proof of the app secret. Raises NotReady with what to do."""
        proof = hmac.new(self.options.app_secrets[0].encode(), self.options.token.encode(), hashlib.sha256).hexdigest()
        reply = await line.get(path, {**params, "appsecret_proof": proof})
        if not reply.ok:
            raise NotReady(self._advice(reply))
        return reply

    def _advice(self, reply: Reply) -> str:
        said = one_line(str(reply.get("error", "message") or reply.status), _SAID)
        if "appsecret_proof" in said:
            return "the app secret is not the app's: App dashboard → App settings → Basic → App secret → Show"
        if reply.get("error", "code") in _LACKS:
            needed = " and ".join(self.permissions)
            return (
                f"the access token lacks a permission: Business settings → Users → System users → Generate token, tick "
                f"{needed}, and assign the account to that user ({said})"
            )
        if reply.get("error", "code") == 190:  # noqa: PLR2004 - Graph's own code
            return f"{self.title} refuses the access token: make a new one that never expires (system user) ({said})"
        return f"{self.title} refuses to tell of account {self.options.account}: {said}"


def closed(title: str, window: Window) -> str:
    """Say that a window is closed, and since when."""
    return f"{title} took free text until {window.closes_at:%Y-%m-%d %H:%M} UTC (24 hours after the person wrote)"


def failure_of(reply: Reply, title: str) -> TransientFailure | PermanentFailure:
    """Say what Graph's error means for the text it refused."""
    code, subcode = reply.get("error", "code"), reply.get("error", "error_subcode")
    said = one_line(str(reply.get("error", "message") or reply.status), _SAID)
    if code in _CLOSED or subcode in _CLOSED:
        return PermanentFailure(f"{title} says its 24-hour window is closed; write by mail ({said})")
    if code in _RATES:
        usual = _PAIR_SECONDS if code == _PAIR else _RATE_SECONDS
        return TransientFailure(f"{title} asks to wait ({code})", retry_after=_regained(reply.headers) or usual)
    if code in _THEIR_TROUBLE:
        return TransientFailure(f"{title} has trouble of its own ({code})")
    if code in _OUR_TOKEN:
        return TransientFailure(f"{title} refuses our token or a permission: `nexio-intake doctor` says more ({said})")
    if code in _GONE or subcode in _NOBODY:
        return PermanentFailure(f"the person can't be written to on {title} any more ({said})")
    return PermanentFailure(f"{title} refused the text ({said})")


def _regained(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until Graph lets us call again, where it tells (in minutes)."""
    try:
        usage = json.loads(headers.get("x-business-use-case-usage", ""))
        minutes = [float(one["estimated_time_to_regain_access"]) for kind in usage.values() for one in kind]
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
    return max(minutes, default=0.0) * 60 or None
