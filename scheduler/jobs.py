"""The table of jobs: name, local times of day, request."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.absences import TellDeputies
from handlers.announcements.waves import RemindUnconfirmed
from handlers.digests import ComposeDigests, DispatchUrgent
from handlers.inbox import Tidy
from handlers.notices import CheckCalendar, Remind
from handlers.periods import ClosePeriods, OpenPeriods
from handlers.signin import TidyConsole
from handlers.tasks.auditing import AUDIT_AT, AuditReminders
from handlers.tasks.handing import TellOrphaned
from handlers.tasks.issuing import IssueTasks
from handlers.tasks.reminding import RemindDeciders, RemindTasks
from handlers.unsent import AuditDeliveries
from handlers.urgent import RemindDueToday
from rules.notices import GATHER_AT, URGENT_AT
from rules.reminding import HOURS, WAKING_FROM


@dataclass(frozen=True, slots=True)
class Job:
    """A job (定时作业): it runs when a time of day of its own has passed, and does what the rows say is due."""

    name: str
    at: time | tuple[time, ...]
    request: Any

    @property
    def times(self) -> tuple[time, ...]:
        """When it falls."""
        return (self.at,) if isinstance(self.at, time) else self.at


JOBS = (
    Job("open_periods", time(0, 0), OpenPeriods()),
    Job("close_periods", time(0, 0), ClosePeriods()),
    Job("issue_tasks", time(0, 0), IssueTasks()),
    Job("tell_orphaned", time(0, 0), TellOrphaned()),
    Job("check_calendar", time(0, 0), CheckCalendar()),
    Job("tidy", time(0, 0), Tidy()),
    Job("remind_unconfirmed", GATHER_AT, RemindUnconfirmed()),
    Job("tidy_console", time(0, 0), TidyConsole()),
    Job("remind", GATHER_AT, Remind()),
    Job("remind_tasks", GATHER_AT, RemindTasks()),
    Job("remind_deciders", GATHER_AT, RemindDeciders()),
    Job("tell_deputies", GATHER_AT, TellDeputies()),  # after what makes reminders
    Job("digest", HOURS, ComposeDigests()),
    Job("audit_reminders", AUDIT_AT, AuditReminders()),
    Job("audit_deliveries", HOURS, AuditDeliveries()),
    Job("remind_due_today", URGENT_AT, RemindDueToday()),
    Job("morning", WAKING_FROM, DispatchUrgent()),
)


def instants(start: datetime, end: datetime, zone: ZoneInfo, hours: Collection[time] = HOURS) -> Iterator[datetime]:
    """The moments after `start` and up to `end` at which some job falls, in order; of those that fall at each hour of
    digests, only the hours that somebody uses."""
    times = sorted({at for job in JOBS for at in (hours if job.at is HOURS else job.times)})
    day = start.astimezone(zone).date()
    while datetime.combine(day, time(0), zone) <= end:
        for at in times:
            moment = datetime.combine(day, at, zone).astimezone(UTC)
            if start < moment <= end:
                yield moment
        day += timedelta(days=1)


def due(start: datetime | None, end: datetime, zone: ZoneInfo) -> list[Job]:
    """The jobs that fall between two ticks; all of them at the first tick, and when the clock is back on another day,
    of which nobody knows what was done."""
    if start is None or start.astimezone(zone).date() > end.astimezone(zone).date():
        return list(JOBS)
    falls = {moment.astimezone(zone).time() for moment in instants(max(start, end - timedelta(days=2)), end, zone)}
    return [job for job in JOBS if not falls.isdisjoint(job.times)]
