"""The demo's own DNS: a file instead of the world."""

import json
from pathlib import Path

from bot.channels.sender_auth.resolver import StaticResolver


def read_zone(file: Path) -> StaticResolver:
    """Return a resolver that knows the names of a JSON file (name → kind → records) and no others."""
    return StaticResolver(json.loads(file.read_text(encoding="utf-8")))
