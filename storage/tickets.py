"""Tickets, sealed under the newest key and kept nowhere: their end stands in them."""

import struct
from base64 import b32decode, b32encode
from datetime import UTC, datetime
from typing import Final

from bot.core.tickets import LASTS, Door
from storage.crypto import SealBroken
from storage.transaction import Transaction

_PLACE: Final = "tickets"
_END: Final = struct.Struct(">Q")
_LONGEST: Final = 1000


class SqlTickets:
    """The tickets of one ring of keys."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def write(self, door: Door, about: str, now: datetime) -> str:
        end = _END.pack(int((now + LASTS[door]).timestamp()))
        sealed = self._tx.keys.seal(_PLACE, door.value, end + about.encode())
        return _written(sealed)

    def read(self, door: Door, ticket: str, now: datetime) -> str | None:
        if len(ticket) > _LONGEST or not ticket.isascii():
            return None
        try:
            sealed = b32decode(ticket.upper() + "=" * (-len(ticket) % 8))
            clear = self._tx.keys.open(_PLACE, door.value, sealed)
        except (ValueError, SealBroken):
            return None
        if ticket != _written(sealed):
            return None  # one ticket has one spelling: what is counted by its text can't be counted anew
        (end,) = _END.unpack_from(clear)
        return clear[_END.size :].decode() if datetime.fromtimestamp(end, UTC) > now else None


def _written(sealed: bytes) -> str:
    return b32encode(sealed).decode().rstrip("=").lower()
