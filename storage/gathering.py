"""Fragments of one conversation wait together until it has been quiet for a while, and are claimed as one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, update
from sqlmodel import col, func, select

from bot.core.messages import is_chat
from bot.core.records import Disposition
from storage.leasing import lease_until
from storage.tables import MessageRow
from storage.transaction import Transaction

MOST_FRAGMENTS: Final = 30
"""Fragments that wait together; whoever writes more begins a new message."""

MOST_QUIETS: Final = 5
"""Whoever never falls silent is read after so many times the quiet that is waited for."""

TRIES_TOGETHER: Final = 2
"""After so many failures each fragment is read alone, so that one that breaks the reading takes no other with it."""

_JOINING: Final = (
    select(MessageRow)
    .where(
        col(MessageRow.joins).in_(bindparam("heads", expanding=True)),
        MessageRow.disposition == Disposition.RECEIVED.value,
    )
    .with_for_update()
    .execution_options(populate_existing=True)
)


class Gathering:
    """What waits together within one transaction.

    The first fragment's row `gathers` its conversation until it is claimed, and only one does; the others join it. So
    whoever holds the first holds them all, and none is in the queue by itself.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def keep(self, row: MessageRow, conversation: str, quiet: timedelta) -> None:
        """Store a fragment with what its conversation gathers already, or as the first."""
        key = self._tx.keys.index("conversation", f"{row.source} {conversation}")
        alone_at, row.due_at, row.gathers = row.due_at, row.received_at + quiet, key
        if self._tx.store_if_new(row):
            return
        row.gathers = None
        first = self._tx.session.exec(
            select(MessageRow)
            .where(MessageRow.gathers == key)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).first()
        if first is None or row.received_at < first.received_at - quiet:  # claimed just now, or long on its way
            row.due_at = alone_at
        elif row.received_at <= first.due_at and self._count(first) < MOST_FRAGMENTS:
            row.joins = first.id
            first.due_at = min(max(first.due_at, row.due_at), first.received_at + quiet * MOST_QUIETS)
            self._tx.session.flush()
        else:
            first.gathers = None
            self._tx.session.flush()
            row.gathers = key
        self._tx.store(row)

    def claim(self, heads: Sequence[MessageRow], now: datetime, lease: timedelta) -> dict[str, list[MessageRow]]:
        """Lease what waits with each claimed message, in the order it was said, the message itself included."""
        chats = [head.id for head in heads if is_chat(head.channel)]
        self.take_apart([head.id for head in heads if head.id in chats and head.attempts > TRIES_TOGETHER], now)
        groups = {head.id: [head] for head in heads}
        joining = self._joining(chats)
        lease_until(joining, now + lease)
        for row in joining:
            groups[row.joins or row.id].append(row)
        for head in heads:
            head.gathers = None
            groups[head.id].sort(key=lambda row: (row.received_at, row.id))
        return groups

    def take_apart(self, heads: Sequence[str], now: datetime) -> None:
        """Let what waits with these messages be read alone."""
        if heads:
            self._tx.session.exec(
                update(MessageRow)
                .where(col(MessageRow.joins).in_(heads), col(MessageRow.disposition) == Disposition.RECEIVED.value)
                .values(joins=None, due_at=now)
                .execution_options(synchronize_session=False)
            )

    def _joining(self, heads: Sequence[str]) -> Sequence[MessageRow]:
        if not heads:
            return ()
        return self._tx.session.exec(_JOINING, params={"heads": heads}).all()

    def _count(self, first: MessageRow) -> int:
        return self._tx.session.exec(select(func.count()).where(MessageRow.joins == first.id)).one()
