"""Chatwoot: what people write in its inboxes (Facebook, WhatsApp, Line, SMS, site chat …), and our texts back there."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field

from bot.channels.chat.line import Line, NotReady, Reply
from bot.channels.chat.plain import many_lines, one_line
from bot.channels.chat.platform import (
    MOST_FILES,
    MOST_NAME,
    MOST_TEXT,
    Event,
    Platform,
    Shape,
    event,
    moment,
    unpacked,
)
from bot.channels.chat.proof import is_known, is_recent, is_signed, require_secrets, timed
from bot.core.calls import Call
from bot.core.delivery import Outgoing
from bot.core.errors import PermanentFailure, TransientFailure, Unparsable
from bot.core.messages import Attachment, Handle, Message

SIGNATURE: Final = "x-chatwoot-signature"
TIMESTAMP: Final = "x-chatwoot-timestamp"
EVENT: Final = "message_created"

_INCOMING: Final = ("incoming", 0)
_OUR_TOKEN: Final = frozenset({401, 403})
_GONE: Final = 404
_MEDIA_TYPES: Final = {"image": "image/jpeg", "audio": "audio/mpeg", "video": "video/mp4"}
_KEPT_THERE: Final = frozenset({*_MEDIA_TYPES, "file"})
"""What Chatwoot holds itself; for shared posts, places and links `data_url` is whatever the sender chose."""


@dataclass(frozen=True, slots=True)
class ChatwootOptions:
    """One account of an installation. Versions that sign nothing show `secrets[0]` as `?key=` in the address instead.

    Raises ValueError for a secret that could be guessed or a token that is none.
    """

    channel: str
    base_url: str
    account: str
    token: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    hook_url: str
    signed: bool = True

    def __post_init__(self) -> None:
        require_secrets(self.secrets, f"{self.channel}: each webhook secret")
        if not self.token.strip():
            raise ValueError("token_file is empty; write an agent's access token into it")


class Contact(Shape):
    """Who wrote: Chatwoot's own number of the person, whatever they are called."""

    id: int = Field(ge=1, lt=2**63)
    name: str | None = ""


class Conversation(Shape):
    """Where it was written."""

    id: int = Field(ge=1, lt=2**63)


class File(Shape):
    """Something beside the text, kept by Chatwoot."""

    file_type: str | None = ""
    file_size: int | None = Field(default=0, ge=0, lt=2**63)
    data_url: str | None = Field(default="", max_length=4096)


class Written(Shape):
    """One message of a person's."""

    id: int = Field(ge=1, lt=2**63)
    content: str | None = ""
    sender: Contact
    conversation: Conversation
    attachments: tuple[File, ...] = ()
    created_at: int | str = 0


class Chatwoot(Platform):
    """One account; every inbox of it is one channel to us."""

    longest = 1500  # the strictest of the platforms behind it that we know

    def __init__(self, options: ChatwootOptions) -> None:
        super().__init__(options.channel, f"chatwoot/{options.channel}/{options.account}")
        self._options = options
        self._ours = re.compile(rf"{re.escape(options.channel)}:(\d+):\d+", re.ASCII)

    def admits(self, call: Call, now: datetime) -> bool:
        """Check the signature over time and body, or the key in the address where the version signs nothing."""
        if not self._options.signed:
            return is_known(call.query.get("key", ""), self._options.secrets)
        timestamp = call.header(TIMESTAMP)
        ours = is_signed(call.header(SIGNATURE), timed(timestamp, call.body), self._options.secrets)
        return ours and is_recent(timestamp, now)

    def events(self, body: bytes) -> Iterable[Event]:
        """Take what a person wrote; what colleagues and bots wrote there, their notes and all else are not for us."""
        call = json.loads(body)
        if not (isinstance(call, dict) and call.get("event")):
            raise ValueError("no event of Chatwoot's")
        told = (call["event"], call.get("message_type"), bool(call.get("private")))
        if told[0] == EVENT and told[1] in _INCOMING and not told[2]:
            ours = str((call.get("account") or {}).get("id")) == self._options.account
            yield event("message" if ours else "foreign", call, _name)

    def read(self, raw: bytes) -> Message:
        """Read one message."""
        kind, content = unpacked(raw)
        if kind != "message":
            raise Unparsable(f"a call for another account than {self._options.account}: no [[social]] entry names it")
        written = Written.model_validate(content)
        return Message(
            channel=self.channel,
            sender=Handle(self.channel, str(written.sender.id)),
            name=one_line(written.sender.name or "", MOST_NAME),
            text=many_lines(written.content or "", MOST_TEXT),
            message_id=f"{self.channel}:{written.conversation.id}:{written.id}",
            attachments=tuple(
                Attachment(
                    number,
                    one_line(file.file_type or "file", MOST_NAME),
                    _MEDIA_TYPES.get(file.file_type or "", "application/octet-stream"),
                    file.file_size or 0,
                    reference=(file.data_url or "") if file.file_type in _KEPT_THERE else "",
                )
                for number, file in enumerate(written.attachments[:MOST_FILES], 1)
            ),
            sent_at=_written_at(written.created_at),
        )

    def line(self) -> Line:
        """Return a line to the installation."""
        return Line("Chatwoot", self._options.base_url, {"api_access_token": self._options.token})

    async def post(self, line: Line, outgoing: Outgoing, text: str) -> str:
        """Answer in the conversation the person wrote in."""
        asked = self._ours.fullmatch(outgoing.in_reply_to)
        if asked is None:
            raise PermanentFailure("no conversation of Chatwoot's is known for this text: write it there by hand")
        said = {"content": text, "message_type": "outgoing", "private": False}
        path = f"{self._account}/conversations/{asked[1]}/messages"
        reply = await line.post(path, json.dumps(said, ensure_ascii=False).encode())
        if reply.ok:
            return one_line(str(reply.get("id") or "taken"), MOST_NAME)
        if reply.status in _OUR_TOKEN:
            raise TransientFailure(self._advice(reply))
        if reply.status == _GONE:
            raise PermanentFailure(f"Chatwoot shows us no conversation {asked[1]}: is our agent in its inbox?")
        raise PermanentFailure(f"Chatwoot refused the text ({reply.status})")

    async def check(self, line: Line) -> str:
        """Look whether the token works for the account, and whether Chatwoot calls us about new messages."""
        reply = await line.get(f"{self._account}/webhooks")
        if not reply.ok:
            raise NotReady(self._advice(reply))
        called = {
            str(hook.get("url", "")).partition("?")[0]: hook.get("subscriptions") or ()
            for hook in reply.get("payload", "webhooks") or ()
        }
        if EVENT not in called.get(self._options.hook_url, ()):
            key = "" if self._options.signed else "?key=… (the secret)"
            raise NotReady(
                "Chatwoot does not call us: Settings → Integrations → Webhooks → Add new webhook, "
                f"{self._options.hook_url}{key}, and tick message_created"
            )
        return "the token works, and message_created is subscribed"

    @property
    def _account(self) -> str:
        return f"/api/v1/accounts/{self._options.account}"

    def _advice(self, reply: Reply) -> str:
        return (
            f"Chatwoot answers {reply.status}: Profile settings → Access token, of an administrator of account "
            f"{self._options.account}, belongs into token_file"
        )


def _name(call: Any) -> tuple[str, datetime | None]:
    return str(call["id"]), _written_at(call.get("created_at", 0))


def _written_at(told: int | str) -> datetime | None:
    """Return when a message was written; versions differ in how they say it."""
    if isinstance(told, int):
        return moment(told) if told > 0 else None
    try:
        written = datetime.fromisoformat(told.replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)
