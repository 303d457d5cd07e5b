"""How long years of an invented city take, beside the driver alone writing the rows that they leave."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from time import perf_counter

from benchmarks.figure import Figure, against
from benchmarks.process import Failed, Samples
from bot.simulation.city import Size
from bot.simulation.run import Simulation
from storage.upgrade import upgrade

NAME = "simulate_ten_years_s"
YEARS, MEMBERS = 10, 10_000
SMALL = 500


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Ten years, the last one with members; a year alone when measured with others."""
    count, members = (YEARS, MEMBERS) if full else (1, SMALL)
    folder = samples.work / "simulated"
    folder.mkdir()
    began = perf_counter()
    simulation = Simulation(folder, Size(members), count, 1)
    try:
        found = simulation.run(lambda _: None)
    finally:
        simulation.close()
    seconds = perf_counter() - began
    if broken := {year.year: year.broken for year in found if year.broken}:
        raise Failed(f"what must hold does not: {broken}")
    rows, plain = _plain(folder / "zhibu.db", samples.work / "plain.db")
    issued, digests = (sum(year.figures[name] for year in found) for name in ("issued", "digests"))
    detail = (
        f"{count} years of 97 organisations with 400 branches, the last with {members} members: {issued} tasks, "
        f"{digests} digests; baseline: the {rows} rows it left written by the driver alone"
    )
    return [against(NAME, seconds, "s", plain, detail)]


def _plain(made: Path, copy: Path) -> tuple[int, float]:
    """How many rows there are, and the seconds of writing them anew in one transaction, row by row from memory."""
    upgrade(copy)
    with closing(sqlite3.connect(made)) as source, closing(sqlite3.connect(copy)) as target:
        names = [
            name
            for (name,) in source.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if not name.startswith(("sqlite_", "alembic_"))
        ]
        found = {name: source.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        began = perf_counter()
        for name, rows in found.items():
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                target.executemany(f'INSERT OR REPLACE INTO "{name}" VALUES ({marks})', rows)
        target.commit()
        return sum(map(len, found.values())), perf_counter() - began
