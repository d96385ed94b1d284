"""A migrated database of each kind, and a store open on it."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import SqlStore, migrate, open_store
from storage.tables import metadata
from tests.servers.postgres import Postgres
from tests.storage.insider import run


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite file that the tests copy."""
    path = tmp_path_factory.mktemp("storage") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres: Postgres) -> str:
    """Migrate one PostgreSQL database that the tests empty after themselves: quicker than one each."""
    url = postgres.create_database("storage")
    migrate(url)
    return url


@pytest.fixture
def postgres_url(migrated_database: str) -> Iterator[str]:
    """Give the address of a migrated PostgreSQL database that is empty again."""
    yield migrated_database
    run(migrated_database, *(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path) -> Iterator[str]:
    """Give the address of a migrated, empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copy(migrated_file, path)
        yield f"sqlite:///{path}"
        return
    yield request.getfixturevalue("postgres_url")


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """Give the address of a migrated SQLite file that gives up on a lock soon."""
    path = tmp_path / "desk.db"
    shutil.copy(migrated_file, path)
    return f"sqlite:///{path}?timeout=0.1"


@pytest.fixture
def keys_path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "ring.json"


@pytest.fixture
async def store(store_url: str, keys_path: Path) -> AsyncIterator[SqlStore]:
    async with open_store(store_url, keys_path) as opened:
        yield opened
