"""What tells a demo from a house of real people: marks in its folder, or on a server in its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from storage import marks
from storage.engine import Connection, Store

UNFINISHED, DEMO = "unfinished", "demo"


@contextmanager
def marked(folder: Path) -> Iterator[None]:
    """Marks the folder as half made while it is being filled, and as a demo's when it is full."""
    (folder / UNFINISHED).touch()
    yield
    (folder / DEMO).touch()
    (folder / UNFINISHED).unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Throws away a demo whose making was cut short; whoever calls it holds the folder's lock."""
    if (folder / UNFINISHED).exists():
        for path in folder.glob("zhibu.db*"):
            path.unlink()
        (folder / UNFINISHED).unlink(missing_ok=True)


@contextmanager
def marked_there(store: Store, now: datetime) -> Iterator[None]:
    """The same on a server."""
    store.write(lambda connection: marks.put(connection, UNFINISHED, now))
    yield

    def full(connection: Connection) -> None:
        marks.put(connection, DEMO, now)
        marks.remove(connection, UNFINISHED)

    store.write(full)


def remove_unfinished_there(store: Store) -> None:
    """The same on a server; whoever calls it holds the lease of seeding."""

    def empty(connection: Connection) -> None:
        if marks.marked(connection, UNFINISHED):
            marks.wipe(connection)

    store.write(empty)


def is_demo(store: Store, folder: Path, *, on_server: bool) -> bool:
    """Whether a house that is not empty was filled by the demo."""
    if on_server:
        return store.read(lambda connection: marks.marked(connection, DEMO))
    return (folder / DEMO).exists()
