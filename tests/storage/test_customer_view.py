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
    assert (report.absent, report.absent_numbers) == (0, ())
    ann = await store.transact(lambda unit: unit.directory.numbered("C-1"))
    assert ann is not None
    assert (ann.emails, ann.phones) == (("ann@example.com",), ("+31612345678",))
    assert [(field.name, field.value) for field in ann.fields] == [("born", "1980-05-01")]


async def test_who_is_no_longer_in_the_rows_stays_and_is_named(store: SqlStore) -> None:
    """Rows may be a part of all, or cut short: a colleague decides who is erased. A row that is wrong names its own."""
    importer = CustomerImport(store, CountryNumbers("NL"), TurnedClock(), CountedEntropy())
    head = "number,emails\n"
    await importer.run([head, "C-1,ann@example.com\n", "C-2,bea@example.net\n", "C-3,cor@example.org\n"])
    for dry_run in (True, False):
        report = await importer.run([head, "C-1,ann@example.com\n", "C-3,nobody\n"], dry_run=dry_run)
        assert (report.absent, report.absent_numbers) == (1, ("C-2",))
    for cut_short in ([head, 'C-1,"ann@example.com\n'], ["emails\n", "ann@example.com\n"]):
        report = await importer.run(cut_short)
        assert (report.absent, report.absent_numbers) == (None, ())
    assert await store.transact(lambda unit: unit.directory.count()) == 3


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
