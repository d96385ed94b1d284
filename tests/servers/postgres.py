"""A PostgreSQL server with as many databases as tests ask for."""

import shutil
import signal
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier

from tests.servers.process import HOST, NotInstalledError, OwnServer, ServerError

USER: Final = "bot"
DEBIAN: Final = Path("/usr/lib/postgresql")
QUICK: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres(OwnServer):
    """Listens on a loopback port and on a Unix socket in its folder; lets `bot` in without a password.

    By default it is quick and would lose data in a power cut; durable means the defaults of production.
    """

    stop_signal = signal.SIGINT  # the "fast" shutdown: open connections are ended, nothing is lost

    def __init__(self, *, durable: bool = False) -> None:
        self._programs = programs()
        super().__init__()
        self._settings = () if durable else QUICK
        self._names = count(1)
        self._templates: dict[str, str] = {}

    @property
    def host(self) -> str:
        return HOST

    @property
    def port(self) -> int:
        return self.ports[0]

    def url(self, database: str) -> str:
        """Give the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{USER}@{HOST}:{self.port}/{database}"

    def create_database(self, name: str | None = None, *, template: str = "template1") -> str:
        """Create a database as a copy of `template`, and return its address.

        Nobody may be connected to the template meanwhile.
        """
        name = name or f"test_{next(self._names)}"
        self._administer(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        return self.url(name)

    def clone(self, template: str, build: Callable[[str], object]) -> str:
        """Create a database like one that `build`, given its address, fills the first time it is needed."""
        if template not in self._templates:
            build(self.create_database(template))
            self._templates[template] = self.url(template)
        return self.create_database(template=template)

    def drop_database(self, url: str) -> None:
        """Drop a database, cutting whoever is connected to it."""
        name = url.rpartition("/")[2]
        self._administer(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def prepare(self) -> None:
        data = self.folder / "data"
        if (data / "PG_VERSION").exists():
            return
        create = (self._programs / "initdb", "--pgdata", data, "--username", USER, "--auth", "trust")
        if self._launch(*create, "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync").wait():
            raise ServerError(f"initdb failed:\n{self.log}")

    def command(self) -> Sequence[str | Path]:
        settings = (
            f"listen_addresses={HOST}",
            f"port={self.port}",
            f"unix_socket_directories={self.folder}",
            "max_connections=200",
            "dynamic_shared_memory_type=mmap",  # in our folder, so that a kill leaves nothing in /dev/shm
            "logging_collector=off",
            *self._settings,
        )
        options = (word for setting in settings for word in ("-c", setting))
        return (self._programs / "postgres", "-D", self.folder / "data", *options)

    def ready(self) -> bool:
        """Ask over the socket in our own folder: nobody else can answer there."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _administer(self, statement: SQL | psycopg.sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), port=self.port, user=USER, dbname="postgres", autocommit=True)


def programs() -> Path:
    """Name the folder of the newest PostgreSQL installed here, or tell what is missing."""
    found = sorted(DEBIAN.glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    if elsewhere := shutil.which("postgres"):
        return Path(elsewhere).resolve().parent
    raise NotInstalledError("no PostgreSQL on this machine: apt-get install postgresql")
