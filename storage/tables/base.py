"""What all tables share: one metadata of our own, with constraint names that migrations can rely on."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import Index, MetaData, TextClause
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """The base of every table.

    Moments are aware and in UTC (SQLModel's own column type refuses naive ones). What is `bytes` is sealed, wrapped or
    hashed; nothing personal stands in a column of another type.
    """

    def __init__(self, **values: Any) -> None:
        """Hold the values of a new row for `Transaction.store`.

        A session is told nothing of them: for one that is stored past it, telling costs more than storing.
        """
        self.__dict__.update(_defaults(type(self)), **values)


@cache
def _defaults(table: type[Row]) -> Mapping[str, Any]:
    return {name: column.default for name, column in table.model_fields.items() if not column.is_required()}


def partial_index(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """Index only the rows that are still open, so that claiming and counting stay cheap among a million done ones.

    The condition is a constant that queries repeat word for word: SQLite uses a partial index for nothing else.
    """
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
