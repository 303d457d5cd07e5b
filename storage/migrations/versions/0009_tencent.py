"""What WeChat and WeCom let us do for a while, phone pages, and who acknowledged the notice about personal data"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_until", sa.BigInteger(), nullable=True),
        sa.Column("forced_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_credential")),
    )
    op.create_table(
        "reply_window",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(128), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_reply_window")),
    )
    op.create_table(
        "consent",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(128), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", "template", name=op.f("pk_consent")),
    )
    op.create_table(
        "card",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("task", sa.String(128), nullable=False),
        sa.Column("address", sa.String(128), nullable=False),
        sa.Column("code", sa.String(200), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "task", name=op.f("pk_card")),
    )
    op.create_index("ix_card_address", "card", ["channel", "address"])
    _batches()
    op.create_table(
        "claim",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(128), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_claim")),
    )
    _phones()
    _acknowledgements()


def _batches() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("addresses", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.add_column("outbox", sa.Column("tried_at", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_outbox_batch_id"), "outbox", ["batch_id"])


def _phones() -> None:
    op.create_table(
        "phone_link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_phone_link_member_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_phone_link")),
    )
    op.create_index(op.f("ix_phone_link_member_id"), "phone_link", ["member_id"])
    op.create_table(
        "phone_session",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("means", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_phone_session_member_id")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_phone_session")),
    )
    op.create_index(op.f("ix_phone_session_member_id"), "phone_session", ["member_id"])


def _acknowledgements() -> None:
    op.create_table(
        "acknowledgement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(128), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("shown_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("declined_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_acknowledgement_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint(
            "channel",
            "address",
            "version",
            "member_id",
            name=op.f("uq_acknowledgement_channel_address_version_member_id"),
        ),
    )
    op.create_index(op.f("ix_acknowledgement_member_id"), "acknowledgement", ["member_id"])
