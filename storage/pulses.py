"""What processes tell each other of the ways in, and what waits to be read or sent."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import func
from sqlmodel import col, select

from bot.core.vitals import Vitals, Waiting
from storage.tables import MessageRow, OutgoingRow, PulseRow
from storage.tables.arrivals import UNREAD
from storage.tables.letters import QUEUED
from storage.transaction import Transaction


class SqlPulses:
    """The pulses within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, vitals: Vitals) -> None:
        row = self._tx.lock(PulseRow, vitals.name)
        if row is None:
            self._tx.store_if_new(PulseRow(**asdict(vitals)))  # who told first, at the same moment, did well enough
            return
        row.told_at, row.last_contact = vitals.told_at, vitals.last_contact or row.last_contact
        row.last_error, row.backlog, row.refused = vitals.last_error, vitals.backlog, vitals.refused
        row.version = vitals.version
        self._tx.session.flush()

    def listed(self) -> Sequence[Vitals]:
        rows = self._tx.session.exec(select(PulseRow).order_by(col(PulseRow.name)))
        return [
            Vitals(row.name, row.told_at, row.last_contact, row.last_error, row.backlog, row.refused, row.version)
            for row in rows
        ]

    def waiting(self) -> Waiting:
        count = func.count()
        unread = self._tx.session.exec(
            select(MessageRow.source, count, func.min(MessageRow.received_at))
            .where(UNREAD)
            .group_by(col(MessageRow.source))
        ).all()
        letters, since = self._tx.session.exec(
            select(count, func.min(OutgoingRow.created_at)).select_from(OutgoingRow).where(QUEUED)
        ).one()
        return Waiting(
            unread={source: number for source, number, _ in unread},
            unread_since=min((at for _, _, at in unread), default=None),
            letters=letters,
            letters_since=since,
        )
