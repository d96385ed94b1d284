"""Who sees to a case, and what colleagues remark on it."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_assignments_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_email"), "assignments", ["email"])
    op.create_table(
        "remarks",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_remarks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index(op.f("ix_remarks_case_id"), "remarks", ["case_id"])


def downgrade() -> None:
    op.drop_table("remarks")
    op.drop_table("assignments")
