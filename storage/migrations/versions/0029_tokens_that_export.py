"""Which tokens hand out what colleagues get after giving their password again."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_tokens", sa.Column("may_export", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("api_tokens") as tokens:
        tokens.alter_column("may_export", server_default=None)


def downgrade() -> None:
    op.drop_column("api_tokens", "may_export")
