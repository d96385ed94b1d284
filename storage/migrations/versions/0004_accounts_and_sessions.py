"""Accounts and sessions: colleagues come in through the console."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_accounts")),
    )
    op.create_table(
        "devices",
        sa.Column("token_index", sa.LargeBinary(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_index", "email", name=op.f("pk_devices")),
    )
    op.create_table(
        "invitations",
        sa.Column("token_index", sa.LargeBinary(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token_index", name=op.f("pk_invitations")),
        sa.UniqueConstraint("email", name=op.f("uq_invitations_email")),
    )
    op.create_index(op.f("ix_invitations_expires_at"), "invitations", ["expires_at"])
    op.create_table(
        "sessions",
        sa.Column("token_index", sa.LargeBinary(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("stage", AutoString(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("proved_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_index", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_email"), "sessions", ["email"])
    op.create_index(op.f("ix_sessions_opened_at"), "sessions", ["opened_at"])
    op.create_table(
        "recovery_codes",
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["email"], ["accounts.email"], name=op.f("fk_recovery_codes_email")),
        sa.PrimaryKeyConstraint("email", "code_index", name=op.f("pk_recovery_codes")),
    )


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_table("sessions")
    op.drop_table("invitations")
    op.drop_table("devices")
    op.drop_table("accounts")
