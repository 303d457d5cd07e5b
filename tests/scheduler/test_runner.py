"""A tick runs what falls, slice by slice, as long as this process leads."""

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from handlers.context import House
from handlers.desk import Fence, Fenced
from handlers.periods import Ran
from scheduler.jobs import JOBS
from scheduler.runner import Runner
from storage.lease import Lease

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
NAMES = [type(job.request).__name__ for job in JOBS]


@dataclass
class Desk:
    """Answers each request with what its row says, one answer after another; without a row nothing was due."""

    answers: dict[str, list[Any]]
    store: Any = None
    house: House = field(default_factory=lambda: House(ZoneInfo("Asia/Shanghai")))
    asked: list[str] = field(default_factory=list)
    lease_: Lease = field(default_factory=lambda: Lease("ticks", held=True))

    def __post_init__(self) -> None:
        self.store = self

    def lease(self, _name: str) -> Lease:
        return self.lease_

    def submit(self, _actor: Any, request: Any, _now: datetime, _fence: Fence) -> Future[Any]:
        name = type(request).__name__
        self.asked.append(name)
        answer = self.answers[name].pop(0) if self.answers.get(name) else Ran(0)
        future: Future[Any] = Future()
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
        return future


def tick(desk: Desk, times: int = 1) -> list[int]:
    async def run() -> list[int]:
        runner = Runner(desk, lambda: NOW, lambda: None)  # type: ignore[arg-type]
        return [await runner.tick() for _ in range(times)]

    return asyncio.run(run())


def test_a_job_that_has_more_is_called_again_before_the_next():
    desk = Desk({"OpenPeriods": [Ran(500, more=True), Ran(0, more=True), Ran(3)]})
    assert tick(desk) == [503]
    assert desk.asked == ["OpenPeriods", "OpenPeriods", *NAMES]


def test_who_does_not_lead_runs_nothing():
    desk = Desk({}, lease_=Lease("ticks"))
    assert tick(desk) == [0]
    assert desk.asked == []


@pytest.mark.parametrize("error", [Fenced("ticks"), ValueError("broken")])
def test_a_job_that_fails_ends_the_tick_and_all_are_tried_again(error: Exception):
    desk = Desk({NAMES[1]: [error]})
    with capture_logs():
        assert tick(desk, times=2) == [0, 0]
    assert desk.asked == [*NAMES[:2], *NAMES]
