"""Messenger and Instagram: one shape of call, one way to answer."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from bot.channels.chat.line import Line, NotReady, Reply
from bot.channels.chat.plain import many_lines
from bot.channels.chat.platform import (
    MOST_FILES,
    MOST_TEXT,
    Event,
    Shape,
    Word,
    digest,
    event,
    moment,
    packed,
    unpacked,
)
from bot.channels.chat.tapping import Buttons
from bot.channels.meta.graph import MetaPlatform
from bot.channels.meta.options import MetaOptions
from bot.core.commands import CHOICE
from bot.core.delivery import Outgoing
from bot.core.errors import Unparsable
from bot.core.messages import Attachment, Handle, Message, Receipt, ReceiptState
from bot.core.ports import Clock
from bot.core.window import Passage

PAGE, INSTAGRAM = "page", "instagram"

_FILES: Final = {
    "image": "image/jpeg",
    "audio": "audio/mp4",
    "video": "video/mp4",
    "file": "application/octet-stream",
}
_QUICK_REPLIES: Final = Buttons(most=13, longest=20)
_TELL_NOTHING: Final = frozenset({"typing", "optin", "pass_thread_control", "take_thread_control"})

Milliseconds = Annotated[int, Field(ge=0, lt=2**45)]
Person = Annotated[str, Field(pattern=r"^\d{1,32}$")]


def _nothing_for_null(value: object) -> object:
    return {} if value is None else value


class Party(Shape):
    """A person or an account of ours."""

    id: Person


class Payload(Shape):
    """Where a file lies, or which sticker it is."""

    url: str = Field(default="", max_length=4096)
    sticker_id: int | str | None = None


class Enclosure(Shape):
    """Something beside the text."""

    type: str
    payload: Annotated[Payload, BeforeValidator(_nothing_for_null)] = Payload()


class Tapped(Shape):
    """Which of our quick replies was tapped; the message's text is its title."""

    payload: str = Field(default="", max_length=1000)


class Named(Shape):
    """Another message, that this one replies to."""

    mid: str = Field(default="", max_length=256)


class Said(Shape):
    """A message, as written."""

    mid: Word
    reply_to: Annotated[Named, BeforeValidator(_nothing_for_null)] = Named()
    text: str = ""
    attachments: tuple[Enclosure, ...] = ()
    quick_reply: Tapped | None = None
    is_deleted: bool = False


class Changed(Shape):
    """A message, as changed."""

    mid: Word
    text: str = ""
    num_edit: int = 0


class Pressed(Shape):
    """A button of ours that was pressed."""

    mid: str = ""
    title: str = ""


class Seen(Shape):
    """Which texts of ours have arrived, or were read: by their names where it gives any, else all until a moment."""

    mid: str = ""
    mids: tuple[str, ...] = ()
    watermark: Milliseconds = 0


class Messaging(Shape):
    """One event between a person and our account."""

    sender: Party
    recipient: Party
    timestamp: Milliseconds = 0
    message: Said | None = None
    message_edit: Changed | None = None
    postback: Pressed | None = None
    delivery: Seen | None = None
    read: Seen | None = None

    @property
    def receipt(self) -> Receipt | None:
        """What it says of our own texts, if anything."""
        seen = self.delivery or self.read
        if seen is None:
            return None
        state = ReceiptState.READ if self.read else ReceiptState.DELIVERED
        texts = tuple(filter(None, (seen.mid, *seen.mids)))
        return Receipt(state, texts=texts, until=None if texts else moment((seen.watermark or self.timestamp) / 1000))


class Messenger(MetaPlatform):
    """A Facebook page or an Instagram professional account."""

    def __init__(self, options: MetaOptions, clock: Clock, platform: str = PAGE) -> None:
        self.topic = platform
        self.longest = 2000 if platform == PAGE else 800  # Instagram: 1,000 bytes, and é has two
        self.fields = ("messages", "message_edits", "messaging_postbacks") if platform == PAGE else ("messages",)
        scope = "pages_messaging" if platform == PAGE else "instagram_manage_messages"
        self.permissions = (scope, "pages_manage_metadata")
        super().__init__(options, clock)

    @property
    def title(self) -> str:
        """The platform as colleagues call it."""
        return "Messenger" if self.topic == PAGE else "Instagram"

    def events(self, body: bytes) -> Iterable[Event]:
        """Take apart what people wrote to us in private, and what became of ours; no comments, no echoes."""
        for entry in self.entries(body):
            for item in (*entry.get("messaging", ()), *entry.get("standby", ())):
                if _is_heard(item):
                    ours = str(entry.get("id")) == self.options.account
                    yield event("messaging" if ours else "foreign", item, _name)

    def read(self, raw: bytes) -> Message:
        """Read one event."""
        kind, content = unpacked(raw)
        if kind != "messaging":
            raise Unparsable(f"a call for another account than {self.options.account}: no [[social]] entry names it")
        happened = Messaging.model_validate(content)
        said, changed = happened.message, happened.message_edit
        common: dict[str, Any] = {
            "channel": self.channel,
            "sender": Handle(self.channel, happened.sender.id),
            "sent_at": moment(happened.timestamp / 1000) if happened.timestamp else None,
        }
        if changed is not None:
            ident = f"{self._name_of(changed.mid)}:edit:{changed.num_edit}"
            return Message(**common, text=_plain(changed.text), message_id=ident, version_of=self._name_of(changed.mid))
        if said is not None and said.is_deleted:
            name = self._name_of(said.mid)
            return Message(**common, message_id=f"{name}:deleted", version_of=name)
        if said is not None:
            return Message(
                **common,
                text=_plain(said.text),
                message_id=self._name_of(said.mid),
                attachments=_attachments(said),
                command=CHOICE if said.quick_reply else "",
                payload=said.quick_reply.payload if said.quick_reply else "",
                references=(self._name_of(said.reply_to.mid),) if said.reply_to.mid else (),
            )
        if happened.postback is not None:
            ident = self._name_of(happened.postback.mid or digest(raw))
            return Message(**common, text=_plain(happened.postback.title), message_id=ident)
        name = self._name_of(digest(raw))
        return Message(**common, message_id=name, automatic=_kind(content), receipt=happened.receipt)

    async def send(self, line: Line, outgoing: Outgoing, text: str, passage: Passage) -> Reply:
        """Hand one text to the Send API."""
        tag = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        replies = [
            {"content_type": "text", "title": choice.label, "payload": choice.word}
            for choice in _QUICK_REPLIES.fitting(outgoing.choices, text)
        ]
        said = {
            "recipient": {"id": outgoing.recipient.value},
            "message": {"text": text, **({"quick_replies": replies} if replies else {})},
            **(tag if passage is Passage.AS_A_COLLEAGUE else {"messaging_type": "RESPONSE"}),
        }
        return await line.post("/me/messages", json.dumps(said, ensure_ascii=False).encode())

    async def check(self, line: Line) -> str:
        """Look whose token it is, and whether the account hands its messages to our app."""
        account = self.options.account
        me = await self.ask(line, "/me", fields="id,name,instagram_business_account")
        ids = {str(me.get("id")), str(me.get("instagram_business_account", "id"))}
        if account not in ids:
            raise NotReady(f"the access token is of account {me.get('id')}, not of {account}: make one for that page")
        apps = await self.ask(line, f"/{me.get('id')}/subscribed_apps")
        subscribed = {field for app in apps.get("data") or () for field in app.get("subscribed_fields", ())}
        if missing := [field for field in self.fields if field not in subscribed]:
            raise NotReady(
                f"the page does not hand over {', '.join(missing)}: App dashboard → {self.title} → Webhooks → "
                f"callback {self.options.hook_url}, and tick these fields for the page"
            )
        return f"{me.get('name')}: token, app secret and subscriptions are right"

    def _name_of(self, mid: str) -> str:
        return f"{self.channel}:{mid}"


def _is_heard(item: Any) -> bool:
    """Whether it tells anything: not an echo of ours, and nobody's typing."""
    if not isinstance(item, dict):
        return True  # odd: kept, for a person to see
    message = item.get("message")
    if isinstance(message, dict) and message.get("is_echo"):
        return False
    return not item.keys() & _TELL_NOTHING


def _name(item: Any) -> tuple[str, datetime | None]:
    at = moment(item["timestamp"] / 1000)
    if "message_edit" in item:
        changed = item["message_edit"]
        return f"{changed['mid']} edit {changed.get('num_edit', 0)}", at
    if "message" in item:
        said = item["message"]
        return str(said["mid"]) + (" deleted" if said.get("is_deleted") else ""), at
    return digest(packed("messaging", item)), at


def _kind(content: Mapping[str, Any]) -> str:
    """Name what nobody wrote: a reaction, or something new of Meta's."""
    return ", ".join(sorted(content.keys() - {"sender", "recipient", "timestamp"})) or "nothing"


def _attachments(said: Said) -> tuple[Attachment, ...]:
    """List files, which stay with Meta until they are fetched; stickers and shared posts are none."""
    return tuple(
        Attachment(number, one.type, _FILES[one.type], 0, reference=one.payload.url)
        for number, one in enumerate(_files(said), 1)
    )


def _files(said: Said) -> Iterator[Enclosure]:
    found = [one for one in said.attachments if one.type in _FILES and not one.payload.sticker_id]
    yield from found[:MOST_FILES]


def _plain(text: str) -> str:
    return many_lines(text, MOST_TEXT)
