"""Raw bytes in parts: each under a key of its own, in pieces of at most 1 MiB, never whole in memory while stored."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Row, bindparam
from sqlmodel import col, delete, select

from storage.crypto import KEY_BYTES, SealBroken
from storage.tables import CopyRow, PartChunkRow, PartKeyRow, PartRow
from storage.transaction import Transaction

RAW: Final = 0
"""The number of the part that holds a message as it came."""

CHUNK_BYTES: Final = 1024 * 1024
_NONCE_BYTES: Final = 12

_PARTS: Final = (
    select(PartRow.id, PartRow.message_id, PartRow.size, PartKeyRow.wrapped)
    .join(PartKeyRow, col(PartKeyRow.part_id) == PartRow.id)
    .where(
        col(PartRow.message_id).in_(bindparam("messages", expanding=True)), col(PartRow.number) == bindparam("number")
    )
)
_CHUNKS: Final = (
    select(PartChunkRow.part_id, PartChunkRow.number, PartChunkRow.data)
    .where(col(PartChunkRow.part_id).in_(bindparam("parts", expanding=True)))
    .order_by(col(PartChunkRow.part_id), col(PartChunkRow.number))
)


def rechunk(pieces: Iterable[bytes], size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Cut and join pieces of any length into chunks of one size, holding no more than one chunk and one piece."""
    waiting = bytearray()
    for piece in pieces:
        view = memoryview(piece)
        while view:
            taken = view[: size - len(waiting)]
            waiting += taken
            view = view[len(taken) :]
            if len(waiting) == size:
                yield bytes(waiting)
                waiting.clear()
    if waiting:
        yield bytes(waiting)


@dataclass(frozen=True, slots=True)
class NewPart:
    """One part of `size` bytes to be stored, under a fresh key of its own."""

    message: str
    number: int
    pieces: Iterable[bytes]
    size: int
    key: bytes = field(default_factory=lambda: AESGCM.generate_key(KEY_BYTES * 8), repr=False)

    @property
    def id(self) -> str:
        """What its key and its pieces are stored under."""
        return f"{self.message}.{self.number}"

    def sealed(self) -> Iterator[PartChunkRow]:
        """Yield its pieces, sealed."""
        cipher = AESGCM(self.key)
        for place, chunk in enumerate(rechunk(self.pieces)):
            yield PartChunkRow(part_id=self.id, number=place, data=cipher.encrypt(_nonce(place), chunk, None))


def write_parts(tx: Transaction, *parts: NewPart) -> None:
    """Store parts together, small ones in one go and never more than two pieces' worth of bytes at once."""
    tx.store(*(PartRow(id=one.id, message_id=one.message, number=one.number, size=one.size) for one in parts))
    tx.store(*(PartKeyRow(part_id=one.id, wrapped=tx.keys.seal(_place(one.size), one.id, one.key)) for one in parts))
    waiting: list[PartChunkRow] = []
    for row in chain.from_iterable(one.sealed() for one in parts):
        waiting.append(row)
        if sum(len(one.data) for one in waiting) >= CHUNK_BYTES:
            tx.store(*waiting)
            waiting.clear()
    tx.store(*waiting)


def read_raw(tx: Transaction, messages: Sequence[str]) -> dict[str, list[bytes] | SealBroken]:
    """Return the raw pieces of each message, or why they do not open; nothing of a message without its key."""
    return read_parts(tx, messages, RAW)


def read_parts(tx: Transaction, messages: Sequence[str], part_number: int) -> dict[str, list[bytes] | SealBroken]:
    """Return the pieces of the part of one number of each message, or why they do not open."""
    if not messages:
        return {}
    parts = tx.connection.execute(_PARTS, {"messages": messages, "number": part_number}).all()
    chunks: defaultdict[str, list[tuple[int, bytes]]] = defaultdict(list)
    for part_id, number, data in tx.connection.execute(_CHUNKS, {"parts": [part.id for part in parts]}):
        chunks[part_id].append((number, data))
    return {part.message_id: _opened(tx, part, chunks.pop(part.id, [])) for part in parts}


def destroy_parts(tx: Transaction, messages: Sequence[str]) -> None:
    """Delete the keys of these messages' parts, and the sealed bytes with them; no copy is wanted any more."""
    tx.session.exec(delete(CopyRow).where(col(CopyRow.message_id).in_(messages)))
    parts = select(PartRow.id).where(col(PartRow.message_id).in_(messages))
    tx.session.exec(delete(PartKeyRow).where(col(PartKeyRow.part_id).in_(parts)))
    tx.session.exec(delete(PartChunkRow).where(col(PartChunkRow.part_id).in_(parts)))
    tx.session.exec(delete(PartRow).where(col(PartRow.message_id).in_(messages)))


def _opened(
    tx: Transaction, part: Row[str, str, int, bytes], chunks: Sequence[tuple[int, bytes]]
) -> list[bytes] | SealBroken:
    try:
        cipher = AESGCM(tx.keys.open(_place(part.size), part.id, part.wrapped))
        pieces = [cipher.decrypt(_nonce(number), data, None) for number, data in chunks]
    except InvalidTag:
        return SealBroken(f"a piece of part {part.id} was changed")
    except SealBroken as broken:
        return broken
    if sum(map(len, pieces)) != part.size:
        return SealBroken(f"a piece of part {part.id} is missing")
    return pieces


def _place(size: int) -> str:
    """Bind the key to the part's length, so that a piece cut off the end shows."""
    return f"part_keys.wrapped {size}"


def _nonce(number: int) -> bytes:
    # The key seals this part and nothing else, each piece once: a counter never repeats and fixes the order.
    return number.to_bytes(_NONCE_BYTES, "big")
