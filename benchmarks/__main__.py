"""`python -m benchmarks bench|faults [NAME]`: measures, writes build/bench.jsonl or build/faults.jsonl, judges."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks import (
    backup,
    digest,
    http,
    kill,
    load,
    mutations,
    postgres,
    reminders,
    review,
    scoring,
    simulate,
    start,
    telegram_kill,
    telegram_pacing,
    tencent_kill,
    wechat_pace,
    wecom_batches,
    zombie,
)
from benchmarks import console as committee
from benchmarks.figure import Figure, Goals, keep, misses, table
from benchmarks.process import HOUSE, Failed, Samples


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run and the figures it gives; alone it runs at full size, with the others at a smaller one."""

    names: tuple[str, ...]
    take: Callable[[Samples, bool], list[Figure]]

    def gives(self, name: str | None) -> list[str]:
        """Those of its figures that are asked for: all, one by its name, or several by how their names begin."""
        return [each for each in self.names if name is None or each == name or each.startswith(f"{name}_")]


MEASUREMENTS = {
    "bench": (
        Measurement((start.READY,), start.ready),
        Measurement((start.RESIDENT,), start.resident),
        Measurement((load.NAME,), load.figures),
        Measurement((review.NAME,), review.figures),
        Measurement((scoring.CITY, scoring.ENTRY), scoring.figures),
        Measurement((http.NAME,), http.figures),
        Measurement((committee.PAGES_P95,), committee.p95),
        Measurement((committee.EXPORT,), committee.export),
        Measurement((telegram_pacing.NAME, telegram_pacing.OVER), telegram_pacing.figures),
        Measurement((wecom_batches.NAME,), wecom_batches.figures),
        Measurement((digest.NAME,), digest.figures),
        Measurement((simulate.NAME,), simulate.figures),
        Measurement((wechat_pace.P99, wechat_pace.MOST), wechat_pace.figures),
    ),
    "faults": (
        Measurement((kill.LOST, kill.DOUBLE), kill.figures),
        Measurement((postgres.NAME,), postgres.figures),
        Measurement((backup.DRILL, backup.PACE), backup.figures),
        Measurement((telegram_kill.LOST, telegram_kill.DOUBLE, telegram_kill.MISDIRECTED), telegram_kill.figures),
        Measurement((zombie.NAME,), zombie.figures),
        Measurement((reminders.MISSED, reminders.DOUBLE), reminders.figures),
        Measurement((mutations.NAME,), mutations.figures),
        *(Measurement((name,), take) for name, take in tencent_kill.TAKES.items()),
    ),
}
AT_MOST = {
    start.READY: 2.0,
    start.RESIDENT: 150.0,
    committee.PAGES_P95: 150.0,
    committee.EXPORT: 5.0,
    scoring.CITY: 12.0,
    scoring.ENTRY: 2.0,
    kill.LOST: 0.0,
    kill.DOUBLE: 0.0,
    postgres.NAME: 0.0,
    backup.DRILL: 0.0,
    telegram_pacing.OVER: 0.0,
    digest.NAME: 5.0,
    simulate.NAME: 60.0,
    wecom_batches.NAME: 10.0,
    telegram_kill.LOST: 0.0,
    telegram_kill.DOUBLE: 0.0,
    telegram_kill.MISDIRECTED: 0.0,
    wechat_pace.P99: 1000.0,
    wechat_pace.MOST: 4500.0,
    zombie.NAME: 0.0,
    reminders.MISSED: 0.0,
    reminders.DOUBLE: 0.0,
    mutations.NAME: 0.0,
    **dict.fromkeys(tencent_kill.TAKES, 0.0),
}
AT_LEAST = {telegram_pacing.NAME: 0.95}
TIMES = {http.NAME: 5.0}
GOALS = Goals(AT_MOST, AT_LEAST, TIMES)
BUILD = HOUSE / "build"


def main() -> int:
    """Exit code 0 when all goals are met, 1 when one is missed or nothing could be measured, 2 for an unknown name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("kind", choices=MEASUREMENTS)
    parser.add_argument("name", nargs="?", help="one figure, or several by how their names begin; at full size")
    asked = parser.parse_args()
    known = [name for each in MEASUREMENTS[asked.kind] for name in each.names]
    if not any(each.gives(asked.name) for each in MEASUREMENTS[asked.kind]):
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
            if not each.gives(name):
                continue
            title = name or " and ".join(each.names)
            try:
                with console.status(f"Measuring {title} ..."):
                    taken = each.take(samples, name is not None)
            except Exception as error:  # noqa: BLE001 - the other figures are still wanted
                failures.append(f"{title} could not be measured: {plain(error)}")
                continue
            for figure in taken:
                if figure.name in each.gives(name):
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
