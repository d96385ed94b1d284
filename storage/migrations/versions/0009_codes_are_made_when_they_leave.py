"""Codes are made when their letter leaves: a draft holds none."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("drafts", "secret")


def downgrade() -> None:
    op.add_column("drafts", sa.Column("secret", sa.LargeBinary(), nullable=True))
