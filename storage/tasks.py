"""What has to be done for cases: sealed whole, the open ones found by a partial index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import col, delete, select

from bot.core.errors import NotFound
from bot.core.tasks import Task
from storage.lookup import one_beginning_with
from storage.serial import TASK
from storage.tables import TaskRow
from storage.tables.letters import TASK_OPEN
from storage.transaction import Transaction

_PRIVATE: Final = "tasks.private"
_OF_CASE: Final = select(TaskRow).where(col(TaskRow.case_id) == bindparam("case")).with_for_update()


class SqlTasks:
    """The tasks within one transaction; reading those of a case locks them: an approval depends on them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, task: Task) -> None:
        self._tx.store(TaskRow(id=task.id, case_id=task.case_id, is_open=task.is_open, private=self._sealed(task)))

    def save(self, task: Task) -> None:
        if not self._tx.change(TaskRow, task.id, is_open=task.is_open, private=self._sealed(task)):
            raise NotFound(f"there is no task {task.id}")

    def get(self, task_id: str) -> Task:
        return self._opened(one_beginning_with(self._tx, TaskRow, task_id))

    def of_case(self, case_id: str) -> Sequence[Task]:
        return sorted(map(self._opened, self._tx.read(_OF_CASE, case=case_id)), key=_in_order)

    def open(self, limit: int, after: str = "") -> Sequence[Task]:
        rows = select(TaskRow).where(TASK_OPEN, col(TaskRow.id) > after).order_by(col(TaskRow.id))
        return sorted(map(self._opened, self._tx.read(rows.limit(limit))), key=_in_order)

    def drop(self, task_id: str) -> None:
        self._tx.session.exec(delete(TaskRow).where(col(TaskRow.id) == task_id))

    def _opened(self, row: TaskRow) -> Task:
        return TASK.load(self._tx.keys.open(_PRIVATE, row.id, row.private))

    def _sealed(self, task: Task) -> bytes:
        return self._tx.keys.seal(_PRIVATE, task.id, TASK.dump(task))


def _in_order(task: Task) -> tuple[datetime, str, str]:
    """Let what is carried out come before what is told; tasks are opened several at one moment."""
    return task.opened_at, task.kind, task.name
