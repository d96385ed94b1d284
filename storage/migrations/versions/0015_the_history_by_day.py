"""List the history of all cases by day."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_links_at_case_id_seq", "audit_links", ["at", "case_id", "seq"])


def downgrade() -> None:
    op.drop_index("ix_audit_links_at_case_id_seq", "audit_links")
