"""Count open cases by lane without opening their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("is_open = true")


def upgrade() -> None:
    op.drop_index("ix_cases_open", "cases")
    op.create_index("ix_cases_open", "cases", ["due_on", "id", "lane"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_cases_open", "cases")
    op.create_index("ix_cases_open", "cases", ["due_on", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
