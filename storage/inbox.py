"""What arrived: kept once, claimed under a lease, and finished by whoever still holds the fence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, func, update
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from bot.core.errors import NotAllowed, StaleClaim
from bot.core.messages import Inbound, Message
from bot.core.records import Claimed, Disposition
from bot.core.references import first_id
from bot.core.rights import Reading
from storage.crypto import SealBroken
from storage.gathering import Gathering
from storage.leasing import Queue, lease_until
from storage.lookup import no_message
from storage.mailbox import Mailbox
from storage.parts import RAW, NewPart, destroy_parts, read_raw, write_parts
from storage.serial import INBOUND, MESSAGE, READING
from storage.shelf import ERROR, PARSED, READ_AS, Shelf
from storage.tables import LedgerRow, MessageRow
from storage.tables.arrivals import PURGEABLE, UNREAD
from storage.transaction import DESK, INBOX, fresh_id

CLAIM_BYTES: Final = 16 * 1024 * 1024
"""Raw bytes one claim may bring into memory; a single bigger message comes alone."""

PURGE_BATCH: Final = 500

_ENVELOPE: Final = "messages.envelope"
_QUEUE: Final = Queue(MessageRow, UNREAD, col(MessageRow.joins).is_(None))
_OWN: Final = aliased(MessageRow)
_TWINS: Final = (
    select(MessageRow.id)
    .where(
        col(MessageRow.raw_digest) == select(_OWN.raw_digest).where(_OWN.id == bindparam("own")).scalar_subquery(),
        col(MessageRow.id) != bindparam("own"),
        # The same bytes hold the same Message-ID, also where the other one is still being read.
        or_(col(MessageRow.message_id_digest).is_(None), col(MessageRow.message_id_digest) == bindparam("message_id")),
        col(MessageRow.disposition).not_in((Disposition.PARKED.value, Disposition.DUPLICATE.value)),
        or_(col(MessageRow.id) < bindparam("own"), MessageRow.disposition != Disposition.RECEIVED.value),
    )
    .order_by(col(MessageRow.id))
    .limit(1)
)


_LETTING_GO: Final = update(MessageRow).where(
    col(MessageRow.id) == bindparam("message"),
    col(MessageRow.fence) == bindparam("held"),
    col(MessageRow.disposition) == Disposition.RECEIVED.value,
)


class SqlInbox(Shelf, Mailbox):
    """The inbox within one transaction."""

    def keep(self, inbound: Inbound, now: datetime, quiet: timedelta = timedelta(0)) -> str | None:
        return next(iter(self.keep_all([inbound], now, quiet)), None)

    def keep_all(self, batch: Sequence[Inbound], now: datetime, quiet: timedelta = timedelta(0)) -> Sequence[str]:
        new = self._unheard(batch, now)
        alone, spoken = [], []
        for message, inbound in new.items():
            row = self._arrived(message, inbound, now)
            if inbound.conversation and quiet:
                spoken.append((row, inbound.conversation))
            else:
                alone.append(row)
        self._tx.store(*alone)
        # One conversation after the other, for the same reason as the ledger; within each as it was said.
        for row, conversation in sorted(spoken, key=lambda one: (one[0].source, one[1])):
            Gathering(self._tx).keep(row, conversation, quiet)
        write_parts(self._tx, *(NewPart(message, RAW, one.raw, one.size) for message, one in new.items()))
        if new:
            self._tx.touched.add(INBOX)
        return list(new)

    def claim(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Claimed]:
        rows = _within_budget(_QUEUE.due(self._tx, now, limit))
        lease_until(rows, now + lease)
        groups = Gathering(self._tx).claim(rows, now, lease)
        raws = read_raw(self._tx, [row.id for group in groups.values() for row in group])
        claimed = []
        for head, group in groups.items():
            for row in group:
                try:
                    inbound = self._inbound(row, raws.get(row.id))
                except SealBroken as broken:
                    self._put_aside(row, str(broken))  # one damaged row must not stop the queue
                else:
                    claimed.append(Claimed(row.id, inbound, row.attempts, row.fence, head))
        return claimed

    def finish(
        self,
        message: str,
        fence: int,
        disposition: Disposition,
        *,
        parsed: Message | None = None,
        reading: Reading | None = None,
        case_id: str | None = None,
    ) -> None:
        became: dict[str, Any] = {"disposition": disposition.value, "case_id": case_id, "error": None, "joins": None}
        if parsed is not None:
            became |= self._parsed(message, parsed)
        if reading is not None:
            became["reading"] = self._tx.keys.seal(READ_AS, message, READING.dump(reading))
        self._let_go(message, fence, became)

    def enclose(self, message: str, fence: int, lead: str, parsed: Message, case_id: str | None) -> None:
        became = {"disposition": Disposition.FRAGMENT.value, "case_id": case_id, "error": None, "joins": lead}
        self._let_go(message, fence, became | self._parsed(message, parsed))

    def retry(self, message: str, fence: int, error: str, not_before: datetime) -> None:
        sealed = self._tx.keys.seal(ERROR, message, _text(error))
        self._let_go(message, fence, {"due_at": not_before, "error": sealed})

    def park(self, message: str, fence: int, error: str) -> None:
        self._put_aside(self._held(message, fence), error)

    def twin(self, message: str, message_id: str) -> str | None:
        # Without a Message-ID equal bytes may be two honest "stop": nothing is taken for a duplicate.
        digest = self._message_id_digest(message_id)
        if digest is None:
            return None
        alike = {"own": message, "message_id": digest}
        return self._tx.connection.execute(_TWINS, alike).scalar()

    def assign(self, message: str, case_id: str) -> None:
        row = self._locked(message)
        row.disposition, row.case_id = Disposition.CASE.value, case_id
        row.fence += 1  # a worker that still reads it has to let go
        self._tx.session.flush()
        self._enclosed(message, case_id=case_id)

    def leave(self, message: str, left: Message) -> None:
        row = self._locked(message)
        row.parsed = self._tx.keys.seal(PARSED, message, MESSAGE.dump(left))
        fragments = self._tx.session.exec(select(MessageRow.id).where(MessageRow.joins == message)).all()
        destroy_parts(self._tx, [message, *fragments])
        self._enclosed(message, parsed=None)
        self._tx.session.flush()

    def release(self, message: str) -> None:
        row = self._locked(message)
        if row.purged or row.disposition not in {Disposition.PARKED, Disposition.OTHER}:
            state = "purged" if row.purged else row.disposition
            raise NotAllowed(f"message {message} is {state}: only a parked or other one can be read again")
        row.disposition, row.due_at = Disposition.RECEIVED.value, row.received_at
        row.attempts, row.error = 0, None
        row.fence += 1
        self._tx.session.flush()
        self._enclosed(message, disposition=Disposition.RECEIVED.value, attempts=0)
        self._tx.touched.add(INBOX)

    def purge(self, before: datetime) -> int:
        count = 0
        while batch := self._purge_some(before):
            destroy_parts(self._tx, batch)
            count += len(batch)
        return count

    def purgeable(self, before: datetime) -> int:
        return self._tx.session.exec(
            select(func.count()).select_from(MessageRow).where(PURGEABLE, *_had_since_before(before))
        ).one()

    def _purge_some(self, before: datetime) -> Sequence[str]:
        """Empty the next rows and return their ids; the digests stay, against taking the same mail in again."""
        some = select(MessageRow.id).where(PURGEABLE, *_had_since_before(before))
        emptied = self._tx.session.exec(
            update(MessageRow)
            .where(col(MessageRow.id).in_(some.limit(PURGE_BATCH)))
            .values(purged=True, envelope=None, parsed=None, reading=None, error=None)
            .returning(col(MessageRow.id))
            .execution_options(synchronize_session=False)
        )
        return [row[0] for row in emptied]

    def _unheard(self, batch: Sequence[Inbound], now: datetime) -> Mapping[str, Inbound]:
        """Enter on the ledger what was never told before, and return it by the ids it gets, in its order.

        With what is new, the change that would change nothing of it is known too, also where both come at once.
        """
        first: dict[tuple[str, str], Inbound] = {}
        for inbound in batch:
            first.setdefault((inbound.source, inbound.event), inbound)
        ids = {event: fresh_id(now) for event in first}
        # In one order, so that units which are told the same events at once can't block each other.
        rows = [LedgerRow(source=event[0], event=event[1], message_id=ids[event]) for event in sorted(first)]
        new = {row.message_id for row in self._tx.store_new(*rows)}
        heard = {event: inbound for event, inbound in first.items() if ids[event] in new}
        says = {(source, one.says): ids[source, event] for (source, event), one in heard.items() if one.says}
        self._tx.store_new(
            *(LedgerRow(source=change[0], event=change[1], message_id=says[change]) for change in sorted(says))
        )
        return {ids[event]: inbound for event, inbound in heard.items() if event not in says}

    def _arrived(self, message: str, inbound: Inbound, now: datetime) -> MessageRow:
        return MessageRow(
            id=message,
            channel=inbound.channel,
            source=inbound.source,
            received_at=inbound.received_at,
            disposition=Disposition.RECEIVED.value,
            due_at=min(inbound.received_at, now),
            size=inbound.size,
            raw_digest=self._tx.keys.digest(inbound.raw),
            envelope=self._tx.keys.seal(_ENVELOPE, message, INBOUND.dump(replace(inbound, raw=()))),
        )

    def _enclosed(self, lead: str, **values: object) -> None:
        """Let the fragments that were read with a message share its fate."""
        self._tx.session.exec(
            update(MessageRow)
            .where(
                col(MessageRow.joins) == lead,
                col(MessageRow.disposition) == Disposition.FRAGMENT.value,
                col(MessageRow.purged).is_(False),
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    def _locked(self, message: str) -> MessageRow:
        row = self._tx.lock(MessageRow, message)
        if row is None:
            raise no_message(message)
        return row

    def _held(self, message: str, fence: int) -> MessageRow:
        row = self._locked(message)
        if row.fence != fence or row.disposition != Disposition.RECEIVED:
            raise _lost(message, fence)
        return row

    def _let_go(self, message: str, fence: int, became: Mapping[str, Any]) -> None:
        """Write what became of a leased message. Raises StaleClaim when somebody else holds it now."""
        if not self._tx.write(_LETTING_GO, {**became, "message": message, "held": fence}):
            raise _lost(message, fence)

    def _parsed(self, message: str, parsed: Message) -> dict[str, Any]:
        sealed = self._tx.keys.seal(PARSED, message, MESSAGE.dump(parsed))
        return {"parsed": sealed, "message_id_digest": self._message_id_digest(parsed.message_id)}

    def _put_aside(self, row: MessageRow, error: str) -> None:
        row.disposition, row.joins = Disposition.PARKED.value, None
        self._tx.touched.add(DESK)
        row.error = self._tx.keys.seal(ERROR, row.id, _text(error))
        self._tx.session.flush()
        self._tx.session.exec(  # what was to be read with it is read all the same
            update(MessageRow)
            .where(col(MessageRow.joins) == row.id)
            .values(joins=None)
            .execution_options(synchronize_session=False)
        )

    def _inbound(self, row: MessageRow, raw: list[bytes] | SealBroken | None) -> Inbound:
        if isinstance(raw, SealBroken):
            raise raw
        if raw is None or row.envelope is None:
            raise SealBroken(f"the stored bytes of message {row.id} are missing")
        return replace(INBOUND.load(self._tx.keys.open(_ENVELOPE, row.id, row.envelope)), raw=raw)


def _had_since_before(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """Match mail we have had since before a moment.

    Old mail that was fetched lately is kept as long as any other: its id says since when we have it.
    """
    return col(MessageRow.received_at) < moment, col(MessageRow.id) < first_id(moment)


def _lost(message: str, fence: int) -> StaleClaim:
    return StaleClaim(f"message {message} is not leased under fence {fence} any more")


def _text(error: str) -> bytes:
    return error.encode("utf-8", "replace")


def _within_budget(due: Sequence[MessageRow]) -> Sequence[MessageRow]:
    """Return the first messages that fit into memory together, and at least one."""
    total = 0
    rows: list[MessageRow] = []
    for row in due:
        total += row.size
        if rows and total > CLAIM_BYTES:
            break
        rows.append(row)
    return rows
