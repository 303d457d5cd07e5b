"""The tables of tasks: plans, tasks, what happened to each, scores of an item sheet, and rectifications."""

from __future__ import annotations

import sqlalchemy as sa

from storage.kinds import Instant, Json, Points
from storage.metadata import identifier, metadata, refers

plan = sa.Table(
    "task_plan",
    metadata,
    identifier(),
    sa.Column("plan", sa.String(64), nullable=False),
    sa.Column("version", sa.String(32), nullable=False),
    refers("unit_id", "unit.id", index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("through_on", sa.Date),
    sa.Column("cursor", sa.String(120), nullable=False, server_default=""),
    sa.UniqueConstraint("plan", "version"),
)
"""A plan (任务计划) in force for a unit and all below it from a day on; a version never changes. All that falls up to
`through_on` is issued; `cursor` is how far within the days after it."""
task = sa.Table(
    "task",
    metadata,
    identifier(),
    sa.Column("key", sa.String(160), nullable=False, unique=True),
    refers("plan_id", "task_plan.id", nullable=True),
    sa.Column("obligation", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    refers("parent_id", "task.id", nullable=True, index=True),
    sa.Column("period", sa.String(10), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    refers("unit_id", "unit.id"),
    refers("member_id", "member.id", nullable=True),
    sa.Column("role", sa.String(32), nullable=False),
    refers("issuer_id", "member.id", nullable=True, index=True),
    refers("issuer_unit_id", "unit.id", index=True),
    sa.Column("terms", Json),
    sa.Column("issued_at", Instant, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("stance", sa.String(16), nullable=False),
    sa.Column("stance_at", Instant),
    sa.Column("figure", Points),
    sa.Column("report", sa.Text, nullable=False),
    sa.Column("reported_at", Instant),
    refers("reported_by", "member.id", nullable=True),
    sa.Column("done_on", sa.Date),
    sa.Column("settled_at", Instant),
    refers("settled_by", "member.id", nullable=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("wanted_on", sa.Date),
    sa.Column("wanted_reason", sa.Text, nullable=False),
    sa.Column("edition", sa.Integer, nullable=False),
    sa.Index("ix_task_unit_state", "unit_id", "state", "due_on"),
    sa.Index("ix_task_member_state", "member_id", "state", "due_on"),
    sa.Index("ix_task_state_due", "state", "due_on"),
    sa.Index("ix_task_plan_period", "plan_id", "period", "obligation"),
)
"""A task (任务) of a unit. `member_id` carries it; None: whoever holds `role` in the unit. `terms` is None for those of
a plan, whose text has them; `issuer_unit_id` is the unit whose officers and committee decide about it. `wanted_on` is
the day an extension was asked for and not decided. `edition` grows with every change."""
event = sa.Table(
    "task_event",
    metadata,
    identifier(),
    refers("task_id", "task.id", index=True),
    sa.Column("at", Instant, nullable=False),
    refers("by_id", "member.id", nullable=True),
    sa.Column("deed", sa.String(32), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("facts", Json),
)
"""What happened to a task, in order; `by_id` None is the system."""
mark = sa.Table(
    "task_mark",
    metadata,
    identifier(),
    refers("task_id", "task.id"),
    sa.Column("item", sa.String(64), nullable=False),
    sa.Column("points", Points, nullable=False),
    sa.Column("note", sa.String(500), nullable=False),
    refers("by_id", "member.id"),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("task_id", "item"),
)
"""What an instructor gave for an item of a task's item sheet."""
rectification = sa.Table(
    "rectification",
    metadata,
    identifier(),
    sa.Column("key", sa.String(160), nullable=False, unique=True),
    refers("unit_id", "unit.id", index=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("proposed_at", Instant, nullable=False),
    sa.Column("decided_at", Instant),
    refers("decided_by", "member.id", nullable=True),
    sa.Column("reason", sa.Text, nullable=False),
    refers("task_id", "task.id", nullable=True),
    sa.Column("fixed_at", Instant),
)
"""A weak item of a unit (软弱涣散整顿): proposed, listed with a task that follows it until fixed, or dismissed."""
