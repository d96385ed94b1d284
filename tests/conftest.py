"""Fixtures with real servers, and two rules: tests stay on this machine, and in CI none may skip."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.loopback import stay_on_loopback
from tests.servers.postgres import Postgres
from tests.servers.process import NotInstalledError
from tests.servers.smtp_sink import SmtpSink

IN_CI: Final = os.environ.get("CI") == "true"

# -- real servers, one of each per xdist worker ----------------------------------------------------


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """IMAP and LMTP; take a mailbox of your own with `dovecot.account()`."""
    try:
        with Dovecot() as server:
            yield server
    except NotInstalledError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL; take a database of your own with `postgres.create_database()` or `.clone(…)`."""
    try:
        with Postgres() as server:
            yield server
    except NotInstalledError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """An SMTP server that keeps what it gets; `smtp_sink.plan(Conduct(…))` makes it misbehave."""
    with SmtpSink() as sink:
        yield sink


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the servers they ask for, so that `-m "not dovecot"` means what it says."""
    for item in items:
        for server in ("dovecot", "postgres"):
            if server in getattr(item, "fixturenames", ()):
                item.add_marker(server)


# -- in CI a skipped test is a failure -------------------------------------------------------------


def pytest_sessionfinish(session: pytest.Session) -> None:
    if IN_CI and skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if IN_CI and (count := skipped(terminalreporter.config)):
        terminalreporter.section("skipped tests are failures when CI=true", red=True, bold=True)
        terminalreporter.line(f"{count} skipped; the reasons are below. Install what they need, or delete them.")


def skipped(config: pytest.Config) -> int:
    """Count skipped tests where the reports arrive: in the main process, not in xdist's workers."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if reporter else 0


# -- tests stay on this machine --------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    sys.addaudithook(stay_on_loopback)
