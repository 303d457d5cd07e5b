"""A file made in a process of its own, so that the chat does not wait for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from msgspec import structs

from console.files import About, write
from handlers.context import Context, Refused
from handlers.desk import Desk
from handlers.naming import filtered, names_of
from rules.access import Actor
from screens.filters import narrowed_words
from screens.lists import table_of
from screens.tables import Cell, Table, shown
from screens.texts import words

SLICE = 5_000
"""Lines read at once: memory holds so many, whatever the length of the list."""
CALMER = 5
"""By how much the process stands back behind the bot's own."""
Opened = Callable[[], AbstractContextManager[tuple[Desk, datetime]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made: of which list, the request, its filters as the form has them, and the way back."""

    kind: str
    request: Any
    narrowed: tuple[tuple[str, str], ...]
    back: str


@dataclass(frozen=True, slots=True)
class Job:
    """Everything another process needs: how to open the house, who asks what, and in which words and form."""

    opened: Opened
    actor: Actor
    wanted: Wanted
    now: datetime
    locale: str
    form: str
    path: Path


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file and its number of rows."""

    rows: int
    title: str


def make(job: Job) -> Made | Refused:
    """Reads the whole list in one snapshot, slice by slice, and writes it as it comes."""
    with job.opened() as (desk, _):
        answer: Made | Refused = desk.store.read(
            lambda connection: _write(desk.context(connection, job.actor, job.now), desk, job)
        )
        return answer


def _write(context: Context, desk: Desk, job: Job) -> Made | Refused:
    say = words(job.locale)
    first = desk.handle(context, _slice(job.wanted.request, 0))
    if isinstance(first, Refused):
        return first
    table = table_of(say, first)

    def rows() -> Iterator[tuple[Cell, ...]]:
        yield from table.rows
        for offset in range(SLICE, getattr(first, "total", 0), SLICE):
            yield from table_of(say, desk.handle(context, _slice(job.wanted.request, offset))).rows

    zone, narrowed = context.house.zone, dict(job.wanted.narrowed)
    facts = (
        (say("Table"), table.title),
        (say("As of"), shown(job.now, zone)),
        (say("Made by"), job.actor.name),
        *narrowed_words(say, job.wanted.kind, narrowed, names_of(context, filtered(narrowed))),
    )
    whole = Table(table.title, table.columns, rows())
    return Made(write(job.path, job.form, whole, About(say("About this file"), facts), zone), table.title)


def _slice(request: Any, offset: int) -> Any:
    """The request for some rows of the list; one that has no pages is asked as it is."""
    if not hasattr(request, "offset"):
        return request
    more = {"whole": True} if hasattr(request, "whole") else {}
    return structs.replace(request, offset=offset, limit=SLICE, **more)


def _stand_back() -> None:
    os.nice(CALMER)


def in_another_process(job: Job) -> Made | Refused:
    """Runs a job in a fresh process that ends with it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_stand_back) as pool:
        return pool.submit(make, job).result()


async def made(job: Job) -> tuple[Made, IO[bytes]] | Refused:
    """The finished file, open and already without a name: nothing is left behind whatever happens next."""
    folder = await asyncio.to_thread(TemporaryDirectory, prefix="zhibu-")
    try:
        path = Path(folder.name) / "file"
        answer = await asyncio.to_thread(in_another_process, replace(job, path=path))
        if isinstance(answer, Refused):
            return answer
        return answer, await asyncio.to_thread(path.open, "rb")
    finally:
        await asyncio.to_thread(folder.cleanup)
