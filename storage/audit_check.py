"""Examining the whole history: every finding is a sentence for a colleague.

Each check is one statement, hence one snapshot: work that goes on meanwhile raises no false alarm.
"""

import hmac
from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlalchemy import func
from sqlmodel import col, select

from storage.audit_proofs import GENESIS, SHARDS, head_mac, link_hash, roll_mac
from storage.audit_reasons import examine_reasons
from storage.tables import AuditHeadRow, AuditLinkRow, AuditRollRow
from storage.transaction import Transaction

_BATCH = 500


def examine(tx: Transaction) -> list[str]:
    """Return what is wrong with the history; nothing when it is whole."""
    return [*_chains(tx), *_headless(tx), *_rolls(tx), *examine_reasons(tx)]


def _chains(tx: Transaction) -> Iterator[str]:
    joined = tx.session.exec(
        select(AuditHeadRow, AuditLinkRow)
        .join(AuditLinkRow, col(AuditLinkRow.case_id) == AuditHeadRow.case_id, isouter=True)
        .order_by(col(AuditHeadRow.case_id), col(AuditLinkRow.seq))
        .execution_options(yield_per=_BATCH, populate_existing=True)
    )
    for case_id, rows in groupby(joined, key=lambda row: row[0].case_id):
        # An outer join: a head without links stands alone.
        pairs: list[tuple[AuditHeadRow, AuditLinkRow | None]] = [(head, link) for head, link in rows]
        links = [link for _, link in pairs if link is not None]
        for finding in _chain(tx.keys.audit_key, pairs[0][0], links):
            yield f"case {case_id}: {finding}"


def _chain(key: bytes, head: AuditHeadRow, links: Iterable[AuditLinkRow]) -> Iterator[str]:
    previous, reached = GENESIS, 0
    for link in links:
        if link.seq != reached + 1:
            yield f"{_links(reached + 1, link.seq - 1)} missing"
        elif link_hash(link, previous) != link.hash:
            yield f"link {link.seq} was changed"
        previous, reached = link.hash, link.seq
    if not hmac.compare_digest(head_mac(key, head), head.mac):
        yield "its head was changed"
    elif reached < head.seq:
        yield f"{_links(reached + 1, head.seq)} missing at the end"
    elif (reached, previous) != (head.seq, head.hash):
        yield "its last link is not the one its head was sealed with"


def _links(first: int, last: int) -> str:
    return f"link {first} is" if first == last else f"links {first} to {last} are"


def _headless(tx: Transaction) -> Iterator[str]:
    heads = select(AuditHeadRow.case_id)
    orphans = tx.session.exec(select(AuditLinkRow.case_id).where(col(AuditLinkRow.case_id).not_in(heads)).distinct())
    for case_id in orphans:
        yield f"case {case_id}: its head is missing"


def _rolls(tx: Transaction) -> Iterator[str]:
    on_heads = col(AuditHeadRow.shard) == AuditRollRow.shard
    chains = select(func.count()).select_from(AuditHeadRow).where(on_heads).scalar_subquery()
    links = select(func.coalesce(func.sum(AuditHeadRow.seq), 0)).where(on_heads).scalar_subquery()
    seen = set()
    for roll, has_chains, has_links in tx.session.exec(select(AuditRollRow, chains, links)):
        seen.add(roll.shard)
        if not hmac.compare_digest(roll_mac(tx.keys.audit_key, roll), roll.mac):
            yield f"roll {roll.shard} was changed"
        elif has_chains != roll.chains:
            yield f"roll {roll.shard} counts {roll.chains} chains where {has_chains} are left"
        elif has_links != roll.links:
            yield f"roll {roll.shard} counts {roll.links} links where the heads hold {has_links}"
    for shard in sorted(set(range(SHARDS)) - seen):
        yield f"roll {shard} is missing"
