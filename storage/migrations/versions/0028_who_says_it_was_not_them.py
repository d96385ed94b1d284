"""Since when somebody says that it was not them who asked, until a colleague settled it."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STANDS = sa.text("denied_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("denied_at", UTCDateTime(), nullable=True))
    op.create_index("ix_cases_denied", "cases", ["denied_at"], sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    op.drop_index("ix_cases_denied", table_name="cases")
    op.drop_column("cases", "denied_at")
