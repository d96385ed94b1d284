"""Updates in the shapes that the Bot API documents."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from bot.core.messages import Inbound

NOON: Final = datetime(2026, 3, 5, 12, tzinfo=UTC)
ANNA: Final = {
    "id": 5_112_233_445,
    "is_bot": False,
    "first_name": "Anna",
    "last_name": "Jansen",
    "username": "anna_j",
    "language_code": "nl",
}
PRIVATE: Final = {"id": ANNA["id"], "first_name": "Anna", "type": "private"}
GROUP: Final = {"id": -1001234567890, "title": "Everybody", "type": "supergroup"}


def message(text: str = "", /, **more: Any) -> dict[str, Any]:
    """One message of Anna's, written at noon; `sender` stands for `from`."""
    written = {"message_id": 12, "from": ANNA, "chat": PRIVATE, "date": int(NOON.timestamp())}
    if "sender" in more:
        written["from"] = more.pop("sender")
    return written | ({"text": text} if text else {}) | more


def update(kind: str = "message", content: Any = None, number: int = 700_000_001) -> bytes:
    return json.dumps({"update_id": number, kind: message("hello") if content is None else content}).encode()


def inbound(raw: bytes) -> Inbound:
    return Inbound("telegram", "telegram/123456", "700000001", NOON, [raw])
