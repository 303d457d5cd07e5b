"""The report of simulated years: what each brought, and what does not hold, in words."""

from __future__ import annotations

from collections.abc import Mapping

from screens.texts import Say


def year_lines(say: Say, year: int, figures: Mapping[str, int], points: str) -> list[str]:
    """What a year brought."""
    return [
        say("Year {year}:", year=year),
        say(
            "  Tasks: {issued} issued, {in_time} done in time, {late} late, {waived} waived, {returned} returned, "
            "{extended} extended, {overdue} overdue at the year's end",
            **figures,
        ),
        say(
            "  Messages: {reminders} reminders told, {escalations} escalations, {digests} digests, "
            "{sent} messages sent, at most {most_a_day} to one person on one day",
            **figures,
        ),
        say("  Points: {declarations} lines declared, {approvals} approved, {points} posted", **figures, points=points),
    ]


def broken_lines(say: Say, broken: Mapping[str, int]) -> list[str]:
    """What does not hold, a sentence a matter."""
    return [_broken(say, matter, count) for matter, count in broken.items()]


def _broken(say: Say, matter: str, count: int) -> str:
    told = {
        "task_twice": say("Tasks issued twice: {count}", count=count),
        "digest_twice": say("People with two digests on one day: {count}", count=count),
        "reminder_without_message": say("Reminders said to be told that stand in no message: {count}", count=count),
        "reminder_untold": say("Reminders that nobody was told for a week: {count}", count=count),
        "message_unsent": say("Messages that were not sent: {count}", count=count),
        "line_not_posted": say("Approved lines without a ledger entry: {count}", count=count),
        "entry_differs": say("Ledger entries that differ from their lines: {count}", count=count),
        "summary_differs": say("Members whose sums differ from their entries: {count}", count=count),
        "audit_broken": say("Breaks in the audit chain: {count}", count=count),
        "parked": say("Messages that could not be handled: {count}", count=count),
    }
    return told[matter]
