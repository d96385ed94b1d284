"""Keep the reasons colleagues give, sealed, beside the links of the history that hold their hashes."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_reasons",
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_audit_reasons")),
    )


def downgrade() -> None:
    op.drop_table("audit_reasons")
