"""An update as it came becomes an `Inbound`, or nothing when it is not ours to keep."""

import json
from datetime import UTC, datetime
from hashlib import sha256

from pydantic import ValidationError

from bot.channels.telegram.parser import read_update
from bot.channels.telegram.shapes import Update
from bot.core.errors import Unparsable
from bot.core.fragments import conversation_of
from bot.core.messages import TELEGRAM, Inbound


def arrival(raw: bytes, source: str, now: datetime) -> Inbound | None:
    """Return what is to be kept of one update; None for what was not said to the bot in private.

    Whoever put it into a group is heard of, for a word in private.

    An update of a shape we don't know is kept all the same: the parser parks it, and a person sees it.
    """
    try:
        update = Update.model_validate_json(raw)
    except ValidationError:
        return Inbound(TELEGRAM, source, _event_of(raw), now, [raw])
    if not (update.is_private or update.puts_us_in):
        return None
    at = min(happened_at(update) or now, now)
    return Inbound(TELEGRAM, source, str(update.update_id), at, [raw], conversation=_conversation(update))


def _conversation(update: Update) -> str:
    """Return where more fragments may follow; what is none of the kinds we ask for is parked at once."""
    try:
        return conversation_of(read_update(update))
    except Unparsable:
        return ""


def happened_at(update: Update) -> datetime | None:
    """Return the platform's time of an update: of an edit, when it was edited; of a button, nothing is told."""
    if update.edited_message is not None:
        seconds = update.edited_message.edit_date or update.edited_message.date
    elif update.message is not None:
        seconds = update.message.date
    else:
        beside = update.my_chat_member or update.message_reaction
        seconds = beside.date if beside is not None else 0
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _event_of(raw: bytes) -> str:
    """Name an update we can't read: by its id where it has one, else by its bytes, so that a repetition is known."""
    try:
        number = json.loads(raw)["update_id"]
    except (ValueError, RecursionError, TypeError, KeyError):
        number = None
    known = type(number) is int and abs(number) < 2**63
    return str(number) if known else f"sha256:{sha256(raw).hexdigest()}"
