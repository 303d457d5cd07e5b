"""What an actor reaches, as a condition of a query."""

from __future__ import annotations

import sqlalchemy as sa

from rules.access import Reach
from storage.members import unit


def inside(reach: Reach) -> sa.ColumnElement[bool]:
    """The joined unit is reached; nothing is, when the reach is empty."""
    below = [unit.c.path.startswith(path, autoescape=True) for path in sorted(reach.paths)]
    return sa.or_(unit.c.id.in_(sorted(reach.units)), *below)
