"""Find cases and customers by the words of their names."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, of in (("case_names", "case"), ("customer_names", "customer")):
        op.create_table(
            table,
            sa.Column("word_index", sa.LargeBinary(), nullable=False),
            sa.Column(f"{of}_id", AutoString(), nullable=False),
            sa.ForeignKeyConstraint([f"{of}_id"], [f"{of}s.id"], name=op.f(f"fk_{table}_{of}_id")),
            sa.PrimaryKeyConstraint("word_index", f"{of}_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_{of}_id"), table, [f"{of}_id"])


def downgrade() -> None:
    op.drop_table("customer_names")
    op.drop_table("case_names")
