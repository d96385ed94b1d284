"""Packages of people's data: sealed, found by the blind index of their link, opened with a code, destroyed in time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlmodel import col, select

from bot.core.challenge import LIFETIME, MAX_ATTEMPTS, ChallengeOutcome, code_matches
from bot.core.packages import Package
from storage.serial import PACKAGE
from storage.tables import PackageRow
from storage.transaction import Transaction

_PRIVATE: Final = "packages.private"
_DATA: Final = "packages.data"


class SqlPackages:
    """The packages within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, package: Package, token: str, data: bytes) -> None:
        keys = self._tx.keys
        self._tx.store(
            PackageRow(
                id=package.id,
                case_id=package.case_id,
                token_index=self._index(token),
                expires_at=package.expires_at,
                private=keys.seal(_PRIVATE, package.id, PACKAGE.dump(package)),
                data=keys.seal(_DATA, package.id, data),
            )
        )

    def by_token(self, token: str) -> Package | None:
        row = self._tx.session.exec(
            select(PackageRow).where(PackageRow.token_index == self._index(token), col(PackageRow.data).is_not(None))
        ).first()
        return self._package(row) if row else None

    def of_case(self, case_id: str) -> Sequence[Package]:
        found = self._tx.session.exec(
            select(PackageRow).where(PackageRow.case_id == case_id).order_by(col(PackageRow.id))
        )
        return [self._package(row) for row in found]

    def put_code(self, package_id: str, code_hash: bytes, now: datetime) -> None:
        row = self._locked(package_id)
        row.code_hash, row.code_until, row.attempts = code_hash, now + LIFETIME, 0
        self._tx.session.flush()

    def attempt(self, package_id: str, candidates: tuple[str, ...], now: datetime) -> ChallengeOutcome:
        row = self._locked(package_id)
        if row.code_hash is None or row.code_until is None or row.code_until <= now:
            return ChallengeOutcome.EXPIRED
        if row.attempts >= MAX_ATTEMPTS:
            return ChallengeOutcome.EXHAUSTED
        row.attempts += 1
        fits = code_matches(candidates, row.code_hash, self._tx.keys.code_key)
        if fits:
            row.code_hash = row.code_until = None  # a code opens once
            row.opened_at = row.opened_at or now
        self._tx.session.flush()
        return ChallengeOutcome.ACCEPTED if fits else ChallengeOutcome.WRONG

    def mark_opened(self, package_id: str, now: datetime) -> None:
        row = self._locked(package_id)
        row.opened_at = row.opened_at or now
        self._tx.session.flush()

    def data(self, package_id: str) -> bytes:
        row = self._locked(package_id)
        if row.data is None:
            raise LookupError(f"the files of package {package_id} were destroyed")
        return self._tx.keys.open(_DATA, package_id, row.data)

    def past(self, moment: datetime) -> Sequence[Package]:
        found = self._tx.session.exec(
            select(PackageRow)
            .where(col(PackageRow.expires_at) <= moment, col(PackageRow.data).is_not(None))
            .order_by(col(PackageRow.id))
        )
        return [self._package(row) for row in found]

    def destroy(self, package_id: str) -> None:
        row = self._locked(package_id)
        row.data = row.code_hash = row.code_until = None
        self._tx.session.flush()

    def _locked(self, package_id: str) -> PackageRow:
        row = self._tx.lock(PackageRow, package_id)
        if row is None:
            raise LookupError(f"package {package_id} vanished while it was being opened")
        return row

    def _package(self, row: PackageRow) -> Package:
        package = PACKAGE.load(self._tx.keys.open(_PRIVATE, row.id, row.private))
        return replace(package, opened_at=row.opened_at)

    def _index(self, token: str) -> bytes:
        return self._tx.keys.index("package", token)
