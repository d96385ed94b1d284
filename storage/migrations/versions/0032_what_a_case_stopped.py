"""Which opt-outs a case put in force: whoever takes theirs back gets exactly those mailings again."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_suppressions_case", "suppressions", ["case_id"], sqlite_where=IN_FORCE, postgresql_where=IN_FORCE
    )


def downgrade() -> None:
    op.drop_index("ix_suppressions_case", table_name="suppressions")
