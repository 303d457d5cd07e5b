"""The tick: APScheduler calls it, the table says which jobs fall, the rows say what they do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from handlers.desk import Desk, Fence, Fenced
from handlers.periods import Ran
from rules.access import SYSTEM
from scheduler.jobs import Job, due

log = structlog.get_logger(__name__)
TICK_S = 10


class Runner:
    """Runs jobs one after another; a job that fails is logged and tried again at the next tick.

    One of several processes leads: the others' ticks do nothing, and a leader that stood still stores nothing more.
    """

    def __init__(self, desk: Desk, now: Callable[[], datetime], after: Callable[[], None]) -> None:
        self._desk = desk
        self._now = now
        self._after = after
        self._last: datetime | None = None
        self._lease = desk.store.lease("ticks")
        self._fence: Fence | None = None
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
            fence = self._lease.fence()
            if fence is None:
                return 0
            if fence != self._fence:  # who leads anew does not know what fell while others led
                self._fence, self._last = fence, None
            done = await self._due(self._now(), fence)
        if done:
            self._after()
        return done

    async def _due(self, now: datetime, fence: Fence) -> int:
        done = 0
        for job in due(self._last, now, self._desk.house.zone):
            try:
                done += await self._run(job, now, fence)
            except Fenced:
                log.warning("another process leads now", job=job.name)
                return done
            except Exception:
                log.exception("job failed", job=job.name)
                return done
        self._last = now
        return done

    async def _run(self, job: Job, now: datetime, fence: Fence) -> int:
        """A job slice by slice, each a unit of its own; gives how many things it did."""
        done, request = 0, job.request
        while request is not None:
            answer: Ran = await asyncio.wrap_future(self._desk.submit(SYSTEM, request, now, fence))
            done, request = done + answer.done, (answer.then or request) if answer.more else None
        return done
