"""Fragments of one conversation: what gathers it, what joins that, and their end with other mail's."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PURGEABLE = "case_id IS NULL AND purged = false AND disposition IN ('other', 'ours', 'bounce', 'duplicate'{})"


def only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.add_column("messages", sa.Column("gathers", sa.LargeBinary(), nullable=True))
    op.add_column("messages", sa.Column("joins", sa.String(), nullable=True))
    op.create_index("uq_messages_gathers", "messages", ["gathers"], unique=True, **only("gathers IS NOT NULL"))
    op.create_index("ix_messages_joins", "messages", ["joins"], unique=False, **only("joins IS NOT NULL"))
    op.drop_index("ix_messages_purgeable", table_name="messages")
    op.create_index("ix_messages_purgeable", "messages", ["received_at"], **only(PURGEABLE.format(", 'fragment'")))


def downgrade() -> None:
    op.drop_index("ix_messages_purgeable", table_name="messages")
    op.create_index("ix_messages_purgeable", "messages", ["received_at"], **only(PURGEABLE.format("")))
    op.drop_index("ix_messages_joins", table_name="messages")
    op.drop_index("uq_messages_gathers", table_name="messages")
    op.drop_column("messages", "joins")
    op.drop_column("messages", "gathers")
