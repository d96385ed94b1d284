"""Purge all that no case needs: our own copies, bounces and duplicates as well as other mail."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.drop_index("ix_messages_other", table_name="messages")
    op.create_index(
        "ix_messages_purgeable",
        "messages",
        ["received_at"],
        unique=False,
        **only("case_id IS NULL AND purged = false AND disposition IN ('other', 'ours', 'bounce', 'duplicate')"),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_purgeable", table_name="messages")
    op.create_index(
        "ix_messages_other",
        "messages",
        ["received_at"],
        unique=False,
        **only("disposition = 'other' AND purged = false"),
    )
