"""`python -m benchmarks bench|faults [NAME]`: measures, writes build/bench.jsonl or build/faults.jsonl, judges."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks import backup, kill, load, review, start
from benchmarks.figure import Figure, keep, misses, table
from benchmarks.process import HOUSE, Failed, Samples


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run and the figures it gives; alone it runs at full size, with the others at a smaller one."""

    names: tuple[str, ...]
    take: Callable[[Samples, bool], list[Figure]]


MEASUREMENTS = {
    "bench": (
        Measurement((start.READY,), start.ready),
        Measurement((start.RESIDENT,), start.resident),
        Measurement((load.NAME,), load.figures),
        Measurement((review.NAME,), review.figures),
    ),
    "faults": (
        Measurement((kill.LOST, kill.DOUBLE), kill.figures),
        Measurement((backup.DRILL, backup.PACE), backup.figures),
    ),
}
# figure: at most
GOALS = {start.READY: 2.0, start.RESIDENT: 150.0, kill.LOST: 0.0, kill.DOUBLE: 0.0, backup.DRILL: 0.0}
BUILD = HOUSE / "build"


def main() -> int:
    """Exit code 0 when all goals are met, 1 when one is missed or nothing could be measured, 2 for an unknown name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("kind", choices=MEASUREMENTS)
    parser.add_argument("name", nargs="?", help="one figure, at full size")
    asked = parser.parse_args()
    known = [name for each in MEASUREMENTS[asked.kind] for name in each.names]
    if asked.name and asked.name not in known:
        parser.error(f"no figure is called {asked.name}; there are: {', '.join(known)}")
    console = Console()
    found, failures = measured(console, asked.kind, asked.name)
    if found:
        console.print(table(found, GOALS))
        for each in found:
            console.print(f"{each.name}: {each.detail}", style="dim", soft_wrap=True, markup=False, highlight=False)
    failures += misses(found, GOALS)
    for sentence in failures:
        console.print(sentence, style="red", soft_wrap=True, markup=False)
    return 1 if failures else 0


def measured(console: Console, kind: str, name: str | None) -> tuple[list[Figure], list[str]]:
    """The figures, each written as soon as it is known, and a sentence for each measurement that failed."""
    path = BUILD / f"{kind}.jsonl"
    BUILD.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    found: list[Figure] = []
    failures: list[str] = []
    with TemporaryDirectory(prefix=f"{kind}-", dir=BUILD) as work:
        samples = Samples(Path(work))
        for each in MEASUREMENTS[kind]:
            if name not in (None, *each.names):
                continue
            title = name or " and ".join(each.names)
            try:
                with console.status(f"Measuring {title} ..."):
                    taken = each.take(samples, name is not None)
            except Exception as error:  # noqa: BLE001 - the other figures are still wanted
                failures.append(f"{title} could not be measured: {plain(error)}")
                continue
            for figure in taken:
                if name in (None, figure.name):
                    keep(path, figure)
                    found.append(figure)
    return found, failures


def plain(error: BaseException) -> str:
    """What went wrong, without the group of tasks it went wrong in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        return "it took longer than it may"
    return str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
