"""Another database's customers are read as a CSV's, and never written."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.flow.customers import CustomerImport
from bot.numbering import CountryNumbers
from storage import CustomerView, SqlStore, ViewUnreadable
from storage.customer_view import _engine
from tests.fakes.ports import CountedEntropy, TurnedClock
from tests.storage.insider import run

PEOPLE = (
    'CREATE TABLE people (id INTEGER, "Number" TEXT, emails TEXT, phones TEXT, born DATE)',
    "INSERT INTO people VALUES (1, 'C-1', 'Ann@example.com', '06 12345678', '1980-05-01')",
    "INSERT INTO people VALUES (2, 'C-2', 'bea@example.net', NULL, NULL)",
    "INSERT INTO people VALUES (3, 'C-3', 'nobody', NULL, NULL)",
    'CREATE VIEW desk AS SELECT "Number", emails, phones, born FROM people ORDER BY id',
)


@pytest.fixture
def crm(database_url: str) -> str:
    """Give the address of another company system's database, once of each kind."""
    run(database_url, *PEOPLE)
    return database_url


async def test_a_view_is_taken_over_like_a_file_with_its_bad_rows_named(store: SqlStore, crm: str) -> None:
    importer = CustomerImport(store, CountryNumbers("NL"), TurnedClock(), CountedEntropy())
    rows = CustomerView(crm, "desk").rows()
    for dry_run in (True, False):
        report = await importer.take_over(rows, dry_run=dry_run)
        assert (report.added, report.problems) == (2, [(3, "'nobody' is no e-mail address")])
    report = await importer.take_over(rows)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
    ann = await store.transact(lambda unit: unit.directory.numbered("C-1"))
    assert ann is not None
    assert (ann.emails, ann.phones) == (("ann@example.com",), ("+31612345678",))
    assert [(field.name, field.value) for field in ann.fields] == [("born", "1980-05-01")]


def test_the_other_database_is_never_written(crm: str) -> None:
    engine = _engine(crm)
    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        connection.execute(text("DELETE FROM people"))
    engine.dispose()
    assert len(CustomerView(crm, "desk").rows()) == 3


async def test_a_view_that_lacks_a_column_says_which(store: SqlStore, crm: str) -> None:
    run(crm, "CREATE VIEW bare AS SELECT emails FROM people")
    importer = CustomerImport(store, CountryNumbers("NL"), TurnedClock(), CountedEntropy())
    report = await importer.take_over(CustomerView(crm, "bare").rows())
    assert report.problems == [(1, "the view lacks number; it needs at least number, emails")]


@pytest.mark.parametrize("name", ["nothing", 'people"; DROP TABLE people; --', "other.people"])
def test_a_view_that_is_not_there_is_told_and_harms_nothing(crm: str, name: str) -> None:
    with pytest.raises(ViewUnreadable, match="can't be read"):
        CustomerView(crm, name).rows()
    assert len(CustomerView(crm, "people").rows()) == 3


@pytest.mark.parametrize("url", ["", "crm", "mysql://x/y", "sqlite:///nowhere.db", "sqlite://"])
def test_an_address_that_is_none_is_told(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ViewUnreadable, match=r"customers\.url_file"):
        CustomerView(url, "desk").rows()
    assert not (tmp_path / "nowhere.db").exists()
