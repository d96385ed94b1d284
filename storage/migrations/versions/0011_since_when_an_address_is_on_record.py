"""Since when an address is on record of somebody known before it: data go there after 72 hours (law.md rule 12)."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer_handles", sa.Column("since", UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("customer_handles", "since")
