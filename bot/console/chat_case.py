"""What the page of a case that came by chat adds: until when the platform takes our texts, versions, lost files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.copies import Copied, CopyState
from bot.core.house import House
from bot.core.messages import Message
from bot.core.unit import Unit
from bot.core.window import HUMAN_AGENT, Passage, Window
from bot.flow.case_file import CaseFile
from bot.flow.windows import heard_on


@dataclass(frozen=True, slots=True)
class ChatWindow:
    """How a text may leave now; `closes_at` is when that changes, `hours` how many are left."""

    passage: Passage
    closes_at: datetime
    hours: int


@dataclass(frozen=True, slots=True)
class ChatNotes:
    """`lost` says by message and part why there is no copy, `earlier` what a changed message said before."""

    window: ChatWindow | None
    lost: Mapping[str, Mapping[int, Copied]]
    earlier: Mapping[str, str]


def chat_notes(unit: Unit, house: House, file: CaseFile, now: datetime) -> ChatNotes:
    """Return what there is to say of a case's chat; nothing of one that came by mail."""
    said = [(entry.kept.id, entry.kept.message) for entry in file.entries if entry.kept and entry.kept.message]
    lost = {
        ident: {part: copied for part, copied in unit.copies.of(ident).items() if copied.state is CopyState.LOST}
        for ident, message in said
        if message.attachments
    }
    heard = heard_on(unit, house, file.case.id, file.case.requester.channel)
    return ChatNotes(window_left(heard, now) if heard else None, lost, _earlier(said))


def window_left(heard: datetime, now: datetime) -> ChatWindow:
    """Say how a text may leave a platform of Meta's now (law.md rule 43)."""
    window = Window(heard)
    passage = window.passage(now, by_colleague=True)
    closes = window.closes_at if passage is Passage.FREELY else heard + HUMAN_AGENT
    return ChatWindow(passage, closes, max(int((closes - now).total_seconds() // 3600), 0))


def _earlier(said: Sequence[tuple[str, Message]]) -> Mapping[str, str]:
    """Return by message what it said before it was changed, where that is a message of the case's own."""
    texts: dict[str, str] = {}
    earlier = {}
    for ident, message in said:
        before = message.version_of
        if before in texts:
            earlier[ident] = texts[before]
        texts[before or message.message_id] = message.text
    return earlier
