"""Whom a complaint keeps away from a case, so that no list and no count shows it to them.

Which colleagues these are is sealed with each case; those of a case that is there already are written with its next
change. Until then nothing but a count may tell of it.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conflicts",
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_conflicts_case_id")),
        sa.PrimaryKeyConstraint("case_id", "email", name=op.f("pk_conflicts")),
    )
    op.create_index(op.f("ix_conflicts_email"), "conflicts", ["email"])


def downgrade() -> None:
    op.drop_table("conflicts")
