"""Chatwoot: what people write in its inboxes (Facebook, WhatsApp, Line, SMS, site chat …), and our texts back there."""

import json
import re
from collections.abc import Iterable, Mapping
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
    Word,
    event,
    moment,
    unpacked,
)
from bot.channels.chat.proof import is_known, is_signed_lately, require_secrets
from bot.channels.chat.tapping import Buttons
from bot.core.calls import Call
from bot.core.commands import CHOICE
from bot.core.delivery import Outgoing
from bot.core.errors import PermanentFailure, TransientFailure, Unparsable
from bot.core.messages import Attachment, Handle, Message

SIGNATURE: Final = "x-chatwoot-signature"
TIMESTAMP: Final = "x-chatwoot-timestamp"
WRITTEN: Final = "message_created"
TAPPED: Final = "message_updated"
EVENTS: Final = (WRITTEN, TAPPED)

_BUTTONS: Final = Buttons(most=10, longest=20)
"""What the strictest of the platforms behind it carries."""

_INCOMING: Final = ("incoming", 0)
_OUR_TOKEN: Final = frozenset({401, 403})
_GONE: Final = 404
_MEDIA_TYPES: Final = {"image": "image/jpeg", "audio": "audio/mpeg", "video": "video/mp4"}
_KEPT_THERE: Final = frozenset({*_MEDIA_TYPES, "file"})
"""What Chatwoot holds itself; for shared posts, places and links `data_url` is whatever the sender chose."""


@dataclass(frozen=True, slots=True)
class ChatwootOptions:
    """One account of an installation. Versions that sign nothing show `secrets[0]` as `?key=` in the address instead.

    `answers` are the words of what can be tapped, by their label in small letters: some platforms behind Chatwoot hand
    a tap over as a text that says no more.
    Raises ValueError for a secret that could be guessed or a token that is none.
    """

    channel: str
    base_url: str
    account: str
    token: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    hook_url: str
    signed: bool = True
    answers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_secrets(self.secrets, f"{self.channel}: each webhook secret")
        if not self.token.strip():
            raise ValueError("token_file is empty; write an agent's access token into it")


class Contact(Shape):
    """Who wrote: Chatwoot's own number of the person, whatever they are called."""

    id: int = Field(ge=1, lt=2**63)
    name: str | None = ""


class Owner(Shape):
    """Whose conversation it is."""

    contact_id: int = Field(ge=1, lt=2**63)


class Conversation(Shape):
    """Where it was written."""

    id: int = Field(ge=1, lt=2**63)


class Answered(Conversation):
    """A conversation in which one of our answers was tapped."""

    contact_inbox: Owner


class File(Shape):
    """Something beside the text, kept by Chatwoot."""

    file_type: str | None = ""
    file_size: int | None = Field(default=0, ge=0, lt=2**63)
    data_url: str | None = Field(default="", max_length=4096)


class About(Shape):
    """What is told beside a message: which one it replies to."""

    in_reply_to: Word | None = None


class Written(Shape):
    """One message of a person's."""

    id: int = Field(ge=1, lt=2**63)
    content: str | None = ""
    content_attributes: About | None = None
    sender: Contact
    conversation: Conversation
    attachments: tuple[File, ...] = ()
    created_at: int | str = 0


class Answer(Shape):
    """One of the answers we offered."""

    title: str = ""
    value: str = ""


class Answers(Shape):
    """Which of them were tapped."""

    submitted_values: tuple[Answer, ...] = Field(min_length=1)


class Tapped(Shape):
    """A message of ours below which an answer was tapped."""

    id: int = Field(ge=1, lt=2**63)
    conversation: Answered
    content_attributes: Answers


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
        return is_signed_lately(call, TIMESTAMP, SIGNATURE, self._options.secrets, now)

    def events(self, body: bytes) -> Iterable[Event]:
        """Take what a person wrote or tapped; what colleagues and bots wrote, notes and all else are not for us."""
        call = json.loads(body)
        if not (isinstance(call, dict) and call.get("event")):
            raise ValueError("no event of Chatwoot's")
        ours = str((call.get("account") or {}).get("id")) == self._options.account
        if call["event"] == WRITTEN and call.get("message_type") in _INCOMING and not call.get("private"):
            yield event("message" if ours else "foreign", call, _name)
        if call["event"] == TAPPED and self._is_answer(call):
            yield event("tap" if ours else "foreign", call, _name_of_tap)

    def _is_answer(self, call: Mapping[str, Any]) -> bool:
        """Say whether an answer of ours was tapped; surveys and other people's forms are handed in the same way."""
        match call:
            case {
                "content_type": "input_select",
                "content_attributes": {"submitted_values": [{"value": str(word)}, *_]},
            }:
                return word in self._options.answers.values()
            case _:
                return False

    def read(self, raw: bytes) -> Message:
        """Read one message."""
        kind, content = unpacked(raw)
        match kind:
            case "message":
                return self._read(Written.model_validate(content))
            case "tap":
                return self._hear(Tapped.model_validate(content))
            case _:
                raise Unparsable(
                    f"a call for another account than {self._options.account}: no [[social]] entry names it"
                )

    def _read(self, written: Written) -> Message:
        answered = written.content_attributes.in_reply_to if written.content_attributes else None
        answer = self._options.answers.get((written.content or "").strip().casefold(), "")
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
            references=(f"{self.channel}:{written.conversation.id}:{answered}",) if answered else (),
            command=CHOICE if answer else "",
            payload=answer,
        )

    def _hear(self, tapped: Tapped) -> Message:
        answer = tapped.content_attributes.submitted_values[0]
        return Message(
            channel=self.channel,
            sender=Handle(self.channel, str(tapped.conversation.contact_inbox.contact_id)),
            text=many_lines(answer.title, MOST_NAME),
            message_id=f"{self.channel}:{tapped.conversation.id}:{tapped.id}",
            command=CHOICE,
            payload=one_line(answer.value, MOST_NAME),
        )

    def line(self) -> Line:
        """Return a line to the installation."""
        return Line("Chatwoot", self._options.base_url, {"api_access_token": self._options.token})

    async def post(self, line: Line, outgoing: Outgoing, text: str) -> str:
        """Answer in the conversation the person wrote in."""
        asked = self._ours.fullmatch(outgoing.in_reply_to)
        if asked is None:
            raise PermanentFailure("no conversation of Chatwoot's is known for this text: write it there by hand")
        said: dict[str, Any] = {"content": text, "message_type": "outgoing", "private": False}
        if offered := _BUTTONS.fitting(outgoing.choices, text):
            items = [{"title": choice.label, "value": choice.word} for choice in offered]
            said |= {"content_type": "input_select", "content_attributes": {"items": items}}
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
        if missing := set(EVENTS) - set(called.get(self._options.hook_url, ())):
            key = "" if self._options.signed else "?key=… (the secret)"
            raise NotReady(
                f"Chatwoot does not call us about {' and '.join(sorted(missing))}: Settings → Integrations → Webhooks "
                f"→ Add new webhook, {self._options.hook_url}{key}, and tick {' and '.join(EVENTS)}"
            )
        return f"the token works, and {' and '.join(EVENTS)} are subscribed"

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


def _name_of_tap(call: Any) -> tuple[str, datetime | None]:
    return f"{call['id']} tapped", None  # `created_at` is when we wrote what was tapped


def _written_at(told: int | str) -> datetime | None:
    """Return when a message was written; versions differ in how they say it."""
    if isinstance(told, int):
        return moment(told) if told > 0 else None
    try:
        written = datetime.fromisoformat(told.replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)
