"""API tokens: found by keyed hash alone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.core.drafts import Role
from bot.core.errors import NotFound
from bot.core.messages import canonical_address
from bot.core.tokens import Token
from storage.tables import ApiTokenRow
from storage.transaction import Transaction


class SqlTokens:
    """The tokens within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def keep(self, secret: str, token: Token) -> None:
        self._tx.store(
            ApiTokenRow(
                id=token.id,
                token_index=self._index(secret),
                name=token.name,
                owner=token.owner,
                roles=" ".join(sorted(token.roles)),
                made_at=token.made_at,
                expires_at=token.expires_at,
                may_export=token.may_export,
            )
        )

    def of_secret(self, secret: str) -> Token | None:
        found = select(ApiTokenRow).where(ApiTokenRow.token_index == self._index(secret))
        row = self._tx.session.exec(found.execution_options(populate_existing=True)).first()
        return None if row is None else _token(row)

    def touch(self, token_id: str, now: datetime) -> None:
        self._tx.session.exec(update(ApiTokenRow).where(col(ApiTokenRow.id) == token_id).values(used_at=now))

    def listed(self, owner: str = "") -> Sequence[Token]:
        tokens = select(ApiTokenRow).order_by(col(ApiTokenRow.made_at).desc(), col(ApiTokenRow.id))
        if owner:
            tokens = tokens.where(ApiTokenRow.owner == canonical_address(owner))
        return [_token(row) for row in self._tx.session.exec(tokens.execution_options(populate_existing=True))]

    def end(self, token_id: str) -> None:
        if not self._tx.session.exec(delete(ApiTokenRow).where(col(ApiTokenRow.id) == token_id)).rowcount:
            raise NotFound(f"there is no token {token_id}")

    def end_of(self, owner: str) -> None:
        self._tx.session.exec(delete(ApiTokenRow).where(col(ApiTokenRow.owner) == canonical_address(owner)))

    def _index(self, secret: str) -> bytes:
        return self._tx.keys.index("api-token", secret)


def _token(row: ApiTokenRow) -> Token:
    roles = frozenset(map(Role, row.roles.split()))
    return Token(row.id, row.name, row.owner, roles, row.made_at, row.expires_at, row.may_export, row.used_at)
