"""Accounts, invitations and sessions: what is secret is sealed, and a token is found by its keyed hash."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, or_, update
from sqlmodel import col, select

from bot.core.accounts import Account, Invitation, Session, Stage
from bot.core.challenge import normalise_code
from bot.core.messages import canonical_address
from storage.serial import ACCOUNT, INVITATION
from storage.tables import AccountRow, DeviceRow, InvitationRow, RecoveryCodeRow, SessionRow
from storage.transaction import Transaction

_ACCOUNT: Final = "accounts.private"
_INVITATION: Final = "invitations.private"


class SqlAccounts:
    """The accounts within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def account(self, email: str) -> Account | None:
        row = self._tx.lock(AccountRow, canonical_address(email))
        return None if row is None else ACCOUNT.load(self._tx.keys.open(_ACCOUNT, row.email, row.private))

    def keep(self, account: Account) -> None:
        sealed = self._tx.keys.seal(_ACCOUNT, account.email, ACCOUNT.dump(account))
        if not self._tx.store_if_new(AccountRow(email=account.email, private=sealed)):
            known = col(AccountRow.email) == account.email
            self._tx.session.exec(update(AccountRow).where(known).values(private=sealed))

    def any_account(self) -> bool:
        return self._tx.session.exec(select(AccountRow.email).limit(1)).first() is not None

    def keep_recovery(self, email: str, codes: Sequence[str]) -> None:
        self._tx.session.exec(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.email) == email))
        indexes = {self._recovery(email, code) for code in codes}
        self._tx.store(*(RecoveryCodeRow(email=email, code_index=index) for index in indexes))

    def use_recovery(self, email: str, code: str) -> bool:
        wanted = col(RecoveryCodeRow.code_index) == self._recovery(email, code)
        used = delete(RecoveryCodeRow).where(col(RecoveryCodeRow.email) == email, wanted)
        return bool(self._tx.session.exec(used).rowcount)

    def recovery_left(self, email: str) -> int:
        left = select(func.count()).select_from(RecoveryCodeRow).where(RecoveryCodeRow.email == email)
        return self._tx.session.exec(left).one()

    def invite(self, token: str, invitation: Invitation) -> None:
        self._tx.session.exec(delete(InvitationRow).where(col(InvitationRow.email) == invitation.email))
        index = self._index(token)
        sealed = self._tx.keys.seal(_INVITATION, index.hex(), INVITATION.dump(invitation))
        self._tx.store(
            InvitationRow(token_index=index, email=invitation.email, expires_at=invitation.expires_at, private=sealed)
        )

    def invitation(self, token: str) -> Invitation | None:
        index = self._index(token)
        row = self._tx.lock(InvitationRow, index)
        return None if row is None else INVITATION.load(self._tx.keys.open(_INVITATION, index.hex(), row.private))

    def end_invitation(self, token: str) -> None:
        self._tx.session.exec(delete(InvitationRow).where(col(InvitationRow.token_index) == self._index(token)))

    def open(self, token: str, session: Session) -> None:
        self._tx.store(
            SessionRow(
                token_index=self._index(token),
                email=session.email,
                stage=session.stage.value,
                opened_at=session.opened_at,
                seen_at=session.seen_at,
                proved_at=session.proved_at,
            )
        )

    def session(self, token: str) -> Session | None:
        row = self._tx.session.get(SessionRow, self._index(token), populate_existing=True)
        if row is None:
            return None
        return Session(row.email, Stage(row.stage), row.opened_at, row.seen_at, row.proved_at)

    def touch(self, token: str, now: datetime) -> None:
        mine = col(SessionRow.token_index) == self._index(token)
        self._tx.session.exec(update(SessionRow).where(mine).values(seen_at=now))

    def end(self, token: str) -> None:
        self._tx.session.exec(delete(SessionRow).where(col(SessionRow.token_index) == self._index(token)))

    def end_all(self, email: str) -> None:
        self._tx.session.exec(delete(SessionRow).where(col(SessionRow.email) == canonical_address(email)))

    def know_device(self, token: str, email: str, now: datetime) -> None:
        self._tx.store_if_new(DeviceRow(token_index=self._index(token), email=email, seen_at=now))

    def is_known_device(self, token: str, email: str) -> bool:
        return self._tx.session.get(DeviceRow, (self._index(token), canonical_address(email))) is not None

    def forget_before(self, sessions: datetime, invitations: datetime) -> None:
        ended = or_(col(SessionRow.opened_at) < sessions, col(SessionRow.seen_at) < sessions)
        self._tx.session.exec(delete(SessionRow).where(ended))
        self._tx.session.exec(delete(InvitationRow).where(col(InvitationRow.expires_at) < invitations))

    def _index(self, token: str) -> bytes:
        return self._tx.keys.index("door", token)

    def _recovery(self, email: str, code: str) -> bytes:
        return self._tx.keys.index("recovery", f"{email}\0{normalise_code(code)}")
