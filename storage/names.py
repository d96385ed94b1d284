"""Finding by name: each word of a name is a blind index of its own, and all those asked for have to fit."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, delete, func
from sqlmodel import col, select

from bot.core.names import words_of_name
from storage.tables import CaseNameRow, CustomerNameRow
from storage.transaction import Transaction


def index_case(tx: Transaction, case_id: str, name: str) -> None:
    """Let a case be found by the words of this name, and by no others."""
    tx.session.exec(delete(CaseNameRow).where(col(CaseNameRow.case_id) == case_id))
    tx.store(*names_of_case(tx, case_id, name))


def names_of_case(tx: Transaction, case_id: str, name: str) -> list[CaseNameRow]:
    """Return the rows a new case is found by."""
    return [CaseNameRow(word_index=word, case_id=case_id) for word in _indexes(tx, name)]


def index_customer(tx: Transaction, customer_id: str, name: str) -> None:
    """Let a customer be found by the words of this name, and by no others."""
    tx.session.exec(delete(CustomerNameRow).where(col(CustomerNameRow.customer_id) == customer_id))
    tx.store(*(CustomerNameRow(word_index=word, customer_id=customer_id) for word in _indexes(tx, name)))


def cases_named(tx: Transaction, name: str) -> Select[Any]:
    """Select the ids of the cases in whose name all these words stand; without a word, none."""
    words = _indexes(tx, name)
    fits = col(CaseNameRow.word_index).in_(words)
    return select(CaseNameRow.case_id).where(fits).group_by(col(CaseNameRow.case_id)).having(_all_of(words))


def customers_named(tx: Transaction, name: str) -> Select[Any]:
    """Select the ids of the customers in whose name all these words stand; without a word, none."""
    words = _indexes(tx, name)
    fits = col(CustomerNameRow.word_index).in_(words)
    return (
        select(CustomerNameRow.customer_id)
        .where(fits)
        .group_by(col(CustomerNameRow.customer_id))
        .having(_all_of(words))
    )


def _all_of(words: Collection[bytes]) -> Any:
    return func.count() == max(len(words), 1)


def _indexes(tx: Transaction, name: str) -> list[bytes]:
    return [tx.keys.index("name", word) for word in sorted(words_of_name(name))]
