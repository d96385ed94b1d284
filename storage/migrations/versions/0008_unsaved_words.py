"""Unsaved words: what a colleague types outlives a crash."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsaved_words",
        sa.Column("draft_id", AutoString(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_unsaved_words_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "email", name=op.f("pk_unsaved_words")),
    )
    op.create_index(op.f("ix_unsaved_words_at"), "unsaved_words", ["at"])


def downgrade() -> None:
    op.drop_table("unsaved_words")
