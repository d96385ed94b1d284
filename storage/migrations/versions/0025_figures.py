"""Counts of what is destroyed, and requests found by when they came in."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("measure", AutoString(), nullable=False),
        sa.Column("value", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week", "measure", "value", name=op.f("pk_tallies")),
    )
    op.create_index("ix_items_received_at", "items", ["received_at"])


def downgrade() -> None:
    op.drop_index("ix_items_received_at", "items")
    op.drop_table("tallies")
