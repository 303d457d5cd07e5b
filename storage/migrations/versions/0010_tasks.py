"""Tasks with their plans, absences and wishes about reminders, own working days, and which process leads"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leadership",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leadership")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("deputy_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["deputy_id"], ["member.id"], name=op.f("fk_absence_deputy_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_absence_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_member_id"), "absence", ["member_id"])
    op.create_table(
        "mute",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_mute_member_id")),
        sa.PrimaryKeyConstraint("member_id", "kind", name=op.f("pk_mute")),
    )
    op.create_table(
        "reminding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("digest_at", sa.String(5), nullable=False),
        sa.Column("compulsory", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_reminding_member_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_reminding_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminding")),
        sa.UniqueConstraint("member_id", name=op.f("uq_reminding_member_id")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_reminding_unit_id")),
    )
    op.create_table(
        "task_plan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("through_on", sa.Date(), nullable=True),
        sa.Column("cursor", sa.String(120), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_plan_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_plan")),
        sa.UniqueConstraint("plan", "version", name=op.f("uq_task_plan_plan_version")),
    )
    op.create_index(op.f("ix_task_plan_unit_id"), "task_plan", ["unit_id"])
    op.create_table(
        "working_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_working_day_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_working_day_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_day")),
        sa.UniqueConstraint("unit_id", "day", name=op.f("uq_working_day_unit_id_day")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("obligation", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("issuer_id", sa.BigInteger(), nullable=True),
        sa.Column("issuer_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stance", sa.String(16), nullable=False),
        sa.Column("stance_at", sa.BigInteger(), nullable=True),
        sa.Column("figure", sa.BigInteger(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=True),
        sa.Column("reported_by", sa.BigInteger(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("wanted_reason", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issuer_id"], ["member.id"], name=op.f("fk_task_issuer_id")),
        sa.ForeignKeyConstraint(["issuer_unit_id"], ["unit.id"], name=op.f("fk_task_issuer_unit_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_task_member_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["task.id"], name=op.f("fk_task_parent_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["task_plan.id"], name=op.f("fk_task_plan_id")),
        sa.ForeignKeyConstraint(["reported_by"], ["member.id"], name=op.f("fk_task_reported_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["member.id"], name=op.f("fk_task_settled_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("key", name=op.f("uq_task_key")),
    )
    op.create_index(op.f("ix_task_issuer_id"), "task", ["issuer_id"])
    op.create_index(op.f("ix_task_issuer_unit_id"), "task", ["issuer_unit_id"])
    op.create_index("ix_task_member_state", "task", ["member_id", "state", "due_on"])
    op.create_index(op.f("ix_task_parent_id"), "task", ["parent_id"])
    op.create_index("ix_task_plan_period", "task", ["plan_id", "period", "obligation"])
    op.create_index("ix_task_state_due", "task", ["state", "due_on"])
    op.create_index("ix_task_unit_state", "task", ["unit_id", "state", "due_on"])
    op.create_table(
        "rectification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("fixed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["member.id"], name=op.f("fk_rectification_decided_by")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_rectification_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_rectification_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification")),
        sa.UniqueConstraint("key", name=op.f("uq_rectification_key")),
    )
    op.create_index(op.f("ix_rectification_unit_id"), "rectification", ["unit_id"])
    op.create_table(
        "task_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("deed", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_task_event_by_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_event_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_event")),
    )
    op.create_index(op.f("ix_task_event_task_id"), "task_event", ["task_id"])
    op.create_table(
        "task_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_task_mark_by_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_mark_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_mark")),
        sa.UniqueConstraint("task_id", "item", name=op.f("uq_task_mark_task_id_item")),
    )
    op.add_column("evidence", sa.Column("task_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_evidence_task_id"), "evidence", ["task_id"])
    op.add_column("outbox", sa.Column("claimed_until", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("going_at", sa.BigInteger(), nullable=True))
    op.drop_index("ix_notice_state", "notice")
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_notice_waiting", "notice", ["member_id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index(
        "ix_notice_waiting_kind", "notice", ["kind", "member_id"], sqlite_where=waiting, postgresql_where=waiting
    )
