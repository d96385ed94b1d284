"""Since when a breach is known that nobody has assessed yet (Art. 33)."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STANDS = sa.text("aware_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("aware_at", UTCDateTime(), nullable=True))
    op.create_index("ix_cases_breach", "cases", ["aware_at"], sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    op.drop_index("ix_cases_breach", table_name="cases")
    op.drop_column("cases", "aware_at")
