"""What a mailbox remembers: how far it was seen, since when, and which mails may be moved away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.records import Cursor, Disposition
from bot.core.unit import Unit
from storage import SqlStore
from tests.storage.samples import NOW, a_case, a_message, an_inbound
from tests.work import upon

LEASE = timedelta(minutes=5)
FOLDER = "info/INBOX"


async def test_a_folder_is_seen_as_far_as_its_cursor(store: SqlStore) -> None:
    assert await store.transact(lambda unit: unit.inbox.cursor(FOLDER)) is None
    for cursor in (Cursor(4_294_967_295, 1), Cursor(4_294_967_295, 4_000_000_000)):
        await store.transact(upon(cursor, lambda unit, seen: unit.inbox.move_cursor(FOLDER, seen)))
        assert await store.transact(lambda unit: unit.inbox.cursor(FOLDER)) == cursor
    assert await store.transact(lambda unit: unit.inbox.cursor("info/Junk")) is None


async def test_a_folder_is_watched_since_its_first_cursor(store: SqlStore) -> None:
    assert await store.transact(lambda unit: unit.inbox.watched_since(FOLDER)) is None
    before = datetime.now(UTC)
    await store.transact(lambda unit: unit.inbox.move_cursor(FOLDER, Cursor(1, 1)))
    since = await store.transact(lambda unit: unit.inbox.watched_since(FOLDER))
    await store.transact(lambda unit: unit.inbox.move_cursor(FOLDER, Cursor(2, 1)))
    assert since is not None
    assert before <= since <= datetime.now(UTC)
    assert await store.transact(lambda unit: unit.inbox.watched_since(FOLDER)) == since


async def test_only_mail_of_a_case_and_its_doubles_may_be_moved(store: SqlStore) -> None:
    case = a_case()
    await store.transact(lambda unit: unit.cases.add(case))
    raw = (b"Message-ID: <m1@example.org>\r\n\r\nerase me",)
    await _arrive(store, "7:1", Disposition.CASE, case.id, raw)
    await _arrive(store, "7:2", Disposition.DUPLICATE, None, raw)
    await _arrive(store, "7:3", Disposition.DUPLICATE, None, (b"doubles an offer",))
    await _arrive(store, "7:4", Disposition.OTHER, None)
    await _arrive(store, "7:5", Disposition.BOUNCE, None)
    await _arrive(store, "7:6", Disposition.CASE, case.id)
    await store.transact(lambda unit: unit.inbox.keep(an_inbound("7:7"), NOW))
    await store.transact(lambda unit: unit.inbox.keep(replace(an_inbound("7:1"), source="info/Junk"), NOW))
    assert await store.transact(lambda unit: unit.inbox.settled(FOLDER, 10)) == ["7:1", "7:2", "7:6"]
    assert await store.transact(lambda unit: unit.inbox.settled(FOLDER, 2)) == ["7:1", "7:2"]
    assert await store.transact(lambda unit: unit.inbox.settled("info/Junk", 10)) == []


async def test_what_was_moved_is_not_named_again(store: SqlStore) -> None:
    case = a_case()
    await store.transact(lambda unit: unit.cases.add(case))
    for event in ("7:1", "7:2", "7:3"):
        await _arrive(store, event, Disposition.CASE, case.id)
    await store.transact(lambda unit: unit.inbox.moved(FOLDER, ["7:1", "7:3", "9:9"]))
    assert await store.transact(lambda unit: unit.inbox.settled(FOLDER, 10)) == ["7:2"]


async def _arrive(
    store: SqlStore,
    event: str,
    disposition: Disposition,
    case_id: str | None,
    raw: tuple[bytes, ...] = (b"Subject: x\r\n\r\ny",),
) -> None:
    def work(unit: Unit) -> None:
        message = unit.inbox.keep(an_inbound(event, raw=raw), NOW)
        (claimed,) = unit.inbox.claim(NOW, 1, LEASE)
        assert claimed.message == message
        unit.inbox.finish(message, claimed.fence, disposition, parsed=a_message(), case_id=case_id)

    await store.transact(work)
