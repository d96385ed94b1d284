"""Copies of the files that a chat platform keeps for a while."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_WANTED = sa.text("state = 'wanted'")


def upgrade() -> None:
    op.create_table(
        "copies",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("message_id", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("error", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_copies_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copies")),
    )
    op.create_index("ix_copies_message_id", "copies", ["message_id"], unique=False)
    op.create_index(
        "ix_copies_wanted", "copies", ["due_at", "id"], unique=False, sqlite_where=_WANTED, postgresql_where=_WANTED
    )


def downgrade() -> None:
    op.drop_table("copies")
