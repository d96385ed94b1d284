"""What has to be done before a letter may say that it was done."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_case_id", "tasks", ["case_id"], unique=False)
    still_open = sa.text("is_open = true")
    op.create_index("ix_tasks_open", "tasks", ["id"], sqlite_where=still_open, postgresql_where=still_open)


def downgrade() -> None:
    op.drop_table("tasks")
