"""Since when a legal hold keeps a case: whoever erases a customer looks at every such case."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

STANDS = sa.text("held_since IS NOT NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("held_since", UTCDateTime(), nullable=True))
    op.create_index("ix_cases_held", "cases", ["held_since"], sqlite_where=STANDS, postgresql_where=STANDS)
    # Whether a hold still stands is sealed: every case that may have one is looked at, and says so itself.
    op.execute(
        "UPDATE cases SET held_since = (SELECT max(at) FROM audit_links WHERE audit_links.case_id = cases.id"
        " AND event IN ('held', 'joined', 'opened')) WHERE id IN"
        " (SELECT case_id FROM audit_links WHERE event IN ('held', 'joined')"
        " OR (event = 'opened' AND data LIKE '%\"from\":%'))"
    )


def downgrade() -> None:
    op.drop_index("ix_cases_held", table_name="cases")
    op.drop_column("cases", "held_since")
