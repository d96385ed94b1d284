"""One update, read: what the person wrote now, apart from what they forwarded or quoted."""

import re
from datetime import UTC, datetime
from typing import Final

from pydantic import ValidationError

from bot.channels.chat.hook import MOST_BYTES
from bot.channels.chat.plain import many_lines, one_line
from bot.channels.telegram.shapes import ChatMessage, Media, Membership, Reaction, Tap, Update, User, Words
from bot.core.commands import CHOICE, INVITED
from bot.core.errors import Unparsable
from bot.core.messages import TELEGRAM, Attachment, Handle, Inbound, Message

_MOST_TEXT: Final = 16_384  # four times what Telegram lets through
_MOST_NAME: Final = 128
_MOST_FILE_NAME: Final = 255
_MOST_PAYLOAD: Final = 4096

_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]{1,64})?(?:\s+(.*))?", re.DOTALL)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?=[-_]|$)")
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]{1,64}/[\w.+-]{1,64}", re.ASCII)
_USUAL_TYPES: Final = {
    "photo": "image/jpeg",
    "document": "application/octet-stream",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "video_note": "video/mp4",
}


class TelegramParser:
    """Reads raw updates. Small and bounded as they are, they need no process that can be killed."""

    async def parse(self, inbound: Inbound) -> Message:
        """Raises Unparsable, and nothing else, for whatever does not look like an update of Telegram's."""
        if inbound.size > MOST_BYTES:
            raise Unparsable(f"an update of {inbound.size} bytes; Telegram's are far smaller")
        try:
            return read_update(Update.model_validate_json(b"".join(inbound.raw)))
        except ValidationError as misfit:
            places = sorted({".".join(map(str, error["loc"])) or "the whole" for error in misfit.errors()})
            raise Unparsable("not an update as Telegram writes it: " + ", ".join(places)[:200]) from None


def read_update(update: Update) -> Message:
    """Return what one update says; raises Unparsable when it is none of the kinds we ask for."""
    if update.edited_message is not None:
        edited = update.edited_message
        return _read_message(edited, not_private(update), version_of=name_of(edited))
    if update.message is not None:
        return _read_message(update.message, not_private(update))
    if update.callback_query is not None:
        return _read_tap(update.callback_query, not_private(update))
    if update.my_chat_member is not None:
        return _read_membership(update.my_chat_member, INVITED if update.puts_us_in else "")
    if update.message_reaction is not None:
        return _read_reaction(update.message_reaction)
    raise Unparsable("an update of a kind we never asked for")


def name_of(message: ChatMessage) -> str:
    """Return the name that a message keeps through all its versions: `tg:chat:message`."""
    return f"tg:{message.chat.id}:{message.message_id}"


def not_private(update: Update) -> str:
    """Say why something that came from elsewhere than a private chat must not be answered (law.md rule 42)."""
    return "" if update.is_private else "group"


def _read_message(message: ChatMessage, automatic: str, version_of: str = "") -> Message:
    written = many_lines(message.text or message.caption, _MOST_TEXT)
    quoted = [_words(message.quote) or _words(message.reply_to_message)]
    if message.forward_origin is not None:  # somebody's words, but not written now by this person
        quoted.insert(0, written)
        written = ""
    command, payload = _command_in(written)
    answered = message.reply_to_message.message_id if message.reply_to_message else 0
    return Message(
        channel=TELEGRAM,
        sender=Handle(TELEGRAM, str(message.sender.id if message.sender else message.chat.id)),
        name=_name(message.sender),
        text=written,
        quoted="\n\n".join(filter(None, quoted)),
        message_id=name_of(message),
        references=(f"tg:{message.chat.id}:{answered}",) if answered else (),
        automatic="bot" if _is_machine(message) else automatic,
        attachments=_attachments(message),
        version_of=version_of,
        command=command,
        payload=payload,
        sent_at=datetime.fromtimestamp(message.date, UTC) if message.date else None,
        language=_language(message.sender),
    )


def _read_tap(tap: Tap, automatic: str) -> Message:
    return Message(
        channel=TELEGRAM,
        sender=Handle(TELEGRAM, str(tap.sender.id)),
        name=_name(tap.sender),
        text=many_lines(tap.label, _MOST_NAME),
        message_id=f"tg:tap:{one_line(tap.id, 64)}",
        automatic=automatic,
        command=CHOICE,
        payload=one_line(tap.data, _MOST_PAYLOAD),
        language=_language(tap.sender),
    )


def _read_membership(change: Membership, command: str) -> Message:
    """The bot was started, blocked or added somewhere: kept, and nothing that anybody wrote."""
    return Message(
        channel=TELEGRAM,
        sender=Handle(TELEGRAM, str(change.sender.id)),
        name=_name(change.sender),
        automatic="" if command else "my_chat_member",
        command=command,
        sent_at=datetime.fromtimestamp(change.date, UTC),
        language=_language(change.sender),
    )


def _read_reaction(reaction: Reaction) -> Message:
    """An emoji on a message: kept, and nothing that anybody wrote."""
    return Message(
        channel=TELEGRAM,
        sender=Handle(TELEGRAM, str(reaction.sender.id if reaction.sender else reaction.chat.id)),
        name=_name(reaction.sender),
        message_id=f"tg:{reaction.chat.id}:{reaction.message_id}:reaction:{reaction.date}",
        automatic="reaction",
        sent_at=datetime.fromtimestamp(reaction.date, UTC),
        language=_language(reaction.sender),
    )


def _is_machine(message: ChatMessage) -> bool:
    return message.via_bot is not None or (message.sender is not None and message.sender.is_bot)


def _command_in(text: str) -> tuple[str, str]:
    match = _COMMAND.fullmatch(text.strip())
    return (match[1].lower(), (match[2] or "")[:_MOST_PAYLOAD]) if match else ("", "")


def _words(said: Words | None) -> str:
    return many_lines(said.text or said.caption, _MOST_TEXT) if said is not None else ""


def _name(user: User | None) -> str:
    return one_line(f"{user.first_name} {user.last_name}", _MOST_NAME) if user else ""


def _language(user: User | None) -> str:
    """Return the first part of the app's language tag (RFC 5646): `fr` of `fr-BE`."""
    match = _LANGUAGE.match(user.language_code.lower()) if user else None
    return match[0] if match else ""


def _attachments(message: ChatMessage) -> tuple[Attachment, ...]:
    """List what hangs on a message.

    Part 0 is the update itself; the files stay with Telegram until they are fetched, and then become the parts
    numbered here. Stickers and the like are no attachments: nobody has to look at them.
    """
    found: list[tuple[str, Media | None]] = [
        ("photo", max(message.photo, key=lambda size: size.file_size, default=None)),  # one picture, many sizes
        ("document", message.document),
        ("voice", message.voice),
        ("audio", message.audio),
        ("video", message.video),
        ("video_note", message.video_note),
    ]
    media = [(kind, file) for kind, file in found if file is not None]
    return tuple(
        Attachment(
            part=number,
            name=one_line(file.file_name, _MOST_FILE_NAME) or kind,
            media_type=file.mime_type if _MEDIA_TYPE.fullmatch(file.mime_type) else _USUAL_TYPES[kind],
            size=file.file_size,
            reference=file.file_id,
        )
        for number, (kind, file) in enumerate(media, 1)
    )
