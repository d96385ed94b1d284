"""Approved messages: leased to one sender at a time, the code wiped with the receipt."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import and_, bindparam, or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import CODE_SLOT
from bot.core.errors import NotFound, StaleClaim
from bot.core.letters import Exchange
from bot.core.messages import Handle
from storage.leasing import Queue, lease_until
from storage.lookup import bare, one_beginning_with
from storage.serial import OUTGOING
from storage.tables import OutgoingRow
from storage.tables.letters import LEAVING, QUEUED, SENDING, SETTLED
from storage.transaction import OUTBOX, Transaction

MASK: Final = "••••-••••"
"""What stands for a code in a copy of the correspondence."""

_PRIVATE: Final = "outbox.private"
_SECRET: Final = "outbox.secret"  # noqa: S105 - the name of a column
_SHELVES: Final = {DeliveryState.QUEUED: LEAVING, DeliveryState.SENDING: LEAVING}
_QUEUE: Final = Queue(OutgoingRow, QUEUED)
_SAVING: Final = update(OutgoingRow).where(
    col(OutgoingRow.id) == bindparam("message"), col(OutgoingRow.fence) == bindparam("held")
)
_ABANDONED: Final = (
    select(OutgoingRow).where(SENDING, col(OutgoingRow.due_at) <= bindparam("now")).with_for_update(skip_locked=True)
)
_WRITTEN: Final = (DeliveryState.SENT.value, DeliveryState.UNCERTAIN.value)


class SqlOutbox:
    """The outbox within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._written_in: set[str] = set()

    def add(self, outgoing: Outgoing) -> None:
        self._tx.store(
            OutgoingRow(
                id=outgoing.id,
                draft_id=outgoing.draft_id,
                case_id=outgoing.case_id or None,
                kind=outgoing.kind.value,
                language=outgoing.language,
                message_id_index=self._message_id_index(outgoing.message_id),
                created_at=outgoing.created_at,
                **self._columns(outgoing),
            )
        )
        self._written_in.add(outgoing.case_id)
        self._tx.touched.add(OUTBOX)

    def claim(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Outgoing]:
        rows = _QUEUE.due(self._tx, now, limit)
        lease_until(rows, now + lease)
        for row in rows:
            row.state = DeliveryState.SENDING.value
        self._tx.session.flush()
        return [self._outgoing(row) for row in rows]

    def abandoned(self, now: datetime) -> Sequence[Outgoing]:
        return [self._outgoing(row) for row in self._tx.read(_ABANDONED, now=now)]

    def save(self, outgoing: Outgoing) -> None:
        columns = self._columns(outgoing)
        if outgoing.state is DeliveryState.SENT:
            columns["secret"] = None  # the code has arrived, and only its hash is needed now
        if not self._tx.write(_SAVING, {**columns, "message": outgoing.id, "held": outgoing.fence}):
            if self._tx.find(OutgoingRow, outgoing.id) is None:
                raise NotFound(f"there is no outgoing message {outgoing.id}")
            raise StaleClaim(f"outgoing message {outgoing.id} was claimed by another worker")
        if outgoing.state is DeliveryState.QUEUED:
            self._tx.touched.add(OUTBOX)

    def get(self, outgoing_id: str) -> Outgoing:
        return self._outgoing(one_beginning_with(self._tx, OutgoingRow, outgoing_id))

    def by_message_ids(self, message_ids: Sequence[str]) -> Outgoing | None:
        wanted = [self._message_id_index(message_id) for message_id in dict.fromkeys(message_ids)]
        found = self._tx.read(
            select(OutgoingRow)
            .where(col(OutgoingRow.message_id_index).in_(wanted))
            .order_by(col(OutgoingRow.created_at).desc(), col(OutgoingRow.id).desc())
            .limit(1)
        )
        return self._outgoing(found[0]) if found else None

    def listed(
        self, state: DeliveryState | None = None, case_id: str | None = None, limit: int = 50, after: str = ""
    ) -> Sequence[Outgoing]:
        if case_id in self._tx.begun - self._written_in:
            return []
        messages = _listing(state, of_case=case_id is not None)
        if after:
            last = self._tx.find(OutgoingRow, after)
            if last is None:
                raise NotFound(f"there is no delivery {after} to go on from")
            same = and_(col(OutgoingRow.created_at) == last.created_at, col(OutgoingRow.id) < last.id)
            messages = messages.where(or_(col(OutgoingRow.created_at) < last.created_at, same))
        wanted = {"case": case_id, "most": limit}
        return [self._outgoing(row) for row in self._tx.read(messages, **wanted)]

    def written_to(self, case_id: str, recipient: Handle) -> Sequence[Exchange]:
        found = self._tx.read(
            select(OutgoingRow)
            .where(OutgoingRow.case_id == case_id, col(OutgoingRow.state).in_(_WRITTEN))
            .order_by(col(OutgoingRow.created_at), col(OutgoingRow.id))
        )
        written = [self._outgoing(row) for row in found]
        return [_exchange(outgoing) for outgoing in written if outgoing.recipient == recipient]

    def _columns(self, outgoing: Outgoing) -> dict[str, Any]:
        """Return what an attempt may change: the sealed whole, and the columns it is claimed and listed by."""
        keys, secret = self._tx.keys, outgoing.secret
        return {
            "state": outgoing.state.value,
            "due_at": outgoing.not_before or outgoing.created_at,
            "attempts": outgoing.attempts,
            "fence": outgoing.fence,
            "private": keys.seal(_PRIVATE, outgoing.id, OUTGOING.dump(replace(outgoing, secret=""))),
            "secret": keys.seal(_SECRET, outgoing.id, secret.encode()) if secret else None,
        }

    def _outgoing(self, row: OutgoingRow) -> Outgoing:
        outgoing = OUTGOING.load(self._tx.keys.open(_PRIVATE, row.id, row.private))
        return replace(
            outgoing,
            state=DeliveryState(row.state),
            attempts=row.attempts,
            fence=row.fence,
            secret="" if row.secret is None else self._tx.keys.open(_SECRET, row.id, row.secret).decode(),
        )

    def _message_id_index(self, message_id: str) -> bytes:
        return self._tx.keys.index("message-id", bare(message_id))


def _exchange(outgoing: Outgoing) -> Exchange:
    return Exchange(
        at=outgoing.created_at,
        channel=outgoing.recipient.channel,
        subject=outgoing.subject,
        text=outgoing.body.replace(CODE_SLOT, MASK),
        ours=True,
        id=outgoing.id,
    )


@cache
def _listing(state: DeliveryState | None, *, of_case: bool) -> SelectOfScalar[OutgoingRow]:
    newest = (col(OutgoingRow.created_at).desc(), col(OutgoingRow.id).desc())
    messages = select(OutgoingRow).order_by(*newest).limit(bindparam("most"))
    if state is not None:
        messages = messages.where(_SHELVES.get(state, SETTLED), OutgoingRow.state == state.value)
    if of_case:
        messages = messages.where(col(OutgoingRow.case_id) == bindparam("case"))
    return messages
