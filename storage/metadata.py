"""The one MetaData that every subject's tables register with."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identifier() -> sa.Column[int]:
    """The row number: 64 bits, never used twice."""
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)


def refers(name: str, target: str, *, nullable: bool = False, index: bool = False) -> sa.Column[int]:
    """A column that points to another table's row."""
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(target), nullable=nullable, index=index)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index of some rows; PostgreSQL learns which in storage/tables.py, as its dialect is slow to load."""
    return sa.Index(name, *columns, unique=unique, sqlite_where=sa.text(where), info={"where": where})
