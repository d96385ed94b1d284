"""Opening the store: the right schema, the right keys, and the runner its database needs."""

import hmac
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, select

from bot.core.errors import RightsDeskError
from storage.audit_proofs import SHARDS, roll_mac
from storage.bell import Bell
from storage.crypto import Keyring
from storage.engine import SQLITE, make_engine
from storage.faults import refusing
from storage.group_writer import GroupWriter
from storage.keyfile import KeysUnusable, load_keyring
from storage.migrating import is_current
from storage.postgres_bell import PostgresBell
from storage.postgres_pool import AHEAD, PostgresPool
from storage.tables import AuditRollRow, KeyProofRow
from storage.transaction import Transaction
from storage.unit_of_work import SqlStore

THREADS: Final = 4


class NotMigrated(RightsDeskError):
    """A database whose tables are not those of this version; the text says what to run."""


def open_store(url: str, keys_path: Path, *, threads: int = THREADS) -> SqlStore:
    """Open the store behind a URL; PostgreSQL runs so many units beside each other, and a few more that go ahead.

    Raises StorageUnavailable when the database is away, NotMigrated, or KeysUnusable.
    """
    engine = make_engine(url, connections=threads + AHEAD)
    try:
        with refusing():
            keys = _opening_keys(engine, keys_path)
    except BaseException:
        engine.dispose()
        raise
    bell = Bell()
    if engine.dialect.name == SQLITE:
        return SqlStore(GroupWriter(engine, keys, bell.ring_all), bell)
    far_bell = PostgresBell(engine.url, bell)

    def tell(topics: set[str]) -> None:
        bell.ring_all(topics)
        far_bell.tell(topics)

    return SqlStore(PostgresPool(engine, keys, threads, tell), bell, far_bell)


def _opening_keys(engine: Engine, keys_path: Path) -> Keyring:
    """Return the ring, having made sure that it is the one this database was sealed with."""
    with Session(engine) as session, session.begin():
        if not is_current(session.connection()):
            raise NotMigrated("the database is not of this version: run `nexio-intake migrate`")
        known = {row.key_id: row.proof for row in session.exec(select(KeyProofRow))}
        if known and not keys_path.exists():
            raise KeysUnusable(f"{keys_path} is missing: restore the file that sealed this database")
        keys = load_keyring(keys_path)
        proofs = keys.proofs()
        for key_id, proof in known.items():
            if not hmac.compare_digest(proof, proofs.get(key_id, b"")):
                raise KeysUnusable(f"{keys_path} lacks key {key_id}: restore the file that sealed this database")
        tx = Transaction(session, keys)
        for key_id, proof in proofs.items():
            tx.store_if_new(KeyProofRow(key_id=key_id, proof=proof))
        if not known:
            _begin_rolls(tx)
    return keys


def _begin_rolls(tx: Transaction) -> None:
    """Begin the audit's rolls with the database, once: one that goes missing later is evidence."""
    for shard in range(SHARDS):
        roll = AuditRollRow(shard=shard, chains=0, links=0, mac=b"")
        roll.mac = roll_mac(tx.keys.audit_key, roll)
        tx.store_if_new(roll)
