"""Server processes that a measurement starts, asks, kills, and ends; everything on the loopback address."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import perf_counter, sleep
from types import TracebackType
from typing import Self

HOUSE = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
NOW = "2026-11-22T09:00"
"""Where the demo's clock starts: after the day's digest, so that no job falls into a run."""
LOCALE = "zh_CN" if (HOUSE / "screens/locale/zh_CN/LC_MESSAGES/zhibu.mo").exists() else "en"
MOST_SEED_S = 180.0
POLL_S = 0.004


class Failed(RuntimeError):
    """A measurement could not be made; the message is a sentence for people."""


class Server:
    """One process on a port of its own. It may be killed and started again; leaving the block ends it."""

    def __init__(
        self,
        work: Path,
        *command: str,
        data: Path | None = None,
        core: int | None = None,
        settings: Mapping[str, str] | None = None,
        url: str = "",
    ) -> None:
        self.port = free_port()
        self._command = [sys.executable, "-m", *(part.format(port=self.port) for part in command)]
        self._environment = environment(data or work, url) | dict(settings or {})
        self._pin = None if core is None else lambda: os.sched_setaffinity(0, {core})
        self._name = " ".join(command[:2]) if command[0] == "bot" else command[0]
        self._log = work / f"{command[0]}-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def told(self, settings: Mapping[str, str]) -> None:
        """More settings, for its next start."""
        self._environment |= settings

    def start(self, most_s: float = 30.0) -> float:
        """Starts the process and gives the seconds from there to the first 200 of /healthz."""
        began = perf_counter()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=HOUSE,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=self._pin,
            )
        while perf_counter() - began < most_s:
            if healthy(self.port):
                return perf_counter() - began
            if (code := self._process.poll()) is not None:
                raise Failed(
                    f"{self._name} ended with {code} before it was ready. Its last words: {self._last_words()}"
                )
            sleep(POLL_S)
        self.kill()
        raise Failed(f"{self._name} was not ready within {most_s:g} s. Its last words: {self._last_words()}")

    def kill(self) -> None:
        """SIGKILL: the process gets no chance to tidy up."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """SIGSTOP: the process stands still and does not know it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on where it was."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """SIGTERM, and SIGKILL to who does not listen."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        self.kill()

    def resident_mb(self) -> float:
        """Memory held by the process now, in units of 1024 × 1024 bytes."""
        if self._process is None:
            raise Failed("No process to weigh.")
        status = Path(f"/proc/{self._process.pid}/status")
        if not status.exists():
            raise Failed("Memory is read from /proc, which this system does not have.")
        found = re.search(r"^VmRSS:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        if found is None:
            raise Failed("/proc tells no VmRSS.")
        return int(found[1]) / 1024

    def worked_ms(self) -> float:
        """Processor time of all threads that live, in milliseconds: what a busy machine does not change much."""
        if self._process is None:
            raise Failed("No process to weigh.")
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1_000_000

    def _last_words(self) -> str:
        return self._log.read_text("utf-8", "replace").strip()[-600:] or "none"


class Samples:
    """The demo's data folder with a year of history: seeded once, then copied for each measurement."""

    def __init__(self, work: Path, seeded: Path | None = None) -> None:
        self.work = work
        self._seeded = seeded
        self._copies = 0

    def copy(self) -> Path:
        """A fresh copy of the seeded folder."""
        if self._seeded is None:
            self._seeded = seed(self.work)
        self._copies += 1
        target = self.work / f"data-{self._copies}"
        shutil.copytree(self._seeded, target)
        return target


def seed(work: Path) -> Path:
    """Lets the demo make its sample data in a folder, once."""
    folder = work / "seeded"
    with demo(work, folder) as server:
        server.start(MOST_SEED_S)
    return folder


def demo(work: Path, data: Path, url: str = "") -> Server:
    """`zhibu demo` on a folder (and a database server), its clock at `NOW` at every start."""
    return Server(work, "bot", "demo", "--data", str(data), "--port", "{port}", "--now", NOW, url=url)


def zhibu(data: Path, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """One command of `zhibu` on a data folder, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=HOUSE,
        env=environment(data, url),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment(data: Path, url: str = "") -> dict[str, str]:
    """The environment of a measured process: none of the user's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIBU_")}
    return kept | {"ZHIBU_DATA": str(data), "ZHIBU_LOCALE": LOCALE, "ZHIBU_DATABASE_URL": url}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def healthy(port: int) -> bool:
    """Whether /healthz answers 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
