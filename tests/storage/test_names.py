"""A name is found by its whole words, in any order and spelling, and by nothing of it that could be read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.names import words_of_name
from bot.core.records import Customer
from storage import SqlStore
from tests.storage.samples import NOW, a_case


@pytest.mark.parametrize("written", ["Zoë Peeters", "peeters, ZOE", "Peeters Zoë J.", "  zoë\u00a0peeters "])
def test_one_name_has_the_same_words_however_it_is_written(written: str) -> None:
    assert words_of_name(written) == {"zoe", "peeters"}


def test_a_letter_finds_nobody_and_a_flood_of_words_is_cut() -> None:
    assert words_of_name("J. – ☃ _") == frozenset()
    assert len(words_of_name(" ".join(f"word{number}" for number in range(99)))) == 8


async def test_a_case_is_found_by_all_the_words_and_follows_its_name(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.cases.add(replace(a_case("c1"), name="Zoë Peeters")))
    later = replace(a_case("c2"), name="Ann Peeters", opened_at=NOW + timedelta(days=1))
    await store.transact(lambda unit: unit.cases.add(later))

    async def found(name: str) -> list[str]:
        return [case.id for case in await store.transact(lambda unit: unit.cases.named(name))]

    assert await found("peeters") == ["c2", "c1"]
    assert await found("PEETERS zoe") == ["c1"]
    for nobody in ("", "zoe jansen", "peet", "z", "%", "_"):
        assert await found(nobody) == []
    await store.transact(lambda unit: unit.cases.save(replace(unit.cases.get("c1"), name="Zoë Jansen")))
    assert await found("zoe peeters") == []
    assert await found("zoe jansen") == ["c1"]


async def test_a_customer_is_found_until_erased(store: SqlStore) -> None:
    zoe = Customer("1", "C-1", "Zoë Peeters", ("zoe@example.com",))
    await store.transact(lambda unit: unit.directory.put(zoe, NOW))
    await store.transact(lambda unit: unit.directory.put(zoe, NOW))
    assert [one.number for one in await store.transact(lambda unit: unit.directory.named("peeters"))] == ["C-1"]
    await store.transact(lambda unit: unit.directory.put(replace(zoe, name="Zoë Jansen"), NOW))
    assert await store.transact(lambda unit: unit.directory.named("peeters")) == []
    await store.transact(lambda unit: unit.directory.erase("C-1", NOW))
    assert await store.transact(lambda unit: unit.directory.named("jansen")) == []
