"""What Telegram is owed for an update beside being told that it is kept: a tapped button is let go, a group is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from bot.channels.telegram.shapes import Update

_OUTSIDE: Final = frozenset({"left", "kicked"})


@dataclass(frozen=True, slots=True)
class Courtesy:
    """A call of the Bot API that nobody waits for."""

    method: str
    wish: Mapping[str, Any]


def courtesy_for(raw: bytes) -> Courtesy | None:
    """Return what one update is owed; in a group or a channel nothing is ever said, not even why (law.md rule 42)."""
    try:
        update = Update.model_validate_json(raw)
    except ValidationError:
        return None
    if update.callback_query is not None:
        return Courtesy("answerCallbackQuery", {"callback_query_id": update.callback_query.id})
    change = update.my_chat_member
    outside = change is not None and change.new_chat_member.status in _OUTSIDE
    if update.chat is None or update.is_private or outside:
        return None
    return Courtesy("leaveChat", {"chat_id": update.chat.id})
