"""The tick: APScheduler calls it, the table says which jobs fall, the rows say what they do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from handlers.desk import Desk
from handlers.periods import Ran
from rules.access import SYSTEM
from scheduler.jobs import Job, due

log = structlog.get_logger(__name__)
TICK_S = 10


class Runner:
    """Runs jobs one after another; a job that fails is logged and tried again at the next tick."""

    def __init__(self, desk: Desk, now: Callable[[], datetime], after: Callable[[], None]) -> None:
        self._desk = desk
        self._now = now
        self._after = after
        self._last: datetime | None = None
        self._turn = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(self.tick, "interval", seconds=TICK_S, max_instances=1, coalesce=True)

    def start(self) -> None:
        """Starts ticking."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stops ticking."""
        self._scheduler.shutdown(wait=False)

    async def tick(self) -> int:
        """Runs what falls since the last tick; gives how many things were done."""
        async with self._turn:
            now, done = self._now(), 0
            jobs = due(self._last, now, self._desk.house.zone)
            for job in jobs:
                try:
                    done += await self._run(job, now)
                except Exception:
                    log.exception("job failed", job=job.name)
                    return done
            self._last = now
        if done:
            self._after()
        return done

    async def _run(self, job: Job, now: datetime) -> int:
        """A job slice by slice, each a unit of its own; gives how many things it did."""
        done, more = 0, True
        while more:
            answer: Ran = await asyncio.wrap_future(self._desk.submit(SYSTEM, job.request, now))
            done, more = done + answer.done, answer.more
        return done
