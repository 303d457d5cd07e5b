"""How fast the committee's lists answer over a million entries, and how long a file of ten thousand rows takes."""

from __future__ import annotations

import http.client
import io
import re
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy import orm

from benchmarks.figure import Figure, against
from benchmarks.process import HOST, HOUSE, Failed, Samples, Server, demo
from benchmarks.town import NEWEST, town
from rules.periods import shift

PAGES_P95, EXPORT = "console_p95_ms", "export_10k_s"
FULL, SMALL = 12, 8
"""Rounds: each asks every page of `pages` once."""
EXPORTS = 3
IDLE_S = 2.0
BASELINE = 9
LAST = shift(NEWEST, -1)


@dataclass(slots=True)
class Browser:
    """One person on one kept connection, signed in."""

    port: int
    persona: str
    cookie: str = ""
    line: http.client.HTTPConnection | None = None
    used: float = 0.0

    def open(self) -> None:
        """Signs in through the demo's door."""
        answer, _ = self.ask("GET", f"/demo/console?persona={self.persona}")
        found = re.match(r"[^;]+", answer.getheader("set-cookie") or "")
        if answer.status != 303 or found is None:
            raise Failed(f"{self.persona} could not sign in: {answer.status}")
        self.cookie = found[0]

    def ask(self, method: str, path: str, body: str = "") -> tuple[http.client.HTTPResponse, bytes]:
        """One request and its whole answer."""
        if self.line is None:
            self.line = http.client.HTTPConnection(HOST, self.port, timeout=300)
        headers = {"Cookie": self.cookie} | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        self.line.request(method, path, body or None, headers)
        answer = self.line.getresponse()
        content = answer.read()
        self.used = perf_counter()
        return answer, content

    def _fresh(self) -> None:
        """A new line when the old one was idle for long: the server ends it after five seconds."""
        if self.line is not None and perf_counter() - self.used > IDLE_S:
            self.line.close()
            self.line = None

    def timed(self, path: str) -> float:
        """Milliseconds until the last byte of a page."""
        self._fresh()
        began = perf_counter()
        answer, _ = self.ask("GET", path)
        taken = (perf_counter() - began) * 1000
        if answer.status != 200:
            raise Failed(f"{path} answered {answer.status} to {self.persona}")
        return taken

    def take(self, **fields: str) -> tuple[float, bytes]:
        """Seconds until the last byte of a file, and the file."""
        self._fresh()
        _, page = self.ask("GET", "/console/exports")
        key = re.search(rb'name="csrf" value="([^"]+)"', page)
        if key is None:
            raise Failed("The page of exports has no form.")
        began = perf_counter()
        answer, content = self.ask("POST", "/console/exports/make", urlencode({"csrf": key[1].decode(), **fields}))
        taken = perf_counter() - began
        if answer.status != 200:
            raise Failed(f"The file was answered with {answer.status}.")
        return taken, content


def pages() -> list[tuple[str, str]]:
    """Who asks for what: every list, with usual filters, its first and its deepest pages."""
    lines, ledger = "/console/declarations", "/console/ledger"
    month = f"period={LAST}"
    everybody = [
        f"{lines}?{month}",
        f"{lines}?{month}&page=2",
        f"{lines}?{month}&state=returned",
        f"{lines}?{month}&criterion=P01",
        f"{lines}?{month}&source=organisation&sort=oldest",
        f"{lines}?{month}&sort=most",
        f"{lines}?{month}&text=9",
        f"{lines}/months?{month}",
        f"{ledger}?{month}",
        f"{ledger}?{month}&criterion=P01",
        "/console/deliveries?first=2026-11-01&last=2026-11-30",
        "/console/deliveries/unreached",
        "/console/publication",
    ]
    deep = {"m00000": 3, "officer0": 70, "committee": 1700}
    asked = [(persona, path) for persona in deep for path in everybody]
    for persona, last in deep.items():
        asked += [(persona, f"{lines}?{month}&page={last}"), (persona, f"{ledger}?{month}&page={last}")]
    asked += [
        ("m00000", f"{lines}?period="),
        ("m00000", f"{lines}/queue"),
        ("committee", f"{lines}?period=&member=m00107"),
        ("committee", f"{ledger}?period=2026&member=m00107"),
        ("committee", "/console/trail?first=2026-10-20&last=2026-10-22"),
        ("committee", "/console/trail?first=2026-10-01&last=2026-11-22&action=approve&page=900"),
    ]
    return asked


@contextmanager
def console(samples: Samples) -> Iterator[Server]:
    """The demo's server on a copy of the town."""
    folder = samples.work / "town"
    if not folder.exists():
        shutil.copytree(town(HOUSE / "build"), folder)
        (folder / "demo").touch()
    with demo(samples.work, folder) as server:
        server.start(120)
        yield server


def p95(samples: Samples, full: bool) -> list[Figure]:
    """The 95th percentile over all pages, each asked several times; client and server share the machine."""
    rounds = FULL if full else SMALL
    with console(samples) as server:
        browsers = {persona: Browser(server.port, persona) for persona in ("m00000", "officer0", "committee")}
        for browser in browsers.values():
            browser.open()
        taken: dict[tuple[str, str], list[float]] = {page: [] for page in pages()}
        worked: list[float] = []
        for _ in range(rounds):
            for (persona, path), times in taken.items():
                before = server.worked_ms()
                times.append(browsers[persona].timed(path))
                worked.append(server.worked_ms() - before)
    every = [each for times in taken.values() for each in times]
    slowest = max(taken, key=lambda page: median(taken[page]))
    naive = _naive(samples.work / "town" / "zhibu.db")
    detail = (
        f"{len(every)} requests of {len(taken)} list pages by a secretary, an officer and a committee member, one "
        f"client on a kept connection, until the last byte; 10,000 members, 1,000,000 entries, SQLite; p50 "
        f"{median(every):.0f} ms, slowest page {median(taken[slowest]):.0f} ms (median): {slowest[0]} {slowest[1]}; "
        f"the server worked {median(worked):.0f} ms on a page (p50) and {_p95(worked):.0f} ms (p95); "
        f"baseline: p95 of the same first page of lines by ORM objects and a count without the index, no HTTP"
    )
    return [against(PAGES_P95, _p95(every), "ms", naive, detail)]


def _p95(times: list[float]) -> float:
    return quantiles(times, n=100, method="inclusive")[94]


class Base(orm.DeclarativeBase):
    """Tables of the naive list."""


class Member(Base):
    """A member."""

    __tablename__ = "member"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]


class Unit(Base):
    """A unit."""

    __tablename__ = "unit"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]


class Line(Base):
    """A line, with what it points to read one by one."""

    __tablename__ = "line"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    period: orm.Mapped[str]
    state: orm.Mapped[str]
    points: orm.Mapped[int]
    member_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("member.id"))
    unit_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("unit.id"))
    member: orm.Mapped[Member] = orm.relationship()
    unit: orm.Mapped[Unit] = orm.relationship()


def _naive(path: Path) -> float:
    """Milliseconds (95th percentile) of the list as one writes it at first."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP INDEX IF EXISTS ix_line_list")
        connection.commit()
    engine = sa.create_engine(f"sqlite:///{path}")
    taken = []
    for _ in range(BASELINE):
        began = perf_counter()
        with orm.Session(engine) as session:
            wanted = (Line.period == LAST, Line.state != "draft")
            session.scalar(sa.select(sa.func.count()).select_from(Line).where(*wanted))
            rows = session.scalars(sa.select(Line).where(*wanted).order_by(Line.id.desc()).limit(50))
            "".join(f"{row.member.name}{row.unit.name}{row.points}" for row in rows)
        taken.append((perf_counter() - began) * 1000)
    engine.dispose()
    shutil.rmtree(path.parent)  # without its index it serves nothing else
    return _p95(taken)


def export(samples: Samples, full: bool) -> list[Figure]:
    """Seconds from the button to the last byte of an Excel file, and what it does to the pages of others."""
    asked = {"list": "lines", "form": "xlsx", "period": LAST, "criterion": "P01", "source": "member"}
    with console(samples) as server:
        committee, secretary = Browser(server.port, "committee"), Browser(server.port, "m00000")
        committee.open()
        secretary.open()
        taken = [committee.take(**asked) for _ in range(EXPORTS if full else 2)]
        alone = _pace(secretary, None)
        with ThreadPoolExecutor(1) as hand:
            whole = {"list": "lines", "form": "xlsx", "period": LAST}
            beside = _pace(secretary, hand.submit(committee.take, **whole))
    rows, openpyxl = _again(taken[-1][1])
    detail = (
        f"median of {len(taken)} files of {rows} rows and 18 columns, process start, audit, transfer included; while a "
        f"file of a whole month is made another client gets {beside:.0f} pages a second, {alone:.0f} without; "
        f"baseline: openpyxl writing the same rows, nothing else"
    )
    return [against(EXPORT, median(seconds for seconds, _ in taken), "s", openpyxl, detail)]


def _pace(browser: Browser, until: Future[Any] | None) -> float:
    """Pages a second: until something else is done, or for a hundred pages."""
    count, began = 0, perf_counter()
    while count < 100 if until is None else not until.done():
        browser.timed("/console/declarations/queue")
        count += 1
    if until is not None:
        until.result()
    return count / (perf_counter() - began)


def _again(content: bytes) -> tuple[int, float]:
    """The number of rows of a file, and the seconds openpyxl takes to write them."""
    from openpyxl import Workbook, load_workbook

    rows = list(load_workbook(io.BytesIO(content), read_only=True).worksheets[0].iter_rows(values_only=True))
    began = perf_counter()
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(io.BytesIO())
    return len(rows) - 1, perf_counter() - began
