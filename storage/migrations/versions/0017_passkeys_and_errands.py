"""Passkeys, and what a browser brings back once."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passkeys",
        sa.Column("key_index", sa.LargeBinary(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["email"], ["accounts.email"], name=op.f("fk_passkeys_email")),
        sa.PrimaryKeyConstraint("key_index", name=op.f("pk_passkeys")),
    )
    op.create_index(op.f("ix_passkeys_email"), "passkeys", ["email"])
    op.create_table(
        "errands",
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name_index", name=op.f("pk_errands")),
    )
    op.create_index(op.f("ix_errands_expires_at"), "errands", ["expires_at"])


def downgrade() -> None:
    op.drop_table("errands")
    op.drop_table("passkeys")
