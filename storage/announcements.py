"""Announcements: leased to one teller at a time, gone once heard."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, case, delete, func, update
from sqlmodel import col, select

from bot.core.announcing import Announcement, Change, Happening, News, Standing
from bot.core.drafts import DraftStatus
from bot.core.errors import StaleClaim
from storage.cases import SqlCases
from storage.drafts import SqlDrafts
from storage.leasing import Queue, lease_until
from storage.tables import AnnouncementRow
from storage.tables.announcements import TO_TELL
from storage.transaction import ANNOUNCEMENTS, Transaction, fresh_id

_FACTS: Final = "announcements.facts"
_QUEUE: Final = Queue(AnnouncementRow, TO_TELL)


class SqlAnnouncements:
    """The announcements within one transaction."""

    def __init__(self, tx: Transaction, cases: SqlCases, drafts: SqlDrafts) -> None:
        self._tx = tx
        self._cases = cases
        self._drafts = drafts

    def changes(self) -> Sequence[Change]:
        waiting: dict[str, list[str]] = {}
        for draft in self._drafts.added.values():
            if draft.status is DraftStatus.WAITING and draft.case_id:
                waiting.setdefault(draft.case_id, []).append(draft.id)
        before = self._cases.before
        changed = {case_id: self._cases.get(case_id) for case_id in before | waiting}
        return [
            Change(after, before.get(case_id, after), waiting.get(case_id, ())) for case_id, after in changed.items()
        ]

    def add(self, subscriber: str, news: News) -> None:
        ident = fresh_id(news.at)
        self._tx.store(
            AnnouncementRow(
                id=ident,
                subscriber=subscriber,
                happening=news.happening.value,
                case_id=news.case_id or None,
                at=news.at,
                due_at=news.at,
                facts=self._tx.keys.seal(_FACTS, ident, json.dumps(dict(news.facts)).encode()),
            )
        )
        self._tx.touched.add(ANNOUNCEMENTS)

    def claim(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Announcement]:
        rows = _QUEUE.due(self._tx, now, limit)
        lease_until(rows, now + lease)
        self._tx.session.flush()
        return [self._opened(row) for row in rows]

    def heard(self, announcement: Announcement) -> None:
        self._tx.session.delete(self._leased(announcement))
        self._tx.session.flush()

    def retry(self, announcement: Announcement, error: str, not_before: datetime) -> None:
        row = self._leased(announcement)
        row.error, row.due_at = error, not_before
        self._tx.session.flush()

    def park(self, announcement: Announcement, error: str) -> None:
        row = self._leased(announcement)
        row.error, row.parked = error, True
        self._tx.session.flush()

    def standing(self) -> Sequence[Standing]:
        row = AnnouncementRow
        parked = func.sum(case((col(row.parked), 1), else_=0))
        found = self._tx.session.exec(
            select(row.subscriber, func.count(), parked).group_by(col(row.subscriber)).order_by(col(row.subscriber))
        )
        return [Standing(name, both - set_aside, set_aside, self._error(name)) for name, both, set_aside in found]

    def release(self, subscriber: str, now: datetime) -> int:
        again = update(AnnouncementRow).where(*_parked(subscriber)).values(parked=False, attempts=0, due_at=now)
        self._tx.touched.add(ANNOUNCEMENTS)
        return self._tx.session.exec(again).rowcount

    def drop(self, subscriber: str) -> int:
        return self._tx.session.exec(delete(AnnouncementRow).where(*_parked(subscriber))).rowcount

    def _error(self, subscriber: str) -> str:
        row = AnnouncementRow
        failed = select(row.error).where(row.subscriber == subscriber, row.error != "").order_by(col(row.due_at).desc())
        return self._tx.session.exec(failed.limit(1)).first() or ""

    def _leased(self, announcement: Announcement) -> AnnouncementRow:
        row = self._tx.lock(AnnouncementRow, announcement.id)
        if row is None or row.fence != announcement.fence:
            raise StaleClaim(f"announcement {announcement.id} was claimed by another worker")
        return row

    def _opened(self, row: AnnouncementRow) -> Announcement:
        facts = json.loads(self._tx.keys.open(_FACTS, row.id, row.facts))
        news = News(Happening(row.happening), row.at, facts, row.case_id or "")
        return Announcement(row.id, row.subscriber, news, row.attempts, row.fence)


def _parked(subscriber: str) -> tuple[ColumnElement[bool], ...]:
    return col(AnnouncementRow.subscriber) == subscriber, col(AnnouncementRow.parked).is_(True)
