"""Proposed messages: sealed whole."""

from collections.abc import Sequence
from typing import Final

from sqlmodel import col, select

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
        row = self._tx.lock(DraftRow, draft.id)
        if row is None:
            raise NotFound(f"there is no draft {draft.id}")
        row.status = draft.status.value
        row.private = self._sealed(draft)
        self._tx.session.flush()
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
        drafts = select(DraftRow).order_by(col(DraftRow.created_at), col(DraftRow.id)).limit(limit)
        if status is not None:
            drafts = drafts.where(DraftRow.status == status.value)
        if case_id is not None:
            drafts = drafts.where(DraftRow.case_id == case_id).with_for_update()
        found = self._tx.session.exec(drafts.execution_options(populate_existing=True))
        return [self.opened(row) for row in found]

    def opened(self, row: DraftRow) -> Draft:
        """Return the draft a row holds."""
        return DRAFT.load(self._tx.keys.open(_PRIVATE, row.id, row.private))

    def _sealed(self, draft: Draft) -> bytes:
        return self._tx.keys.seal(_PRIVATE, draft.id, DRAFT.dump(draft))
