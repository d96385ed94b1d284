"""Proposed messages: sealed whole."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.core.drafts import Draft, DraftStatus
from bot.core.errors import NotFound
from storage.lookup import one_beginning_with
from storage.serial import DRAFT
from storage.tables import DraftRow
from storage.transaction import Transaction

_PRIVATE: Final = "drafts.private"


class SqlDrafts:
    """The drafts within one transaction.

    Reading one draft, or those of one case, locks them: who does that is about to decide on them, and two
    decisions on the same draft must not pass each other. `added` holds what is new in this transaction.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.added: dict[str, Draft] = {}

    def add(self, draft: Draft) -> None:
        self._tx.store(
            DraftRow(
                id=draft.id,
                case_id=draft.case_id,
                kind=draft.kind.value,
                language=draft.language,
                status=draft.status.value,
                created_at=draft.created_at,
                private=self._sealed(draft),
            )
        )
        self.added[draft.id] = draft

    def save(self, draft: Draft) -> None:
        if not self._tx.change(DraftRow, draft.id, status=draft.status.value, private=self._sealed(draft)):
            raise NotFound(f"there is no draft {draft.id}")
        if draft.id in self.added:
            self.added[draft.id] = draft

    def get(self, draft_id: str) -> Draft:
        return self.opened(one_beginning_with(self._tx, DraftRow, draft_id))

    def listed(
        self,
        status: DraftStatus | None = DraftStatus.WAITING,
        case_id: str | None = None,
        limit: int = 50,
    ) -> Sequence[Draft]:
        if case_id in self._tx.begun:
            mine = [one for one in self.added.values() if one.case_id == case_id and status in {None, one.status}]
            return sorted(mine, key=lambda one: (one.created_at, one.id))[:limit]
        chosen = _listing(of_status=status is not None, of_case=case_id is not None)
        wanted = {"status": status and status.value, "case": case_id, "most": limit}
        return [self.opened(row) for row in self._tx.read(chosen, **wanted)]

    def opened(self, row: DraftRow) -> Draft:
        """Return the draft a row holds."""
        return DRAFT.load(self._tx.keys.open(_PRIVATE, row.id, row.private))

    def _sealed(self, draft: Draft) -> bytes:
        return self._tx.keys.seal(_PRIVATE, draft.id, DRAFT.dump(draft))


@cache
def _listing(*, of_status: bool, of_case: bool) -> SelectOfScalar[DraftRow]:
    drafts = select(DraftRow).order_by(col(DraftRow.created_at), col(DraftRow.id)).limit(bindparam("most"))
    if of_status:
        drafts = drafts.where(col(DraftRow.status) == bindparam("status"))
    if of_case:
        drafts = drafts.where(col(DraftRow.case_id) == bindparam("case")).with_for_update()
    return drafts
