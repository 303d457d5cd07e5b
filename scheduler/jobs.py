"""The table of jobs: name, local time of day (None: at every tick), request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.announcements.waves import RemindUnconfirmed
from handlers.inbox import Tidy
from handlers.notices import CheckCalendar, ComposeDigests, Remind
from handlers.periods import ClosePeriods, OpenPeriods
from handlers.signin import TidyConsole
from handlers.tasks.handing import TellOrphaned
from handlers.tasks.issuing import IssueTasks
from rules.notices import CONFIRM_AT, DIGEST_AT


@dataclass(frozen=True, slots=True)
class Job:
    """A job (定时作业): it runs when its time of day has passed, and does what the rows say is due."""

    name: str
    at: time
    request: Any


JOBS = (
    Job("open_periods", time(0, 0), OpenPeriods()),
    Job("close_periods", time(0, 0), ClosePeriods()),
    Job("issue_tasks", time(0, 0), IssueTasks()),
    Job("tell_orphaned", time(0, 0), TellOrphaned()),
    Job("check_calendar", time(0, 0), CheckCalendar()),
    Job("tidy", time(0, 0), Tidy()),
    Job("remind_unconfirmed", CONFIRM_AT, RemindUnconfirmed()),
    Job("tidy_console", time(0, 0), TidyConsole()),
    Job("remind", DIGEST_AT, Remind()),
    Job("digest", DIGEST_AT, ComposeDigests()),
)


def instants(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments after `start` and up to `end` at which some job falls, in order."""
    times = sorted({job.at for job in JOBS})
    day = start.astimezone(zone).date()
    while datetime.combine(day, time(0), zone) <= end:
        for at in times:
            moment = datetime.combine(day, at, zone).astimezone(UTC)
            if start < moment <= end:
                yield moment
        day += timedelta(days=1)


def due(start: datetime | None, end: datetime, zone: ZoneInfo) -> list[Job]:
    """The jobs that fall between two ticks; all of them at the first tick."""
    if start is None:
        return list(JOBS)
    falls = {moment.astimezone(zone).time() for moment in instants(max(start, end - timedelta(days=2)), end, zone)}
    return [job for job in JOBS if job.at in falls]
