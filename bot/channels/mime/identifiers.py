"""Message-IDs (RFC 5322 3.6.4), read so that a broken one is only missing."""

import re
from collections.abc import Iterable
from typing import Final

_IDENTIFIER: Final = re.compile(rb"<([^<>\x00-\x20\x7f-\xff]{1,250})>")


def message_ids(values: Iterable[bytes], most: int = 50) -> tuple[str, ...]:
    """Return the different Message-IDs in some fields, angle brackets kept; of very many, the last."""
    found: dict[str, None] = {}
    for value in values:
        for match in _IDENTIFIER.finditer(value):
            found.setdefault(f"<{match[1].decode('ascii')}>")
    return tuple(found)[-most:]
