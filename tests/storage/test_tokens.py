"""API tokens on both databases: found by their hash alone, gone when they end."""

from datetime import timedelta

import pytest

from bot.core.drafts import Role
from bot.core.errors import NotFound
from bot.core.tokens import Token
from storage import SqlStore
from tests.storage.samples import NOW

SECRET = "nexio_a long random word"
ONE = Token(
    "t1",
    "front end",
    "kim@example.com",
    frozenset({Role.DPO, Role.READER}),
    NOW,
    NOW + timedelta(days=9),
    may_export=True,
)


async def test_a_token_is_known_by_its_secret_and_used_and_ended(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.tokens.keep(SECRET, ONE))
    assert await store.transact(lambda unit: unit.tokens.of_secret(SECRET)) == ONE
    assert await store.transact(lambda unit: unit.tokens.of_secret("nexio_other")) is None
    await store.transact(lambda unit: unit.tokens.touch("t1", NOW))
    (listed,) = await store.transact(lambda unit: unit.tokens.listed("Kim@example.com"))
    assert listed.used_at == NOW
    assert await store.transact(lambda unit: unit.tokens.listed("lee@example.com")) == []
    await store.transact(lambda unit: unit.tokens.end("t1"))
    assert await store.transact(lambda unit: unit.tokens.of_secret(SECRET)) is None
    with pytest.raises(NotFound):
        await store.transact(lambda unit: unit.tokens.end("t1"))


async def test_every_token_of_a_colleague_ends_at_once(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.tokens.keep(SECRET, ONE))
    await store.transact(lambda unit: unit.tokens.end_of("kim@example.com"))
    assert await store.transact(lambda unit: unit.tokens.listed()) == []
