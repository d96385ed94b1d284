"""The migrations make exactly the tables the code uses, whoever runs them and however often."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from storage import NotMigrated, migrate, open_store
from storage.engine import BadAddress, make_engine
from storage.migrating import is_current, scripts
from storage.tables import metadata


def test_the_migrated_tables_are_those_of_the_code(database_url: str) -> None:
    migrate(database_url)
    engine = make_engine(database_url)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert is_current(connection)
    engine.dispose()


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)


def test_two_processes_may_migrate_at_once(database_url: str) -> None:
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(migrate, [database_url] * 2))


def test_whoever_writes_to_a_new_file_is_waited_for(tmp_path: Path) -> None:
    """SQLite waits for no lock while it changes the journal; a second process met that at its first start."""
    file = tmp_path / "intake.db"
    with closing(sqlite3.connect(file, check_same_thread=False, isolation_level=None)) as other:
        other.execute("CREATE TABLE held (by_another)")
        other.execute("BEGIN IMMEDIATE")
        letting_go = Timer(0.5, other.execute, ["ROLLBACK"])
        letting_go.start()
        migrate(f"sqlite:///{file}")
        letting_go.join()


def test_a_migration_can_be_taken_back(database_url: str) -> None:
    migrate(database_url)
    engine = make_engine(database_url, enforce=False)
    with engine.begin() as connection:
        command.downgrade(scripts(connection), "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    engine.dispose()
    migrate(database_url)


def test_an_unmigrated_database_is_not_opened(database_url: str, keys_path: Path) -> None:
    with pytest.raises(NotMigrated, match="nexio-intake migrate"):
        open_store(database_url, keys_path)
    assert not keys_path.exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_an_address_that_is_no_durable_database_is_refused(url: str) -> None:
    with pytest.raises(BadAddress, match=r"storage\.url"):
        migrate(url)
