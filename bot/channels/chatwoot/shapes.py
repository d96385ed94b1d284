"""The parts of Chatwoot's calls that we read, and within which limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from pydantic import Field, ValidationError

from bot.channels.chat.platform import Shape, Word, moment

Number = Field(ge=1, lt=2**63)


class Contact(Shape):
    """Who wrote: Chatwoot's own number of the person, whatever they are called."""

    id: int = Number
    name: str | None = ""


class Owner(Shape):
    """Whose conversation it is."""

    contact_id: int = Number


class Conversation(Shape):
    """Where it was written."""

    id: int = Number


class Owned(Conversation):
    """A conversation with the person whose it is."""

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

    id: int = Number
    content: str | None = ""
    content_attributes: About | None = None
    sender: Contact
    conversation: Conversation
    attachments: tuple[File, ...] = ()
    created_at: int | str = 0


class Gone(Shape):
    """A message that its person took back."""

    id: int = Number
    sender: Contact
    conversation: Conversation


class Answer(Shape):
    """One of the answers we offered."""

    title: str = ""
    value: str = ""


class Answers(Shape):
    """Which of them were tapped."""

    submitted_values: tuple[Answer, ...] = Field(min_length=1)


class Tapped(Shape):
    """A message of ours below which an answer was tapped."""

    id: int = Number
    conversation: Owned
    content_attributes: Answers


class Numbered(Shape):
    """A message, by its number alone."""

    id: int = Number


class Meta(Shape):
    """Who is at the other end of a conversation."""

    sender: Numbered


class Fate(Shape):
    """What became of a text that was handed to a platform behind Chatwoot."""

    id: int = Number
    conversation: Owned
    state: Literal["delivered", "read", "failed"]
    reason: str = ""


class Entry(Shape):
    """A conversation in Chatwoot's list."""

    id: int = Number
    meta: Meta
    messages: tuple[Numbered, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation: whose it is, and its last message."""

    id: int
    contact: int
    last: int


def listed_as(told: Any) -> Listed | None:
    """Return a conversation of the list; None for one that nobody can be answered in, so that it holds up no other."""
    try:
        entry = Entry.model_validate(told)
    except ValidationError:
        return None
    if is_public(told):
        return None
    return Listed(entry.id, entry.meta.sender.id, max((one.id for one in entry.messages), default=0))


def is_public(conversation: Any) -> bool:
    """Say whether a conversation is tweets that everybody reads: nothing is answered there (law.md rule 42)."""
    about = conversation.get("additional_attributes") if isinstance(conversation, dict) else None
    return isinstance(about, dict) and about.get("type") == "tweet"


def number_of(told: Any) -> int:
    """Return a message's number, which grows with time; 0 for what is none."""
    number = told.get("id") if isinstance(told, dict) else None
    return number if type(number) is int else 0


def wording_of(call: Mapping[str, Any]) -> str:
    """Name one version of a message: its number, and eight digits of its words' digest.

    They tell the versions of a message apart, and are too few to tell for sure what it said once it is purged.
    """
    words = str(call.get("content") or "").strip()
    return f"{call.get('id')} {sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def fate_of(call: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a changed message of ours tells of its way, and why; two empty words for anything else.

    Versions that do not say the state of the message say it of the conversation's last one.
    """
    about = call.get("content_attributes")
    reason = about.get("external_error") if isinstance(about, dict) else None
    if reason:
        return "failed", str(reason)
    state = call.get("status")
    for last in (call.get("conversation") or {}).get("messages") or ():
        if state is None and last.get("id") == call.get("id"):
            state = last.get("status")
    return (str(state), "") if state in {"delivered", "read", "failed"} else ("", "")


def written_at(told: int | str) -> datetime | None:
    """Return when a message was written; versions differ in how they say it."""
    if isinstance(told, int):
        return moment(told) if told > 0 else None
    try:
        written = datetime.fromisoformat(told.replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)
