"""Open questions to people: attempts are counted in the database, so that parallel guesses can't outrun the count."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, update
from sqlmodel import col, select

from bot.core.challenge import (
    LIFETIME,
    MAX_ATTEMPTS,
    Challenge,
    ChallengeOutcome,
    code_matches,
    hash_code,
)
from bot.core.messages import Handle
from storage.serial import HANDLE
from storage.tables import CaseRow, ChallengeRow
from storage.tables.requests import CHALLENGE_CURRENT, CHALLENGE_UNUSED
from storage.transaction import Transaction

_DESTINATION: Final = "challenges.destination"
_ASKED_OF: Final = "challenges.asked_of"
_TELLING: Final = (
    ChallengeOutcome.ACCEPTED,
    ChallengeOutcome.WRONG,
    ChallengeOutcome.EXHAUSTED,
    ChallengeOutcome.EXPIRED,
    ChallengeOutcome.USED,
)
"""Of several challenges that an answer may have meant, those that were open say more."""


class SqlChallenges:
    """The challenges within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, challenge: Challenge) -> None:
        keys = self._tx.keys
        self._tx.lock(CaseRow, challenge.case_id)  # two new challenges of one case queue up here
        self._tx.session.exec(
            update(ChallengeRow)
            .where(CHALLENGE_CURRENT, col(ChallengeRow.case_id) == challenge.case_id)
            .values(is_current=False)
        )
        self._tx.store(
            ChallengeRow(
                id=challenge.id,
                case_id=challenge.case_id,
                destination_index=keys.handle_index(challenge.destination),
                asked_index=keys.handle_index(challenge.asked_of),
                destination=keys.seal(_DESTINATION, challenge.id, HANDLE.dump(challenge.destination)),
                asked_of=keys.seal(_ASKED_OF, challenge.id, HANDLE.dump(challenge.asked_of)),
                code_hash=challenge.code_hash,
                expires_at=challenge.expires_at,
                on_record=challenge.on_record,
                customer_id=challenge.customer_id,
                attempts=challenge.attempts,
                used_at=challenge.used_at,
                is_current=True,
            )
        )

    def attempt(
        self, case_ids: Sequence[str], candidates: tuple[str, ...], asked_of: Handle, now: datetime
    ) -> tuple[ChallengeOutcome, Challenge] | None:
        latest = [row for case_id in case_ids if (row := self._latest(case_id, asked_of)) is not None]
        meant = [row for row in latest if code_matches(candidates, row.code_hash, self._tx.keys.code_key)]
        judged = [self._judge(row, candidates, now) for row in meant[:1] or latest]
        return min(judged, key=lambda one: _TELLING.index(one[0]), default=None)

    def _judge(
        self, latest: ChallengeRow, candidates: tuple[str, ...], now: datetime
    ) -> tuple[ChallengeOutcome, Challenge]:
        """Count an attempt on one challenge and say what came of it."""
        attempts = self._count_attempt(latest.id, now)
        row = self._tx.lock(ChallengeRow, latest.id) or latest
        if attempts is None:
            return _why_closed(row, now), self._challenge(row)
        if code_matches(candidates, row.code_hash, self._tx.keys.code_key):
            row.used_at = now  # the counting update holds the row: nobody else can use it meanwhile
            self._tx.session.flush()
            return ChallengeOutcome.ACCEPTED, self._challenge(row)
        wrong = ChallengeOutcome.WRONG if attempts < MAX_ATTEMPTS else ChallengeOutcome.EXHAUSTED
        return wrong, self._challenge(row)

    def open_for(self, case_id: str, now: datetime) -> Challenge | None:
        row = self._tx.session.exec(
            select(ChallengeRow).where(
                CHALLENGE_UNUSED,
                ChallengeRow.case_id == case_id,
                col(ChallengeRow.expires_at) > now,
                col(ChallengeRow.attempts) < MAX_ATTEMPTS,
            )
        ).first()
        return None if row is None else self._challenge(row)

    def open_at(self, destinations: Collection[Handle], now: datetime) -> Sequence[Challenge]:
        indexes = [self._tx.keys.handle_index(destination) for destination in destinations]
        found = self._tx.session.exec(
            select(ChallengeRow)
            .where(
                CHALLENGE_UNUSED,
                col(ChallengeRow.destination_index).in_(indexes),
                col(ChallengeRow.expires_at) > now,
                col(ChallengeRow.attempts) < MAX_ATTEMPTS,
            )
            .order_by(col(ChallengeRow.id))
        )
        return [self._challenge(row) for row in found]

    def end(self, challenge_id: str) -> None:
        self._tx.session.exec(update(ChallengeRow).where(col(ChallengeRow.id) == challenge_id).values(is_current=False))

    def issued(self, destination: Handle, since: datetime) -> int:
        # A code lives LIFETIME from its issue, so its end says when it was sent.
        return self._tx.session.exec(
            select(func.count())
            .select_from(ChallengeRow)
            .where(
                ChallengeRow.destination_index == self._tx.keys.handle_index(destination),
                col(ChallengeRow.expires_at) >= since + LIFETIME,
            )
        ).one()

    def hash(self, code: str) -> bytes:
        return hash_code(code, self._tx.keys.code_key)

    def _latest(self, case_id: str, asked_of: Handle) -> ChallengeRow | None:
        return self._tx.session.exec(
            select(ChallengeRow)
            .where(
                ChallengeRow.case_id == case_id,
                ChallengeRow.asked_index == self._tx.keys.handle_index(asked_of),
            )
            .order_by(col(ChallengeRow.is_current).desc(), col(ChallengeRow.expires_at).desc())
        ).first()

    def _count_attempt(self, challenge_id: str, now: datetime) -> int | None:
        """Count one attempt where the challenge still takes one, and return how many there were."""
        counted = self._tx.session.exec(
            update(ChallengeRow)
            .where(
                CHALLENGE_UNUSED,
                col(ChallengeRow.id) == challenge_id,
                col(ChallengeRow.attempts) < MAX_ATTEMPTS,
                col(ChallengeRow.expires_at) > now,
            )
            .values(attempts=ChallengeRow.attempts + 1)
            .returning(col(ChallengeRow.attempts))
            .execution_options(synchronize_session=False)
        ).first()
        return None if counted is None else counted[0]

    def _challenge(self, row: ChallengeRow) -> Challenge:
        keys = self._tx.keys
        return Challenge(
            id=row.id,
            case_id=row.case_id,
            destination=HANDLE.load(keys.open(_DESTINATION, row.id, row.destination)),
            asked_of=HANDLE.load(keys.open(_ASKED_OF, row.id, row.asked_of)),
            code_hash=row.code_hash,
            expires_at=row.expires_at,
            on_record=row.on_record,
            customer_id=row.customer_id,
            attempts=row.attempts,
            used_at=row.used_at,
        )


def _why_closed(row: ChallengeRow, now: datetime) -> ChallengeOutcome:
    if row.used_at is not None:
        return ChallengeOutcome.USED
    if not row.is_current or row.expires_at <= now:
        return ChallengeOutcome.EXPIRED
    return ChallengeOutcome.EXHAUSTED
