"""Files that colleagues add to a copy of somebody's data, and the words they leave out of it."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("enclosures", "redactions"):
        data = [sa.Column("data", sa.LargeBinary(), nullable=False)] if table == "enclosures" else []
        op.create_table(
            table,
            sa.Column("id", AutoString(), nullable=False),
            sa.Column("case_id", AutoString(), nullable=False),
            sa.Column("private", sa.LargeBinary(), nullable=False),
            *data,
            sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{table}_case_id")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_case_id", table, ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("redactions")
    op.drop_table("enclosures")
