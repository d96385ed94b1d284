"""The parts of an update that we read, and within which limits; everything else stays in the raw bytes alone."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

_INSIDE: Final = frozenset({"member", "administrator", "restricted"})

Number = Annotated[int, Field(strict=True, gt=-(2**63), lt=2**63)]
Moment = Annotated[int, Field(strict=True, ge=0, lt=2**35)]
"""Seconds since 1970."""


class Shape(BaseModel):
    """A JSON object of the Bot API; unknown fields are new ones of Telegram's and no error."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class User(Shape):
    """Who wrote."""

    id: Number
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""


class Chat(Shape):
    """Where it was written."""

    id: Number
    type: str


class Button(Shape):
    """An answer of ours to tap."""

    text: str = ""
    callback_data: str = ""


class Keyboard(Shape):
    """The buttons below a message of ours."""

    inline_keyboard: tuple[tuple[Button, ...], ...] = ()


class Media(Shape):
    """A file that Telegram keeps for us."""

    file_id: str = Field(default="", max_length=512)
    file_name: str = ""
    mime_type: str = ""
    file_size: int = Field(default=0, ge=0, lt=2**63)


class Words(Shape):
    """A text or a caption, of a quotation or of the message that was replied to."""

    text: str = ""
    caption: str = ""


class Answered(Words):
    """The message that was replied to."""

    message_id: Number = 0


class ChatMessage(Words):
    """One message."""

    message_id: Number
    chat: Chat
    date: Moment = 0
    edit_date: Moment = 0
    sender: User | None = Field(default=None, alias="from")
    via_bot: User | None = None
    forward_origin: Mapping[str, Any] | None = None
    reply_to_message: Answered | None = None
    quote: Words | None = None
    photo: tuple[Media, ...] = ()
    document: Media | None = None
    voice: Media | None = None
    audio: Media | None = None
    video: Media | None = None
    video_note: Media | None = None
    reply_markup: Keyboard | None = None


class Tap(Shape):
    """A button that was pressed; the message it hangs on may be too old to be told."""

    id: str
    sender: User = Field(alias="from")
    message: ChatMessage | None = None
    data: str = ""

    @property
    def label(self) -> str:
        """What stood on the button, where the message is still told."""
        keyboard = self.message.reply_markup if self.message else None
        rows = keyboard.inline_keyboard if keyboard else ()
        return next((button.text for row in rows for button in row if button.callback_data == self.data), "")


class Member(Shape):
    """What the bot is in a chat."""

    status: str = ""


class Membership(Shape):
    """The bot was blocked, unblocked, added or removed."""

    chat: Chat
    sender: User = Field(alias="from")
    date: Moment
    new_chat_member: Member = Member()


class Reaction(Shape):
    """Somebody put an emoji on a message, or took it away."""

    chat: Chat
    message_id: Number
    date: Moment
    sender: User | None = Field(default=None, alias="user")


class Update(Shape):
    """One event of a bot."""

    update_id: Number
    message: ChatMessage | None = None
    edited_message: ChatMessage | None = None
    callback_query: Tap | None = None
    my_chat_member: Membership | None = None
    message_reaction: Reaction | None = None

    @property
    def chat(self) -> Chat | None:
        """The chat it happened in; None for what we never asked for."""
        said = self.message or self.edited_message
        if said is None and self.callback_query is not None:
            said = self.callback_query.message
        if said is not None:
            return said.chat
        beside = self.my_chat_member or self.message_reaction
        return beside.chat if beside is not None else None

    @property
    def puts_us_in(self) -> bool:
        """Whether somebody put the bot into a group or a channel just now."""
        change = self.my_chat_member
        return change is not None and not self.is_private and change.new_chat_member.status in _INSIDE

    @property
    def is_private(self) -> bool:
        """Whether it was said to the bot alone (law.md rule 42: never in public or in a group)."""
        return self.chat is not None and self.chat.type == "private"
