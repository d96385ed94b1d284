"""WhatsApp's Cloud API: messages, their edits, and what became of ours."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from pydantic import Field

from bot.channels.chat.line import MOST_FILE, Line, NotReady, Reply
from bot.channels.chat.plain import many_lines, one_line
from bot.channels.chat.platform import MOST_NAME, MOST_TEXT, Event, Shape, Word, event, moment, unpacked
from bot.channels.chat.tapping import Buttons
from bot.channels.meta.graph import MetaPlatform, closed, failure_of
from bot.core.commands import CHOICE
from bot.core.delivery import Outgoing
from bot.core.errors import PermanentFailure, Unparsable
from bot.core.messages import Attachment, Bounce, Handle, Message, Receipt, ReceiptState
from bot.core.window import Passage, Window

_PEOPLE: Final = r"\d{1,32}|[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}"
_USUAL_TYPES: Final = {
    "image": "image/jpeg",
    "audio": "audio/ogg",
    "video": "video/mp4",
    "document": "application/octet-stream",
}
_BUTTONS: Final = Buttons(most=3, longest=20, text=1024)
_LIST: Final = Buttons(most=10, longest=24, text=4096)
_OPENER: Final = "…"
_MEDIA_ID: Final = re.compile(r"[\w-]{1,256}", re.ASCII)
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]{1,64}/[\w.+-]{1,64}", re.ASCII)


class Profile(Shape):
    """What a person shows of themselves."""

    name: str = ""


class Contact(Shape):
    """Who wrote."""

    profile: Profile = Profile()


class Media(Shape):
    """A file that WhatsApp keeps for us."""

    id: str = Field(default="", max_length=256)
    mime_type: str = ""
    filename: str = ""
    caption: str = ""
    file_size: int = Field(default=0, ge=0, lt=2**63)


class Words(Shape):
    """A text, that of a button that was pressed, or what somebody wrote beside an order from a catalogue."""

    body: str = ""
    text: str = ""


class Answer(Shape):
    """One of several answers we offered."""

    id: str = Field(default="", max_length=256)
    title: str = ""


class Chosen(Shape):
    """Which of our answers a person took."""

    button_reply: Answer = Answer()
    list_reply: Answer = Answer()

    @property
    def word(self) -> str:
        """What the answer stands for with us."""
        return self.button_reply.id or self.list_reply.id


class Context(Shape):
    """What a message refers to: the one it replies to, or that it was forwarded."""

    id: str = Field(default="", max_length=256)
    forwarded: bool = False
    frequently_forwarded: bool = False


class Original(Shape):
    """The message that is changed or taken back."""

    original_message_id: Word
    message: dict[str, Any] = Field(default_factory=dict)


class Written(Shape):
    """One message. Somebody who hides the number is known by `from_user_id` alone (business-scoped user id)."""

    id: Word
    number: str = Field(default="", alias="from", pattern=rf"^(?:{_PEOPLE})?$")
    from_user_id: str = Field(default="", pattern=rf"^(?:{_PEOPLE})?$")
    timestamp: int = Field(default=0, ge=0, lt=2**35)
    type: str = ""
    text: Words = Words()
    button: Words = Words()
    order: Words = Words()
    interactive: Chosen = Chosen()
    image: Media | None = None
    audio: Media | None = None
    video: Media | None = None
    document: Media | None = None
    context: Context = Context()
    edit: Original | None = None
    revoke: Original | None = None


class Status(Shape):
    """What became of a text of ours, which carries our Message-ID through WhatsApp and back."""

    status: str
    recipient_id: str = ""
    recipient_user_id: str = ""
    biz_opaque_callback_data: str
    errors: tuple[dict[str, Any], ...] = ()


class WhatsApp(MetaPlatform):
    """A phone number of ours."""

    topic = "whatsapp_business_account"
    fields = ("messages",)
    permissions = ("whatsapp_business_messaging", "whatsapp_business_management")
    people = re.compile(_PEOPLE, re.ASCII)
    longest = 4096
    seconds_apart = 6.0  # one message in six seconds to one person
    knows_colleagues = False

    @property
    def title(self) -> str:
        """The platform as colleagues call it."""
        return "WhatsApp"

    def events(self, body: bytes) -> Iterable[Event]:
        """Take apart what people wrote in private and what became of our texts; the account's own news are neither."""
        for entry in self.entries(body):
            for change in entry["changes"]:
                if change["field"] == "messages":
                    yield from self._happened(change["value"])

    def _happened(self, value: Any) -> Iterable[Event]:
        ours = str(value["metadata"]["phone_number_id"]) == self.options.account
        contact: Any = next(iter(value.get("contacts", ())), {})
        for message in value.get("messages", ()):
            if not (isinstance(message, dict) and "group_id" in message):  # law.md rule 42: never in a group
                yield event("message" if ours else "foreign", {"message": message, "contact": contact}, _name)
        for status in value.get("statuses", ()):
            if isinstance(status, dict) and status.get("biz_opaque_callback_data") and status.get("status") != "sent":
                yield event("status" if ours else "foreign", status, _name_of_status)

    def read(self, raw: bytes) -> Message:
        """Read one event."""
        kind, content = unpacked(raw)
        match kind:
            case "message":
                contact = Contact.model_validate(content.get("contact") or {})
                return self._read(Written.model_validate(content["message"]), contact)
            case "status":
                return self._note(Status.model_validate(content))
            case _:
                raise Unparsable(f"a call for another number than {self.options.account}: no [[social]] entry names it")

    def _read(self, written: Written, contact: Contact) -> Message:
        # The scoped id comes first: a number can be given to somebody else, and that id changes with it.
        person = written.from_user_id or written.number
        if not person:
            raise Unparsable("a message of nobody")
        version = written.edit or written.revoke
        now = Written.model_validate({"id": written.id} | version.message) if version else written
        words, forwarded = _words(now), now.context.forwarded or now.context.frequently_forwarded
        return Message(
            channel=self.channel,
            sender=Handle(self.channel, person),
            name=one_line(contact.profile.name, MOST_NAME),
            text="" if forwarded else words,
            quoted=words if forwarded else "",
            message_id=f"{self.channel}:{written.id}",
            automatic=written.type if written.type in {"reaction", "system"} else "",
            command=CHOICE if now.interactive.word else "",
            payload=now.interactive.word,
            attachments=_attachments(now),
            version_of=f"{self.channel}:{version.original_message_id}" if version else "",
            references=(f"{self.channel}:{now.context.id}",) if now.context.id else (),
            sent_at=moment(written.timestamp) if written.timestamp else None,
        )

    def _note(self, told: Status) -> Message:
        person = Handle(self.channel, told.recipient_user_id or told.recipient_id)
        ours = told.biz_opaque_callback_data
        if told.status == "failed":
            why = next((f"{error.get('code')} {error.get('title')}" for error in told.errors), "")
            bounce = Bounce(True, (person.value,), ours, one_line(why, MOST_NAME))
            return Message(self.channel, person, automatic="status", bounce=bounce)
        if told.status not in set(ReceiptState):
            return Message(self.channel, person, automatic=f"status {one_line(told.status, MOST_NAME)}")
        return Message(self.channel, person, automatic="status", receipt=Receipt(ReceiptState(told.status), ours))

    async def send(self, line: Line, outgoing: Outgoing, text: str, passage: Passage) -> Reply:  # noqa: ARG002
        """Hand one text to the Cloud API, with up to three buttons below it, or a list of up to ten."""
        content = {"type": "text", "text": {"body": text, "preview_url": False}}
        if offered := _BUTTONS.fitting(outgoing.choices, text):
            buttons = [{"type": "reply", "reply": {"id": one.word, "title": one.label}} for one in offered]
            content = _interactive("button", text, {"buttons": buttons})
        elif offered := _LIST.fitting(outgoing.choices, text):
            rows = [{"id": one.word, "title": one.label} for one in offered]
            opener = self.options.openers.get(outgoing.language, _OPENER)
            content = _interactive("list", text, {"button": opener, "sections": [{"rows": rows}]})
        return await self._say(line, outgoing, content)

    async def shut_out(self, line: Line, outgoing: Outgoing, window: Window) -> str:
        """Ask the person by template to write again, where there is one and a colleague had something to say."""
        template = self.options.template
        if not (template and outgoing.by_colleague):
            return await super().shut_out(line, outgoing, window)
        named = {"name": template, "language": {"code": outgoing.language}}
        self.accepted(await self._say(line, outgoing, {"type": "template", "template": named}))
        return (
            f"{closed(self.title, window)}; the template {template} has asked the person to write again: "
            "send the text when they have, or write by mail"
        )

    async def _say(self, line: Line, outgoing: Outgoing, content: dict[str, Any]) -> Reply:
        person = outgoing.recipient.value
        said = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to" if person.isdigit() else "recipient": person,
            "biz_opaque_callback_data": outgoing.message_id,
            **content,
        }
        return await line.post(f"/{self.options.account}/messages", json.dumps(said, ensure_ascii=False).encode())

    async def fetch(self, line: Line, reference: str) -> bytes:
        """Ask Graph where a file lies, which it tells for a few minutes, and fetch it with our token."""
        if not _MEDIA_ID.fullmatch(reference):
            raise PermanentFailure("WhatsApp gave this file no id")
        found = await line.get(f"/{reference}", {"phone_number_id": self.options.account})
        if not found.ok:
            raise failure_of(found, self.title)
        if (size := found.get("file_size")) is not None and int(size) > MOST_FILE:
            raise PermanentFailure(f"this file is over {MOST_FILE // 1024 // 1024} MB: ask for it by mail")
        return await line.download(str(found.get("url")), {"Authorization": f"Bearer {self.options.token}"})

    async def check(self, line: Line) -> str:
        """Look whether the number is ours and where WhatsApp calls us."""
        asked = "id,display_phone_number,verified_name,webhook_configuration"
        number = await self.ask(line, f"/{self.options.account}", fields=asked)
        called = number.get("webhook_configuration")
        addresses = set(called.values()) if isinstance(called, dict) else set()
        if self.options.hook_url not in addresses:
            raise NotReady(
                "WhatsApp calls another address: App dashboard → WhatsApp → Configuration → Webhook → "
                f"callback {self.options.hook_url}, our verify token, and subscribe to messages"
            )
        return f"{number.get('display_phone_number')}: token, app secret and webhook are right"


def _interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}


def _name(content: Any) -> tuple[str, datetime | None]:
    message = content["message"]
    return str(message["id"]), moment(int(message["timestamp"]))


def _name_of_status(status: Any) -> tuple[str, datetime | None]:
    return f"{status['id']} {status['status']}", moment(int(status["timestamp"]))


def _words(written: Written) -> str:
    """Return what a person wrote, under a picture too, or which of our buttons they pressed."""
    chosen = written.interactive
    found = [
        written.text.body,
        written.button.text,
        written.order.text,
        chosen.button_reply.title,
        chosen.list_reply.title,
    ]
    found += [media.caption for _, media in _media(written)]
    return many_lines("\n".join(filter(None, found)), MOST_TEXT)


def _media(written: Written) -> list[tuple[str, Media]]:
    return [(kind, media) for kind in _USUAL_TYPES if (media := getattr(written, kind)) is not None]


def _attachments(written: Written) -> tuple[Attachment, ...]:
    """List files, which stay with WhatsApp until they are fetched."""
    return tuple(
        Attachment(
            part=number,
            name=one_line(media.filename, MOST_NAME) or kind,
            media_type=media.mime_type if _MEDIA_TYPE.fullmatch(media.mime_type) else _USUAL_TYPES[kind],
            size=media.file_size,
            reference=media.id,
        )
        for number, (kind, media) in enumerate(_media(written), 1)
    )
