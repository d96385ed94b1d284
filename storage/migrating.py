"""Bringing a database's tables to this version."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.engine import MIGRATING_PATIENCE, POSTGRESQL, SQLITE, make_engine
from storage.faults import refusing

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x4E584D47
"""One number for "migrating", so that two processes that start together take turns on PostgreSQL."""


def migrate(url: str) -> None:
    """Upgrade a database to this version, creating an SQLite file where there is none; all of it or nothing.

    Raises StorageUnavailable when the database is away or locked.
    """
    engine = make_engine(url, enforce=False)
    try:
        with refusing(), engine.begin() as connection:
            if engine.dialect.name == POSTGRESQL:
                connection.execute(text(f"SET LOCAL lock_timeout = '{MIGRATING_PATIENCE:g}s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(scripts(connection), "head")
            if engine.dialect.name == SQLITE:
                _check_references(connection)
    finally:
        engine.dispose()


def is_current(connection: Connection) -> bool:
    """Say whether the tables are those of this version."""
    wanted = ScriptDirectory(str(_SCRIPTS)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(wanted)


def scripts(connection: Connection) -> Config:
    """Return what Alembic needs to work on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _check_references(connection: Connection) -> None:
    """Undo an upgrade that would leave rows pointing nowhere: the check that `enforce=False` had put off."""
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("the upgrade would leave rows that point nowhere: it was undone")
