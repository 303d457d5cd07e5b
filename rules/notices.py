"""Kinds of notice (通知): whether each goes at once, or waits for the digest of the day."""

from __future__ import annotations

from datetime import time

DIGEST_AT = time(8, 30)
"""When a digest goes out to whom neither himself nor a unit above him has chosen another hour."""
GATHER_AT = time(6, 30)
"""When it is looked up who is to be reminded of what today: before the earliest digest."""
URGENT_AT = time(15, 0)
"""When who has still not done what is due today is told once more."""

# kind → goes at once
KINDS: dict[str, bool] = {
    "period_opened": False,
    "declare_reminder": False,
    "review_pending": False,
    "period_closed": False,
    "calendar_unknown": False,
    "away_waiting": False,
    "announcement_reminder": False,
    "task_issued": False,
    "task_due": False,
    "task_overdue": False,
    "task_escalated": False,
    "task_still": False,
    "weak_found": False,
    "urgent_due": True,
    "stand_in_named": True,
    "away_recorded": True,
    "not_sent": True,
    "lines_decided": True,
    "declared_for": True,
    "entry_recorded": True,
    "entry_reversed": True,
    "member_answered": True,
    "binding_asked": True,
    "identity_bound": True,
    "account_removed": True,
    "backup_failed": True,
    "announcement": True,
    "announcement_urged": True,
    "announcement_withdrawn": True,
    "console_entered": True,
    "console_password": True,
    "role_changed": True,
    "task_reported": False,
    "more_time_asked": False,
    "task_orphaned": False,
    "task_decided": True,
    "task_help": True,
    "task_urged": True,
    "task_issued_soon": True,
}
