"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


ITEM_OPEN = "state IN ('open', 'clarifying', 'verifying', 'review', 'sending')"


def only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:  # noqa: PLR0915 - one table after the other
    op.create_table(
        "audit_heads",
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", AutoString(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_audit_heads")),
    )
    op.create_index(op.f("ix_audit_heads_shard"), "audit_heads", ["shard"], unique=False)
    op.create_table(
        "audit_links",
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", AutoString(), nullable=False),
        sa.Column("event", AutoString(), nullable=False),
        sa.Column("data", AutoString(), nullable=False),
        sa.Column("personal", AutoString(), nullable=False),
        sa.Column("hash", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_audit_links")),
    )
    op.create_table(
        "audit_rolls",
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("shard", name=op.f("pk_audit_rolls")),
    )
    op.create_table(
        "audit_salts",
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_audit_salts")),
    )
    op.create_table(
        "cases",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("reference", AutoString(), nullable=False),
        sa.Column("token_index", sa.LargeBinary(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("lane", AutoString(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("reference", name=op.f("uq_cases_reference")),
        sa.UniqueConstraint("token_index", name=op.f("uq_cases_token_index")),
    )
    op.create_index("ix_cases_due_on_id", "cases", ["due_on", "id"], unique=False)
    op.create_index("ix_cases_open", "cases", ["due_on", "id"], unique=False, **only("is_open = true"))
    op.create_table(
        "counter_hits",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_hits")),
    )
    op.create_index("ix_counter_hits_key_at", "counter_hits", ["key", "at"], unique=False)
    op.create_table(
        "counters",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_counters")),
    )
    op.create_table(
        "cursors",
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("watched_since", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_cursors")),
    )
    op.create_table(
        "customers",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("number_index", name=op.f("uq_customers_number_index")),
    )
    op.create_table(
        "key_proofs",
        sa.Column("key_id", AutoString(), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_proofs")),
    )
    op.create_table(
        "ledger",
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("event", AutoString(), nullable=False),
        sa.Column("message_id", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("source", "event", name=op.f("pk_ledger")),
    )
    op.create_index(op.f("ix_ledger_message_id"), "ledger", ["message_id"], unique=False)
    op.create_table(
        "occurrences",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_occurrences")),
    )
    op.create_table(
        "staff",
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("role", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("email", "role", name=op.f("pk_staff")),
    )
    op.create_table(
        "suppressions",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("handle_index", sa.LargeBinary(), nullable=False),
        sa.Column("scope", AutoString(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("case_id", AutoString(), nullable=True),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("handle", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
    )
    op.create_index("ix_suppressions_since", "suppressions", ["since", "id"], unique=False, **only("lifted_at IS NULL"))
    op.create_index(
        "uq_suppressions_in_force", "suppressions", ["handle_index", "scope"], unique=True, **only("lifted_at IS NULL")
    )
    op.create_table(
        "case_handles",
        sa.Column("handle_index", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_handles_case_id")),
        sa.PrimaryKeyConstraint("handle_index", "case_id", name=op.f("pk_case_handles")),
    )
    op.create_index(op.f("ix_case_handles_case_id"), "case_handles", ["case_id"], unique=False)
    op.create_table(
        "challenges",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("destination_index", sa.LargeBinary(), nullable=False),
        sa.Column("asked_index", sa.LargeBinary(), nullable=False),
        sa.Column("destination", sa.LargeBinary(), nullable=False),
        sa.Column("asked_of", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("on_record", sa.Boolean(), nullable=False),
        sa.Column("customer_id", AutoString(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_challenges_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
    )
    op.create_index("ix_challenges_case_id_asked_index", "challenges", ["case_id", "asked_index"], unique=False)
    op.create_index(
        "ix_challenges_destination_index_expires_at", "challenges", ["destination_index", "expires_at"], unique=False
    )
    op.create_index("uq_challenges_current", "challenges", ["case_id"], unique=True, **only("is_current = true"))
    op.create_table(
        "customer_handles",
        sa.Column("handle_index", sa.LargeBinary(), nullable=False),
        sa.Column("customer_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_handles_customer_id")),
        sa.PrimaryKeyConstraint("handle_index", "customer_id", name=op.f("pk_customer_handles")),
    )
    op.create_index(op.f("ix_customer_handles_customer_id"), "customer_handles", ["customer_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("status", AutoString(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_drafts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_case_id_created_at", "drafts", ["case_id", "created_at"], unique=False)
    op.create_index("ix_drafts_waiting", "drafts", ["created_at", "id"], unique=False, **only("status = 'waiting'"))
    op.create_table(
        "items",
        sa.Column("case_id", AutoString(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("right", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("clock", AutoString(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("promise_due", sa.Date(), nullable=False),
        sa.Column("statutory_due", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_items_case_id")),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_items")),
    )
    op.create_index("ix_items_open", "items", ["state"], unique=False, **only(ITEM_OPEN))
    op.create_table(
        "messages",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("channel", AutoString(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("disposition", AutoString(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("purged", sa.Boolean(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("case_id", AutoString(), nullable=True),
        sa.Column("raw_digest", sa.LargeBinary(), nullable=False),
        sa.Column("message_id_digest", sa.LargeBinary(), nullable=True),
        sa.Column("envelope", sa.LargeBinary(), nullable=True),
        sa.Column("parsed", sa.LargeBinary(), nullable=True),
        sa.Column("reading", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_case_id"), "messages", ["case_id"], unique=False)
    op.create_index(op.f("ix_messages_message_id_digest"), "messages", ["message_id_digest"], unique=False)
    op.create_index(
        "ix_messages_other",
        "messages",
        ["received_at"],
        unique=False,
        **only("disposition = 'other' AND purged = false"),
    )
    op.create_index(op.f("ix_messages_raw_digest"), "messages", ["raw_digest"], unique=False)
    op.create_index(
        "ix_messages_read", "messages", ["disposition", "id"], unique=False, **only("disposition <> 'received'")
    )
    op.create_index(
        "ix_messages_unread", "messages", ["due_at", "id"], unique=False, **only("disposition = 'received'")
    )
    op.create_index(
        "ix_messages_upstream",
        "messages",
        ["source", "id"],
        unique=False,
        **only("moved = false AND disposition IN ('case', 'duplicate')"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("draft_id", AutoString(), nullable=False),
        sa.Column("case_id", AutoString(), nullable=True),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("message_id_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id_index", name=op.f("uq_outbox_message_id_index")),
    )
    op.create_index("ix_outbox_case_id_created_at", "outbox", ["case_id", "created_at"], unique=False)
    op.create_index("ix_outbox_created_at_id", "outbox", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_outbox_draft_id"), "outbox", ["draft_id"], unique=False)
    op.create_index("ix_outbox_queued", "outbox", ["due_at", "id"], unique=False, **only("state = 'queued'"))
    op.create_index("ix_outbox_sending", "outbox", ["due_at"], unique=False, **only("state = 'sending'"))
    op.create_index(
        "ix_outbox_settled",
        "outbox",
        ["state", "created_at"],
        unique=False,
        **only("state NOT IN ('queued', 'sending')"),
    )
    op.create_table(
        "parts",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("message_id", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_parts_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts")),
    )
    op.create_index("uq_parts_message_id_number", "parts", ["message_id", "number"], unique=True)
    op.create_table(
        "part_chunks",
        sa.Column("part_id", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_part_chunks_part_id")),
        sa.PrimaryKeyConstraint("part_id", "number", name=op.f("pk_part_chunks")),
    )
    op.create_table(
        "part_keys",
        sa.Column("part_id", AutoString(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name=op.f("fk_part_keys_part_id")),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_part_keys")),
    )


def downgrade() -> None:
    op.drop_table("part_keys")
    op.drop_table("part_chunks")
    op.drop_table("parts")
    op.drop_table("outbox")
    op.drop_table("messages")
    op.drop_table("items")
    op.drop_table("drafts")
    op.drop_table("customer_handles")
    op.drop_table("challenges")
    op.drop_table("case_handles")
    op.drop_table("suppressions")
    op.drop_table("staff")
    op.drop_table("occurrences")
    op.drop_table("ledger")
    op.drop_table("key_proofs")
    op.drop_table("customers")
    op.drop_table("cursors")
    op.drop_table("counters")
    op.drop_table("counter_hits")
    op.drop_table("cases")
    op.drop_table("audit_salts")
    op.drop_table("audit_rolls")
    op.drop_table("audit_links")
    op.drop_table("audit_heads")
