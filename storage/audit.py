"""What was done to a case, as a chain of links that erasure leaves whole and an insider can't rewrite unseen."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import and_, col, or_, select

from bot.core.errors import NotFound
from bot.core.listings import Trail
from bot.core.records import LOOKS, AuditRow
from storage.audit_check import examine
from storage.audit_proofs import (
    GENESIS,
    SALT_BYTES,
    canonical,
    head_mac,
    link_hash,
    link_proof,
    personal_hashes,
    roll_mac,
    shard_of,
)
from storage.audit_reasons import REASON, reasons_of, sealed_reason
from storage.tables import AuditHeadRow, AuditLinkRow, AuditRollRow, AuditSaltRow
from storage.transaction import DESK, Transaction

_SALT: Final = select(AuditSaltRow).where(col(AuditSaltRow.case_id) == bindparam("case"))


@dataclass(frozen=True, slots=True)
class _Note:
    """What a unit said of a case, before it becomes a link."""

    event: str
    actor: str
    at: datetime
    data: Mapping[str, str]
    personal: Mapping[str, str]
    why: str


class SqlAudit:
    """The audit chains within one transaction.

    Links are written when the unit ends, case by case in one order: units that speak of several cases can't
    block each other, and a roll is held for no longer than the commit takes.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._notes: defaultdict[str, list[_Note]] = defaultdict(list)

    def record(
        self,
        case_id: str,
        event: str,
        actor: str,
        now: datetime,
        data: Mapping[str, str] | None = None,
        personal: Mapping[str, str] | None = None,
        *,
        why: str = "",
    ) -> None:
        told = dict(personal or {}) | ({REASON: why.strip()} if why.strip() else {})
        self._notes[case_id].append(_Note(event, actor, now, dict(data or {}), told, why.strip()))
        if event not in LOOKS:
            self._tx.touched.add(DESK)

    def chain(self, case_id: str) -> Sequence[AuditRow]:
        self.write()
        found = self._tx.session.exec(
            select(AuditLinkRow).where(AuditLinkRow.case_id == case_id).order_by(col(AuditLinkRow.seq))
        ).all()
        reasons = reasons_of(self._tx, case_id)
        before = (GENESIS, *(link.hash for link in found))
        return [_row(link, previous, reasons.get(link.seq, "")) for link, previous in zip(found, before, strict=False)]

    def trail(self, wanted: Trail, limit: int, after: str = "") -> Sequence[AuditRow]:
        self.write()
        row = AuditLinkRow
        links = select(row).where(*_narrowed(wanted))
        if after:
            links = links.where(_older_than(self._link_of(after)))
        newest = (col(row.at).desc(), col(row.case_id).desc(), col(row.seq).desc())
        return [_row(link) for link in self._tx.session.exec(links.order_by(*newest).limit(limit))]

    def verify(self) -> Sequence[str]:
        self.write()
        return examine(self._tx)

    def write(self) -> None:
        """Append to the chains what was recorded so far, and enter it on the rolls."""
        entries: dict[int, tuple[int, int]] = {}
        for case_id in sorted(self._notes):
            links, is_new = self._append(case_id, self._notes[case_id])
            shard = shard_of(case_id)
            counted, chains = entries.get(shard, (0, 0))
            entries[shard] = (counted + links, chains + is_new)
        self._notes.clear()
        for shard in sorted(entries):
            self._enter(shard, *entries[shard])

    def _link_of(self, key: str) -> AuditLinkRow:
        case_id, _, seq = key.rpartition(":")
        found = self._tx.session.get(AuditLinkRow, (case_id, int(seq))) if seq.isdecimal() else None
        if found is None:
            raise NotFound(f"there is no entry {key}")
        return found

    def _append(self, case_id: str, notes: Sequence[_Note]) -> tuple[int, bool]:
        """Lengthen one chain; return by how many links, and whether it begins with them."""
        known = None if case_id in self._tx.begun else self._tx.hold(AuditHeadRow, case_id)
        if known is None:
            start = AuditHeadRow(case_id=case_id, shard=shard_of(case_id), seq=0, hash=GENESIS, mac=b"")
            head, links = self._lengthen(start, notes)
            if self._tx.store_if_new(head):
                self._keep(links, notes)
                return len(links), True
            known = self._tx.hold(AuditHeadRow, case_id)  # it was begun already: by a rival, or by this unit
        if known is None:
            raise LookupError(f"the head of case {case_id} vanished while it was being written")
        head, links = self._lengthen(known, notes)
        self._tx.change(AuditHeadRow, case_id, seq=head.seq, hash=head.hash, mac=head.mac)
        self._keep(links, notes)
        return len(links), False

    def _lengthen(self, head: AuditHeadRow, notes: Sequence[_Note]) -> tuple[AuditHeadRow, Sequence[AuditLinkRow]]:
        """Return the head that stands for the last of these notes, and a link for each."""
        salt = self._salt(head) if any(note.personal for note in notes) else b""
        links = [self._link(head.case_id, head.seq + number, note, salt) for number, note in enumerate(notes, 1)]
        longer = AuditHeadRow(case_id=head.case_id, shard=head.shard, seq=head.seq, hash=head.hash, mac=b"")
        for link in links:
            link.hash = link_hash(link, longer.hash)
            longer.seq, longer.hash = link.seq, link.hash
        longer.mac = head_mac(self._tx.keys.audit_key, longer)
        return longer, links

    def _keep(self, links: Sequence[AuditLinkRow], notes: Sequence[_Note]) -> None:
        given = zip(links, notes, strict=True)
        self._tx.store(*(sealed_reason(self._tx, link, note.why) for link, note in given if note.why))
        self._tx.store(*links)

    def _link(self, case_id: str, seq: int, note: _Note, salt: bytes) -> AuditLinkRow:
        personal = personal_hashes(self._tx.keys.audit_key, salt, note.personal) if note.personal else {}
        return AuditLinkRow(
            case_id=case_id,
            seq=seq,
            at=note.at,
            actor=note.actor,
            event=note.event,
            data=canonical(note.data),
            personal=canonical(personal),
            hash="",
        )

    def _enter(self, shard: int, links: int, chains: int) -> None:
        known = self._tx.hold(AuditRollRow, shard)
        if known is None:
            return  # rolls are made once, with the database: a missing one is evidence, and `verify` says so
        roll = AuditRollRow(shard=shard, chains=known.chains + chains, links=known.links + links, mac=b"")
        mac = roll_mac(self._tx.keys.audit_key, roll)
        self._tx.change(AuditRollRow, shard, chains=roll.chains, links=roll.links, mac=mac)

    def _salt(self, head: AuditHeadRow) -> bytes:
        """Return the case's salt, made with its first personal value: where a chain begins, there is none yet."""
        known = self._tx.read(_SALT, case=head.case_id) if head.seq else ()
        fresh = AuditSaltRow(case_id=head.case_id, salt=os.urandom(SALT_BYTES))
        if not known and not self._tx.store_if_new(fresh):
            known = self._tx.read(_SALT, case=head.case_id)
        return known[0].salt if known else fresh.salt


def _narrowed(wanted: Trail) -> Iterator[ColumnElement[bool]]:
    row = AuditLinkRow
    if wanted.since is not None:
        yield col(row.at) >= wanted.since
    if wanted.until is not None:
        yield col(row.at) < wanted.until
    if wanted.actor:
        yield col(row.actor) == wanted.actor
    if wanted.event:
        yield col(row.event) == wanted.event
    if wanted.case_id:
        yield col(row.case_id) == wanted.case_id


def _older_than(last: AuditLinkRow) -> ColumnElement[bool]:
    row = AuditLinkRow
    before = or_(col(row.case_id) < last.case_id, and_(col(row.case_id) == last.case_id, col(row.seq) < last.seq))
    return or_(col(row.at) < last.at, and_(col(row.at) == last.at, before))


def _row(link: AuditLinkRow, previous: str = "", why: str = "") -> AuditRow:
    return AuditRow(
        case_id=link.case_id,
        seq=link.seq,
        at=link.at,
        actor=link.actor,
        event=link.event,
        data=MappingProxyType(json.loads(link.data)),
        hash=link.hash,
        proof=link_proof(link, previous) if previous else "",
        why=why,
    )
