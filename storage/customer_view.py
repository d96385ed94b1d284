"""The customers as another database shows them: one view of it, read and never written."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, make_url, select, table, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from bot.core.errors import RightsDeskError
from storage.engine import POSTGRESQL, SQLITE

_EXAMPLES: Final = "write postgresql+psycopg://reader@host/database or sqlite:////path/crm.db into the file"


class ViewUnreadable(RightsDeskError):
    """A view of customers that can't be read; the text says what to do."""


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A view or table of an SQL database by URL; `name` may have its schema before it, with a dot."""

    url: str
    name: str

    def rows(self) -> Sequence[Mapping[str, str]]:
        """Return the rows as texts by column, what is NULL as nothing. Raises ViewUnreadable."""
        engine = _engine(self.url)
        schema, _, name = self.name.rpartition(".")
        wanted = select(text("*")).select_from(table(name, schema=schema or None))
        try:
            with _told(self.name), engine.connect() as connection:
                found = connection.execute(wanted).mappings()
                return [{name: "" if value is None else str(value) for name, value in row.items()} for row in found]
        finally:
            engine.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url.strip())
    except ArgumentError:
        raise ViewUnreadable(f"customers.url_file holds no address of a database: {_EXAMPLES}") from None
    backend = parsed.get_backend_name()
    if backend == SQLITE and parsed.database and Path(parsed.database).is_file():
        address = URL.create(SQLITE, database=f"file:{parsed.database}", query={"mode": "ro", "uri": "true"})
        return create_engine(address)
    if backend == POSTGRESQL:
        read_only = {"options": "-c default_transaction_read_only=on", "connect_timeout": 5}
        return create_engine(parsed.set(drivername="postgresql+psycopg"), connect_args=read_only)
    raise ViewUnreadable(f"customers.url_file names no database that is there or that we can read: {_EXAMPLES}")


@contextmanager
def _told(view: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as failure:
        cause = failure.orig if isinstance(failure, DBAPIError) else failure
        why = str(cause).strip().partition("\n")[0]
        raise ViewUnreadable(
            f"{view} can't be read ({why}): check its name, customers.url_file, and what its user may read"
        ) from None
