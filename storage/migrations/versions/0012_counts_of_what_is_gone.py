"""Counts, which are all that is left of cases whose time is over."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counts",
        sa.Column("month", AutoString(), nullable=False),
        sa.Column("right", AutoString(), nullable=False),
        sa.Column("ended", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "right", "ended", name=op.f("pk_counts")),
    )


def downgrade() -> None:
    op.drop_table("counts")
