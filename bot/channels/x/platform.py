"""X (API v2): private messages between two, fetched by asking, answered one by one; each costs money."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field

from bot.channels.chat.line import Line, NotReady, Reply
from bot.channels.chat.plain import many_lines, one_line
from bot.channels.chat.platform import MOST_FILES, MOST_NAME, MOST_TEXT, Event, Platform, Shape, Word, event, unpacked
from bot.channels.x.signing import Keys
from bot.core.calls import Call
from bot.core.delivery import Outgoing
from bot.core.errors import PermanentFailure, TransientFailure, Unparsable
from bot.core.messages import Attachment, Handle, Message

COSTS: Final = "X bills every message read ($0.010) and sent ($0.015): https://docs.x.com/x-api/getting-started/pricing"
"""As published in November 2026."""

PAGE: Final = 20
"""Events asked for at once: each one that is told is billed, though once a day at most."""

LATER_PAGE: Final = 100
"""The same where more than one page is new."""

_MEDIA_TYPES: Final = {"photo": "image/jpeg", "video": "video/mp4", "animated_gif": "video/mp4"}
_SENT_BY_X: Final = ("x.com", "twitter.com", "twimg.com")
_UNPAID, _OUR_KEYS, _REFUSED = 402, 401, 403


@dataclass(frozen=True, slots=True)
class XOptions:
    """One account: its numeric id, and the keys of the app that speaks for it."""

    channel: str
    account: str
    keys: Keys
    base_url: str


class File(Shape):
    """Something beside the text."""

    type: str = ""
    url: str = Field(default="", max_length=4096)
    preview_image_url: str = Field(default="", max_length=4096)


class Written(Shape):
    """One message."""

    id: Word
    sender_id: str = Field(pattern=r"^\d{1,32}$")
    text: str = ""
    created_at: datetime | None = None
    media: tuple[File, ...] = ()


class X(Platform):
    """One account of ours."""

    longest = 10_000

    def __init__(self, options: XOptions) -> None:
        super().__init__(options.channel, f"x/{options.account}")
        self._options = options

    def admits(self, call: Call, now: datetime) -> bool:  # noqa: ARG002
        """Nobody calls us for X."""
        return False

    def events(self, body: bytes) -> Iterable[Event]:
        """Take one page apart: what others wrote to us alone; groups and our own texts are none of it."""
        page = json.loads(body)
        media = {one["media_key"]: one for one in page.get("includes", {}).get("media", ())}
        for told in page.get("data", ()):
            if not isinstance(told, dict):
                yield event("odd", told, _name)
            elif self._is_for_us(told):
                keys = (told.get("attachments") or {}).get("media_keys", ())
                yield event("message", told | {"media": [media[key] for key in keys if key in media]}, _name)

    def _is_for_us(self, told: Mapping[str, Any]) -> bool:
        between_two = "-" in str(told.get("dm_conversation_id", "-"))  # a group's has no dash
        return between_two and str(told.get("sender_id")) != self._options.account

    def read(self, raw: bytes) -> Message:
        """Read one message."""
        kind, content = unpacked(raw)
        if kind != "message":
            raise Unparsable("no message of X's")
        written = Written.model_validate(content)
        return Message(
            channel=self.channel,
            sender=Handle(self.channel, written.sender_id),
            text=many_lines(written.text, MOST_TEXT),
            message_id=f"{self.channel}:{written.id}",
            attachments=tuple(
                Attachment(
                    number,
                    one_line(file.type, MOST_NAME) or "file",
                    _MEDIA_TYPES.get(file.type, "application/octet-stream"),
                    0,
                    reference=file.url or file.preview_image_url,
                )
                for number, file in enumerate(written.media[:MOST_FILES], 1)
            ),
            sent_at=written.created_at,
        )

    def line(self) -> Line:
        """Return a line to X."""
        return Line("X", self._options.base_url)

    async def page(self, line: Line, token: str = "") -> Reply:
        """Ask for a page of events, the newest first. Raises NotReady, TransientFailure."""
        params = {
            "dm_event.fields": "id,text,event_type,created_at,sender_id,dm_conversation_id,attachments",
            "event_types": "MessageCreate",
            "expansions": "attachments.media_keys",
            "media.fields": "type,url,preview_image_url",
            "max_results": str(LATER_PAGE if token else PAGE),
        } | ({"pagination_token": token} if token else {})
        return await self._ask(line, "/2/dm_events", params)

    async def post(self, line: Line, outgoing: Outgoing, text: str) -> str:
        """Send one text; X bills it."""
        path = f"/2/dm_conversations/with/{outgoing.recipient.value}/messages"
        headers = {"Authorization": self._signed("POST", path, {})}
        reply = await line.post(path, json.dumps({"text": text}, ensure_ascii=False).encode(), headers=headers)
        if reply.ok:
            return one_line(str(reply.get("data", "dm_event_id") or "taken"), MOST_NAME)
        if reply.status in {_UNPAID, _OUR_KEYS}:
            raise TransientFailure(self._advice(reply))
        if reply.status == _REFUSED:
            raise PermanentFailure("the person takes no messages from us on X: write by mail, or when they write again")
        raise PermanentFailure(f"X refused the text ({reply.status})")

    async def fetch(self, line: Line, reference: str) -> bytes:
        """Fetch a file of a private message, signed; the signature is shown to X alone."""
        host = urlsplit(reference).hostname or ""
        ours = urlsplit(self._options.base_url).hostname
        if host != ours and not host.endswith(tuple(f".{name}" for name in _SENT_BY_X)):
            raise PermanentFailure("X names no address of its own for this file")
        return await line.download(reference, {"Authorization": self._options.keys.header("GET", reference, {})})

    async def check(self, line: Line) -> str:
        """Look whose keys these are."""
        me = await self._ask(line, "/2/users/me", {})
        found = str(me.get("data", "id"))
        if found != self._options.account:
            raise NotReady(f"the keys are of account {found}, not of {self._options.account}: make them for that one")
        return f"@{me.get('data', 'username')}: the keys are right. {COSTS}"

    async def _ask(self, line: Line, path: str, params: dict[str, str]) -> Reply:
        reply = await line.get(path, params, {"Authorization": self._signed("GET", path, params)})
        if not reply.ok:
            raise NotReady(self._advice(reply))
        return reply

    def _signed(self, method: str, path: str, params: dict[str, str]) -> str:
        return self._options.keys.header(method, self._options.base_url + path, params)

    def _advice(self, reply: Reply) -> str:
        if reply.status == _UNPAID:
            return "X wants to be paid: console.x.com → Billing, and buy credits; what people write waits for 30 days"
        if reply.status == _REFUSED:
            return (
                "the app may not read messages: console.x.com → your app → User authentication settings → "
                "Read, write and Direct message, then make the access token anew"
            )
        return (
            f"X answers {reply.status}: console.x.com → your app → Keys and tokens, and write API key, API key secret, "
            "access token and access token secret into keys_file, a line each"
        )


def _name(told: Any) -> tuple[str, datetime | None]:
    at = datetime.fromisoformat(told["created_at"]) if told.get("created_at") else None
    return str(told["id"]), at.astimezone(UTC) if at else None
