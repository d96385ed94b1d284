"""News for other systems of the company, until they heard it."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("subscriber", AutoString(), nullable=False),
        sa.Column("happening", AutoString(), nullable=False),
        sa.Column("case_id", AutoString(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("error", AutoString(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_announcements_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index("ix_announcements_subscriber", "announcements", ["subscriber"])
    op.create_index("ix_announcements_case_id", "announcements", ["case_id"])
    to_tell = sa.text("parked = false")
    op.create_index(
        "ix_announcements_to_tell",
        "announcements",
        ["due_at", "id"],
        sqlite_where=to_tell,
        postgresql_where=to_tell,
    )


def downgrade() -> None:
    op.drop_table("announcements")
