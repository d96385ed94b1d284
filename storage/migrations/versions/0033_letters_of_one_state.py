"""Letters of one state by their age: the few that wait are found without walking through all that ever left."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

LEAVING = sa.text("state IN ('queued', 'sending')")
SETTLED = sa.text("state NOT IN ('queued', 'sending')")


def upgrade() -> None:
    _create("ix_outbox_leaving", ["created_at", "id"], LEAVING)
    op.drop_index("ix_outbox_settled", table_name="outbox")
    _create("ix_outbox_settled", ["state", "created_at", "id"], SETTLED)


def downgrade() -> None:
    op.drop_index("ix_outbox_settled", table_name="outbox")
    _create("ix_outbox_settled", ["state", "created_at"], SETTLED)
    op.drop_index("ix_outbox_leaving", table_name="outbox")


def _create(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)
