"""What is wrong in a plan of tasks that reads: cadences that never fall, circles, audiences and terms that contradict
themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from rules.documents import Path
from rules.periods import Calendar
from rules.problems import Problem
from rules.schemes.findings import Finding
from rules.tasks.cadences import falls_in
from rules.tasks.plan import MONTHS, Audience, Due, Obligation, Plan
from rules.tasks.terms import Found, Severity, of_terms

SURE_DAYS = 15
"""Working days that every month has, that of the Spring Festival too."""
YEARS = 9
"""In so many years everything falls that ever does, 29 February too, unless it names a later year."""
FULL = len("2026-12-31")


def check(plan: Plan, today: date, calendar: Calendar) -> list[Finding]:
    """Everything that contradicts itself or can never happen, seen from a day; by obligation."""
    found = [] if plan.obligations else [Finding(("obligations",), Problem("plan_empty"))]
    codes: set[str] = set()
    for number, each in enumerate(plan.obligations):
        path: Path = ("obligations", number)
        if each.code in codes:
            found.append(Finding((*path, "code"), Problem("plan_code_twice", {"code": each.code})))
        codes.add(each.code)
        after = list(_after(plan, each))
        parts = (_cadence(each), _due(each), after, _audience(each.audience), _lead(each), of_terms(each.terms))
        some = [one for part in parts for one in part]
        if not any(severity == "error" and where[:1] != ("terms",) for where, _, severity, _ in some):
            some += _falling(plan, each, today, calendar)
        found += [
            Finding((*path, *where), Problem(code, {"name": each.name, **facts}), severity)
            for where, code, severity, facts in some
        ]
    return found


def _cadence(each: Obligation) -> Found:
    """It must say when it falls, in one way."""
    if each.every is None and not each.dates:
        yield (), "plan_never", "error", {}
    if each.every is not None and each.dates:
        yield ("dates",), "plan_every_and_dates", "error", {}
    if each.months and each.every is None:
        yield ("months",), "plan_months_left", "error", {}
    elif each.months and each.every is not None:
        yield from _months(each.months, range(1, 13, MONTHS[each.every]))
    for number, text in enumerate(each.dates):
        if not _is_day(text):
            yield ("dates", number), "plan_date_missing", "error", {"date": text}


def _months(months: Iterable[int], begins: Iterable[int]) -> Found:
    idle = set(months) - set(begins)
    if idle:
        severity: Severity = "warning" if set(months) & set(begins) else "error"
        facts = {"months": _listed(sorted(idle)), "begins": _listed(begins)}
        yield ("months",), "plan_months_never", severity, facts


def _is_day(text: str) -> bool:
    """Whether it is on a calendar; without a year on that of a leap year."""
    try:
        date.fromisoformat(text if len(text) == FULL else f"2028-{text}")
    except ValueError:
        return False
    return True


def _due(each: Obligation) -> Found:
    """One way to say when it is due, within its period."""
    due = each.due
    given = [key for key in ("day", "working_day", "after") if getattr(due, key) not in (None, "")]
    if len(given) > 1:
        yield ("due",), "plan_due_unclear", "error", {"found": "、".join(given)}
    if due.working_day == 0:
        yield ("due", "working_day"), "plan_working_day_none", "error", {}
    elif due.working_day is not None and abs(due.working_day) > SURE_DAYS:
        yield ("due", "working_day"), "plan_working_day_late", "warning", {"day": abs(due.working_day)}
    if each.dates and (due.day is not None or due.working_day is not None):
        yield ("due",), "plan_due_of_dates", "error", {}
    length = MONTHS[each.every] if each.every else 0
    if length and (due.month == 0 or abs(due.month) > length):
        yield ("due", "month"), "plan_month_outside", "error", {"month": due.month, "length": length}
    yield from _idle(each, due)


def _idle(each: Obligation, due: Due) -> Found:
    """Keys of `due` that do nothing beside the others."""
    left = {
        "move": due.move and (due.working_day is not None or due.after),
        "days": due.days and not due.after,
        "working": due.working and not due.after,
        "month": due.month != Due().month and (due.after or each.dates),
    }
    for key in [key for key, idle in left.items() if idle]:
        yield ("due", key), "plan_key_left", "warning", {"key": key}


def _after(plan: Plan, each: Obligation) -> Found:
    """What is due relative to another must lead to a date, and not back to itself."""
    if not each.due.after:
        return
    where: Path = ("due", "after")
    by_code = {one.code: one for one in plan.obligations}
    base = by_code.get(each.due.after)
    if base is None:
        yield where, "plan_after_unknown", "error", {"unknown": each.due.after, "known": "、".join(by_code)}
        return
    if end := _end_of_chain(by_code, each):
        code, facts = end
        yield where, code, "error", facts
    elif each.every and base.every and MONTHS[base.every] % MONTHS[each.every]:
        yield where, "plan_after_shorter", "error", {"other": base.name}


def _end_of_chain(by_code: dict[str, Obligation], each: Obligation) -> tuple[str, dict[str, Any]] | None:
    """Why the chain of what is counted from what leads to no date: it comes back, or breaks off further on."""
    chain = [each.code]
    here: Obligation | None = each
    while here is not None and here.due.after:
        chain.append(here.due.after)
        if chain[-1] in chain[:-1]:
            return "plan_after_circle", {"circle": " → ".join(chain)}
        here = by_code.get(here.due.after)
    return ("plan_after_broken", {"chain": " → ".join(chain)}) if here is None else None


def _audience(audience: Audience) -> Found:
    """It must fall on somebody, said in one way."""
    if audience.members and audience.roles:
        yield ("for",), "plan_audience_unclear", "error", {}
    if audience.classes and not audience.members:
        yield ("for", "classes"), "plan_classes_left", "error", {}
    left = {
        "by": (audience.members or audience.roles) and audience.by != Audience().by,
        "units": audience.roles and audience.units != Audience().units,
    }
    for key in [key for key, idle in left.items() if idle]:
        yield ("for", key), "plan_key_left", "warning", {"key": key}


def _lead(each: Obligation) -> Found:
    """What is told between the day of issue and the due day must have its time."""
    terms, lead = each.terms, each.lead * 7 // 5 if each.lead_working else each.lead
    if each.every and lead > 31 * MONTHS[each.every]:
        yield ("lead",), "plan_lead_longer", "warning", {"lead": each.lead}
    early = [days for days in terms.remind if days and days >= lead]
    if early and terms.remind != type(terms)().remind:
        yield ("terms", "remind"), "plan_remind_early", "warning", {"days": max(early), "lead": each.lead}
    if terms.still and terms.still >= lead - max(terms.remind, default=0):
        yield ("terms", "still"), "plan_still_never", "warning", {"days": terms.still, "lead": each.lead}


def _falling(plan: Plan, each: Obligation, today: date, calendar: Calendar) -> Found:
    """It must fall sometime, and not only in the past."""
    past = [number for number, text in enumerate(each.dates) if len(text) == FULL]
    past = [number for number in past if all(due < today for due in _dues(plan, each, each.dates[number], calendar))]
    severity: Severity = "error" if len(past) == len(each.dates) else "warning"
    for number in past:
        yield ("dates", number), "plan_date_past", severity, {"date": each.dates[number]}
    if next(_ever(plan, each, today, calendar), None) is None:
        yield (("due", "after") if each.due.after else ()), "plan_falls_never", "error", {}


def _ever(plan: Plan, each: Obligation, today: date, calendar: Calendar) -> Iterator[date]:
    years = {*range(today.year, today.year + YEARS), *(int(text[:4]) for text in each.dates if len(text) == FULL)}
    for year in sorted(years):
        for period in _periods(each, year):
            yield from _dues(plan, each, period, calendar)


def _dues(plan: Plan, each: Obligation, period: str, calendar: Calendar) -> list[date]:
    return [fall.due_on for fall in falls_in(plan, each, period, calendar)]


def _periods(each: Obligation, year: int) -> Iterable[str]:
    marks = {"two_months": "T", "quarter": "Q", "half_year": "H"}
    if each.every is None or each.every == "year":
        return (f"{year:04d}",)
    if each.every == "month":
        return (f"{year:04d}-{month:02d}" for month in range(1, 13))
    return (f"{year:04d}-{marks[each.every]}{number}" for number in range(1, 12 // MONTHS[each.every] + 1))


def _listed(months: Iterable[int]) -> str:
    return "、".join(str(each) for each in months)
