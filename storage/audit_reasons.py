"""The reasons colleagues gave, sealed beside the links of the history that hold their hashes."""

import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Final

from sqlmodel import col, select

from storage.audit_proofs import personal_hashes
from storage.crypto import SealBroken
from storage.tables import AuditLinkRow, AuditReasonRow, AuditSaltRow
from storage.transaction import Transaction

REASON: Final = "reason"
"""What a reason is called among the hashes of a link."""

CHANGED: Final = "(this reason was changed since it was given)"

_TEXT: Final = "audit_reasons.text"
_BATCH: Final = 500


def sealed_reason(tx: Transaction, link: AuditLinkRow, why: str) -> AuditReasonRow:
    """Return the row that keeps a link's reason."""
    private = tx.keys.seal(_TEXT, _name(link), why.encode("utf-8", "replace"))
    return AuditReasonRow(case_id=link.case_id, seq=link.seq, at=link.at, private=private)


def reasons_of(tx: Transaction, case_id: str) -> Mapping[int, str]:
    """Return the reasons that are kept for a chain, by the number of their link; `CHANGED` for one that was changed."""
    found = tx.session.exec(select(AuditReasonRow).where(AuditReasonRow.case_id == case_id))
    return {row.seq: _opened(tx, row) for row in found}


def examine_reasons(tx: Transaction) -> Iterator[str]:
    """Yield a sentence for every reason that is not the one its link holds the hash of."""
    joined = tx.session.exec(
        select(AuditReasonRow, AuditLinkRow.personal, AuditSaltRow.salt)
        .join(
            AuditLinkRow,
            (col(AuditLinkRow.case_id) == AuditReasonRow.case_id) & (col(AuditLinkRow.seq) == AuditReasonRow.seq),
        )
        .join(AuditSaltRow, col(AuditSaltRow.case_id) == AuditReasonRow.case_id)
        .order_by(col(AuditReasonRow.case_id), col(AuditReasonRow.seq))
        .execution_options(yield_per=_BATCH)
    )
    for row, personal, salt in joined:
        hashed = personal_hashes(tx.keys.audit_key, salt, {REASON: _opened(tx, row)})[REASON]
        if not hmac.compare_digest(hashed, json.loads(personal).get(REASON, "")):
            yield f"case {row.case_id}: the reason of link {row.seq} was changed"


def _opened(tx: Transaction, row: AuditReasonRow) -> str:
    try:
        return tx.keys.open(_TEXT, _name(row), row.private).decode()
    except SealBroken:
        return CHANGED


def _name(row: AuditLinkRow | AuditReasonRow) -> str:
    return f"{row.case_id}:{row.seq}"
