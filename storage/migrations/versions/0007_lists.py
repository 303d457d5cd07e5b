"""Indices for the lists of lines, entries, messages and deeds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOTED = sa.text("note != ''")


def upgrade() -> None:
    op.create_index("ix_line_unit_period", "line", ["unit_id", "period"])
    op.create_index("ix_line_list", "line", ["period", "id", "state", "unit_id", "criterion", "source", "points"])
    op.create_index("ix_line_note", "line", ["period", "note"], sqlite_where=NOTED, postgresql_where=NOTED)
    op.create_index("ix_entry_list", "entry", ["period", "id", "unit_id", "criterion", "points"])
    op.create_index("ix_entry_unit_period", "entry", ["unit_id", "period"])
    op.create_index("ix_outbox_made_at", "outbox", ["made_at", "state", "class"])
    op.create_index("ix_audit_subject", "audit", ["subject", "subject_id"])
    op.create_index("ix_audit_at", "audit", ["at", "actor_id", "action"])
