"""Kinds of notice (通知): whether each goes at once, or waits for the digest of the day."""

from __future__ import annotations

from datetime import time

DIGEST_AT = time(8, 30)
CONFIRM_AT = time(8, 0)
"""When those who have not confirmed an announcement are looked for, so that the digest holds their reminder."""

# kind → goes at once
KINDS: dict[str, bool] = {
    "period_opened": False,
    "declare_reminder": False,
    "review_pending": False,
    "period_closed": False,
    "calendar_unknown": False,
    "announcement_reminder": False,
    "task_issued": False,
    "task_due": False,
    "task_overdue": False,
    "task_escalated": False,
    "task_still": False,
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
