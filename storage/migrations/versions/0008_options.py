"""Lines keep which option was chosen and which matter they are about"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("line", sa.Column("option", sa.String(64)))
    op.add_column("line", sa.Column("matter", sa.String(200)))
