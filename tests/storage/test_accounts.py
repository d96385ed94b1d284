"""Accounts, invitations and sessions: kept sealed, found by token, gone when used or ended."""

from dataclasses import replace
from datetime import timedelta

from bot.core.accounts import Account, Invitation, Session, Stage
from bot.core.drafts import Role
from bot.core.passkeys import Passkey
from storage import SqlStore
from tests.storage.insider import run, sealed
from tests.storage.samples import HOUR, NOW
from tests.work import each

KIM = "kim@nexioprojects.com"
ACCOUNT = Account(KIM, "Kim", "$argon2id$canary", "c0ffee", "fr", NOW)
INSIDE = Session(KIM, Stage.INSIDE, NOW, NOW, NOW)


async def test_an_account_is_kept_and_replaced(store: SqlStore) -> None:
    assert await store.transact(lambda unit: unit.accounts.any_account()) is False
    await store.transact(lambda unit: unit.accounts.keep(ACCOUNT))
    await store.transact(lambda unit: unit.accounts.keep(replace(ACCOUNT, last_step=7)))
    assert await store.transact(lambda unit: unit.accounts.account(" KIM@nexioprojects.com")) == replace(
        ACCOUNT, last_step=7
    )
    assert await store.transact(lambda unit: unit.accounts.account("x@y.example")) is None
    assert await store.transact(lambda unit: unit.accounts.any_account()) is True


async def test_a_recovery_code_is_used_once_and_new_ones_replace_the_old(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.accounts.keep(ACCOUNT))
    await store.transact(lambda unit: unit.accounts.keep_recovery(KIM, ["7F3K-Q2M9", "AAAA-1111"]))
    assert await store.transact(lambda unit: unit.accounts.use_recovery(KIM, "7f3k q2m9")) is True
    assert await store.transact(lambda unit: unit.accounts.use_recovery(KIM, "7F3K-Q2M9")) is False
    assert await store.transact(lambda unit: unit.accounts.use_recovery("x@y.example", "AAAA-1111")) is False
    assert await store.transact(lambda unit: unit.accounts.recovery_left(KIM)) == 1
    await store.transact(lambda unit: unit.accounts.keep_recovery(KIM, ["BBBB-2222"]))
    assert await store.transact(lambda unit: unit.accounts.use_recovery(KIM, "AAAA-1111")) is False


async def test_an_invitation_ends_with_the_next_one_for_the_same_address(store: SqlStore) -> None:
    invitation = Invitation(KIM, frozenset({Role.DPO}), "ada", "c0ffee", NOW + HOUR)
    await store.transact(lambda unit: unit.accounts.invite("one", invitation))
    assert await store.transact(lambda unit: unit.accounts.invitation("one")) == invitation
    await store.transact(lambda unit: unit.accounts.invite("two", invitation))
    assert await store.transact(lambda unit: unit.accounts.invitation("one")) is None
    await store.transact(lambda unit: unit.accounts.end_invitation("two"))
    assert await store.transact(lambda unit: unit.accounts.invitation("two")) is None


async def test_sessions_end_one_by_one_all_together_and_with_time(store: SqlStore) -> None:
    await store.transact(each(("a", "b", "c"), lambda unit, token: unit.accounts.open(token, INSIDE)))
    await store.transact(lambda unit: unit.accounts.touch("a", NOW + HOUR))
    assert await store.transact(lambda unit: unit.accounts.session("a")) == replace(INSIDE, seen_at=NOW + HOUR)
    await store.transact(lambda unit: unit.accounts.end("a"))
    assert await store.transact(lambda unit: unit.accounts.session("a")) is None
    await store.transact(
        lambda unit: unit.accounts.open("new", replace(INSIDE, opened_at=NOW + HOUR, seen_at=NOW + HOUR))
    )
    await store.transact(lambda unit: unit.accounts.forget_before(NOW + timedelta(minutes=1), NOW))
    assert await store.transact(lambda unit: unit.accounts.session("b")) is None
    await store.transact(lambda unit: unit.accounts.end_all(KIM.upper()))
    assert await store.transact(lambda unit: unit.accounts.session("new")) is None


async def test_a_device_is_known_for_its_colleague_alone(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.accounts.know_device("d", KIM, NOW))
    assert await store.transact(lambda unit: unit.accounts.is_known_device("d", KIM)) is True
    assert await store.transact(lambda unit: unit.accounts.is_known_device("d", "x@y.example")) is False
    assert await store.transact(lambda unit: unit.accounts.is_known_device("e", KIM)) is False


async def test_roles_are_taken_away_one_by_one(store: SqlStore) -> None:
    await store.transact(each((Role.DPO, Role.READER), lambda unit, role: unit.staff.add(KIM, role)))
    await store.transact(lambda unit: unit.staff.remove("KIM@nexioprojects.com", Role.DPO))
    assert await store.transact(lambda unit: unit.staff.everyone()) == {KIM: {Role.READER}}


async def test_a_stolen_database_gives_no_way_in(store: SqlStore, store_url: str) -> None:
    await store.transact(lambda unit: unit.accounts.keep(ACCOUNT))
    await store.transact(lambda unit: unit.accounts.keep_recovery(KIM, ["7F3K-Q2M9"]))
    await store.transact(lambda unit: unit.accounts.open("session-token", INSIDE))
    await store.transact(lambda unit: unit.accounts.know_device("device-token", KIM, NOW))
    invitation = Invitation(KIM, frozenset(), "ada", "c0ffee", NOW + HOUR)
    await store.transact(lambda unit: unit.accounts.invite("link-token", invitation))
    tables = ("accounts", "recovery_codes", "sessions", "devices", "invitations")
    written = b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for table in tables
        for row in run(store_url, f"SELECT * FROM {table}")
        for value in row
    )
    assert written
    for secret in (b"canary", b"c0ffee", b"7F3K", b"session-token", b"device-token", b"link-token"):
        assert secret not in written


async def test_a_passkey_is_kept_found_changed_and_forgotten(store: SqlStore, store_url: str) -> None:
    first = Passkey("c0ffee", KIM, "canary laptop", "a501", 1, NOW)
    second = replace(first, id="beef", name="phone", added_at=NOW + HOUR)
    await store.transact(lambda unit: unit.accounts.keep(ACCOUNT))
    await store.transact(each((second, first), lambda unit, passkey: unit.passkeys.keep(passkey)))
    used = replace(first, uses=2, used_at=NOW + HOUR)
    await store.transact(lambda unit: unit.passkeys.keep(used))
    assert await store.transact(lambda unit: unit.passkeys.of(KIM.upper())) == [used, second]
    assert await store.transact(lambda unit: unit.passkeys.find("c0ffee")) == used
    assert await store.transact(lambda unit: unit.passkeys.of("x@y.example")) == []
    written = b"".join(sealed(store_url, "SELECT key_index, private FROM passkeys"))
    assert b"canary" not in written
    assert b"c0ffee" not in written
    await store.transact(lambda unit: unit.passkeys.forget("c0ffee"))
    assert await store.transact(lambda unit: unit.passkeys.find("c0ffee")) is None


async def test_an_errand_is_taken_once_in_time_and_in_place_of_an_older_one(store: SqlStore, store_url: str) -> None:
    late = NOW + timedelta(minutes=5)
    await store.transact(lambda unit: unit.errands.send_out("a", "canary one", late, NOW))
    await store.transact(lambda unit: unit.errands.send_out("a", "canary two", late, NOW))
    assert b"canary" not in b"".join(sealed(store_url, "SELECT private FROM errands"))
    assert await store.transact(lambda unit: unit.errands.take("b", NOW)) is None
    assert await store.transact(lambda unit: unit.errands.take("a", NOW)) == "canary two"
    assert await store.transact(lambda unit: unit.errands.take("a", NOW)) is None
    await store.transact(lambda unit: unit.errands.send_out("a", "three", late, NOW))
    assert await store.transact(lambda unit: unit.errands.take("a", late)) is None
    await store.transact(lambda unit: unit.errands.send_out("b", "four", NOW, NOW))
    await store.transact(lambda unit: unit.errands.send_out("c", "five", late, NOW))
    assert len(run(store_url, "SELECT 1 FROM errands")) == 1  # what is past its time goes with the next one
