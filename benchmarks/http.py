"""How many confirm presses a second the webhook makes durable and answers, on one core under `wrk`."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figure import Figure, against
from benchmarks.pressing import prepared
from benchmarks.process import HOST, NOW, Failed, Samples, Server

NAME = "declare_http"
FULL_S, SMALL_S = 4, 2
ROUNDS, MOST_A_SECOND = 3, 1_400
CONNECTIONS = 64
SECRET = "benchmark-secret"
SCRIPT = """
-- wrk asks once to look at the request and throws that away: number 0
local bodies, next_one = {}, 0
for line in io.lines("%s") do bodies[#bodies + 1] = line end
local head = { ["Content-Type"] = "application/json", ["X-Telegram-Bot-Api-Secret-Token"] = "%s" }
request = function()
  local body = bodies[next_one]
  next_one = next_one + 1
  if body == nil then return wrk.format("GET", "/healthz") end
  return wrk.format("POST", "/hooks/telegram", head, body)
end
response = function(status)
  if status ~= 200 then print("status " .. status) end
  if next_one > #bodies then print("no bodies left"); wrk.thread:stop() end
end
"""


WRK = re.compile(r"99%\s+([\d.]+)(us|ms|s)\s.*?(\d+) requests in.*?Requests/sec:\s+([\d.]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """Presses a second, and what one left in the database."""

    answered: int
    per_second: float
    p99_ms: float
    rows: dict[str, int]


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Presses a second from the webhook's body to the answer after the commit, in turns with the naive bot."""
    seconds = FULL_S if full else SMALL_S
    folder, spare = samples.copy(), samples.work / "naive-press"
    bodies = prepared(folder, ROUNDS * seconds * MOST_A_SECOND)
    shutil.copytree(folder, spare)
    own: list[Run] = []
    naive: list[Run] = []
    with (
        Server(samples.work, "benchmarks.sink", "{port}", core=1) as sink,
        Server(samples.work, "benchmarks.naive_hook", "{port}", str(spare / "zhibu.db"), core=0) as rival,
        telegram(samples.work, folder, sink) as server,
    ):
        for each in (sink, rival, server):
            each.start()
        for number in range(ROUNDS):
            some = bodies[number::ROUNDS]
            naive.append(pressed(samples.work, rival.port, spare / "zhibu.db", some, seconds))
            own.append(pressed(samples.work, server.port, folder / "zhibu.db", some, seconds))
    if any(run.rows != naive[0].rows for run in [*own, *naive]):
        raise Failed(f"The two bots do not write the same rows a press: {own} and {naive}.")
    return [_figure(own, naive, seconds)]


def _figure(own: list[Run], naive: list[Run], seconds: int) -> Figure:
    """The round in the middle, by the ratio of its two runs."""
    rounds = sorted(zip(own, naive, strict=True), key=lambda both: both[0].per_second / both[1].per_second)
    ours, theirs = rounds[len(rounds) // 2]
    ratios = ", ".join(f"{a.per_second / b.per_second:.1f}" for a, b in rounds)
    detail = (
        f"{ours.answered} presses in {seconds} s ({theirs.answered} for the baseline), wrk with {CONNECTIONS} "
        f"connections on the other core, p99 {ours.p99_ms:.0f} ms ({theirs.p99_ms:.0f}); the middle of {ROUNDS} rounds "
        f"in turn, ratios {ratios}; rows a press: {ours.rows}; baseline: Starlette, python-telegram-bot's Update, one "
        f"ORM session and transaction an update, same rows, SQLite synchronous=FULL"
    )
    return against(NAME, ours.per_second, "per second", theirs.per_second, detail)


def telegram(work: Path, folder: Path, sink: Server) -> Server:
    """The demo with Telegram by webhook."""
    settings = {
        "ZHIBU_TELEGRAM_TOKEN": "1:benchmark",
        "ZHIBU_TELEGRAM_API": f"http://{HOST}:{sink.port}",
        "ZHIBU_TELEGRAM_MODE": "webhook",
        "ZHIBU_TELEGRAM_SECRET": SECRET,
    }
    command = ("bot", "demo", "--data", str(folder), "--port", "{port}", "--now", NOW)
    return Server(work, *command, core=0, settings=settings)


def pressed(work: Path, port: int, database: Path, bodies: list[bytes], seconds: int) -> Run:
    """Presses by `wrk`, each of which must be durable when it is answered."""
    wrk = shutil.which("wrk") or installed("wrk")
    lines, script = work / "bodies.jsonl", work / "press.lua"
    lines.write_bytes(b"\n".join(bodies) + b"\n")
    script.write_text(SCRIPT % (lines, SECRET))
    before = rows(database)
    ran = subprocess.run(
        [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", script, f"http://{HOST}:{port}"],
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {1}),
    )
    told = WRK.search(ran.stdout)
    if told is None or "status" in ran.stdout or "no bodies" in ran.stdout:
        raise Failed(f"wrk did not get what it asked for: {(ran.stdout + ran.stderr)[-600:]}")
    answered, p99 = int(told[3]), float(told[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[told[2]]
    made = {name: number - before[name] for name, number in rows(database).items()}
    if not answered <= made["messages"] <= answered + CONNECTIONS:
        raise Failed(f"{answered} presses were answered, {made['messages']} are stored.")
    each = {name: round(number / made["messages"]) for name, number in made.items()}
    return Run(answered, float(told[4]), p99, each)


ROWS = {
    "messages": "SELECT count(*) FROM inbox",
    "lines": "SELECT count(*) FROM line WHERE state = 'submitted'",
    "deeds": "SELECT count(*) FROM audit",
    "tokens": "SELECT count(*) FROM token",
    "tokens used": "SELECT count(*) FROM token WHERE state = 'used'",
    "replies queued": "SELECT count(*) FROM outbox",
    "tokens replaced": "SELECT count(*) FROM token WHERE state = 'replaced'",
}


def rows(database: Path) -> dict[str, int]:
    """What stands in the database, asked beside whatever process runs."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("BEGIN")
        return {name: connection.execute(query).fetchone()[0] for name, query in ROWS.items()}
    finally:
        connection.close()


def installed(package: str) -> str:
    """A Debian package's command, installed when it is missing and may be."""
    ran = subprocess.run(["apt-get", "install", "-y", "-qq", package], capture_output=True, text=True, check=False)
    found = shutil.which(package)
    if found is None:
        raise Failed(f"{package} is needed and could not be installed: {ran.stderr.strip()[-300:]}")
    return found
