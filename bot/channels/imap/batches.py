"""From UIDs to mails: as many as one batch may hold, big ones in pieces, of too big ones the head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels.imap.connection import Connection, Listing

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one batch may hold, and from when on only a mail's head, its first piece, is kept. In bytes."""

    mails: int = 50
    batch: int = 8 * MIB
    piece: int = MIB
    largest: int = 30 * MIB


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as it came; not a single piece says that the server could not show it."""

    uid: int
    received_at: datetime | None
    pieces: tuple[bytes, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails, and the UID up to which every fate is known: those missing were deleted before we came."""

    mails: tuple[Fetched, ...]
    last_uid: int


def fetch_batch(connection: Connection, uids: Sequence[int], limits: Limits) -> Batch:
    """Fetch the first of these mails, at least one, and no more than the limits allow."""
    asked = uids[: limits.mails]
    listings = connection.list_mails(asked)
    chosen, last_uid = _choose(asked, listings, limits)
    heads = connection.read(chosen, 0, limits.piece) if chosen else {}
    mails = tuple(_complete(connection, uid, heads[uid], listings[uid], limits) for uid in chosen if uid in heads)
    return Batch(mails, last_uid)


def _choose(asked: Sequence[int], listings: Mapping[int, Listing], limits: Limits) -> tuple[list[int], int]:
    chosen: list[int] = []
    total = 0
    for place, uid in enumerate(asked):
        if uid not in listings:
            continue
        size = listings[uid].size
        total += limits.piece if size > limits.largest else size
        if chosen and total > limits.batch:
            return chosen, asked[place - 1]
        chosen.append(uid)
    return chosen, asked[-1]


def _complete(connection: Connection, uid: int, head: bytes, listing: Listing, limits: Limits) -> Fetched:
    """Read on until the mail ends, whatever size the server claimed: some are wrong about it."""
    if listing.size > limits.largest:
        return Fetched(uid, listing.received_at, (head,), truncated=True)
    pieces = [head]
    length = len(head)
    while len(pieces[-1]) == limits.piece:
        piece = connection.read([uid], length, limits.piece).get(uid)
        if piece is None:  # deleted under our hands
            return Fetched(uid, listing.received_at, tuple(pieces), truncated=True)
        length += len(piece)
        if length > limits.largest:
            return Fetched(uid, listing.received_at, (head,), truncated=True)
        if not piece:
            break
        pieces.append(piece)
    return Fetched(uid, listing.received_at, tuple(pieces))
