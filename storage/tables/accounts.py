"""How colleagues come in: accounts, invitations, sessions. A token stands here only as a keyed hash."""

from datetime import datetime

from sqlmodel import Field

from storage.tables.base import Row


class AccountRow(Row, table=True):
    """One colleague's account; `private` holds the password's hash and the one-time secret, sealed."""

    __tablename__ = "accounts"

    email: str = Field(primary_key=True)
    private: bytes


class RecoveryCodeRow(Row, table=True):
    """One recovery code, gone with its use."""

    __tablename__ = "recovery_codes"

    email: str = Field(primary_key=True, foreign_key="accounts.email")
    code_index: bytes = Field(primary_key=True)


class InvitationRow(Row, table=True):
    """An invitation that waits to be taken up; of each address there is one."""

    __tablename__ = "invitations"

    token_index: bytes = Field(primary_key=True)
    email: str = Field(unique=True)
    expires_at: datetime = Field(index=True)
    private: bytes


class SessionRow(Row, table=True):
    """Somebody at the console."""

    __tablename__ = "sessions"

    token_index: bytes = Field(primary_key=True)
    email: str = Field(index=True)
    stage: str
    opened_at: datetime = Field(index=True)
    seen_at: datetime
    proved_at: datetime


class DeviceRow(Row, table=True):
    """A browser somebody came in with before: strangers' guesses elsewhere don't shut it out."""

    __tablename__ = "devices"

    token_index: bytes = Field(primary_key=True)
    email: str = Field(primary_key=True)
    seen_at: datetime


class PasskeyRow(Row, table=True):
    """A key on a colleague's device; `private` holds its public half, its name and its counter, sealed."""

    __tablename__ = "passkeys"

    key_index: bytes = Field(primary_key=True)
    email: str = Field(foreign_key="accounts.email", index=True)
    added_at: datetime
    private: bytes


class ErrandRow(Row, table=True):
    """What a browser took along and brings back once."""

    __tablename__ = "errands"

    name_index: bytes = Field(primary_key=True)
    expires_at: datetime = Field(index=True)
    private: bytes


class ApiTokenRow(Row, table=True):
    """A token by which a program acts for one colleague; `roles` is a sorted list in one line."""

    __tablename__ = "api_tokens"

    id: str = Field(primary_key=True)
    token_index: bytes = Field(unique=True)
    name: str
    owner: str = Field(index=True)
    roles: str
    made_at: datetime
    expires_at: datetime
    may_export: bool = False
    used_at: datetime | None = None
