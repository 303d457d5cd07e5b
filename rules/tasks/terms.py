"""What is wrong in the terms of a task, whoever issues it: escalations, item sheets, figures, points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from rules.documents import Path
from rules.tasks.plan import Step, Terms

LEVELS = ("self", "secretary", "officer", "grid_lead", "committee")
"""Whom a step of an escalation may go to, from below."""
MOST_MESSAGES = 12
"""Of the whole escalation of a task: more is nagging."""
Severity = Literal["error", "warning"]
Found = Iterator[tuple[Path, str, Severity, dict[str, Any]]]
"""Path within the obligation, code, severity, facts."""


def of_terms(terms: Terms) -> Found:
    """Everything within `terms`."""
    yield from _escalation(terms)
    yield from _sheet(terms)
    figure, posts = terms.figure, terms.posts
    if figure and figure.least is not None and figure.most is not None and figure.least > figure.most:
        facts = {"least": str(figure.least), "most": str(figure.most)}
        yield ("terms", "figure"), "plan_figure_bounds", "error", facts
    if posts is not None and not (posts.done or posts.late):
        yield ("terms", "posts"), "plan_posts_nothing", "error", {}
    elif posts is not None and terms.verify == "nobody":
        yield ("terms", "posts"), "plan_posts_unverified", "warning", {}


def _escalation(terms: Terms) -> Found:
    """Steps go up; one that goes down again after a higher one would lead in a circle."""
    highest = 0
    before: dict[str, Step] = {}
    for number, step in sorted(enumerate(terms.overdue), key=lambda pair: pair[1].after):
        level = LEVELS.index(step.to)
        where: Path = ("terms", "overdue", number)
        last = before.get(step.to)
        if level < highest:
            facts = {"to": step.to, "above": LEVELS[highest], "after": step.after}
            yield where, "plan_steps_circle", "error", facts
        elif last is not None and last.after + (last.times - 1) * last.every >= step.after:
            yield where, "plan_step_twice", "error", {"to": step.to, "first": last.after, "after": step.after}
        highest = max(highest, level)
        before[step.to] = step
    count = sum(step.times for step in terms.overdue)
    if count > MOST_MESSAGES:
        yield ("terms", "overdue"), "plan_steps_many", "error", {"count": count, "most": MOST_MESSAGES}


def _sheet(terms: Terms) -> Found:
    codes: set[str] = set()
    for number, item in enumerate(terms.sheet):
        where: Path = ("terms", "sheet", number)
        if item.code in codes:
            yield (*where, "code"), "plan_item_twice", "error", {"item": item.code}
        codes.add(item.code)
        if item.max <= 0:
            yield (*where, "max"), "plan_item_worthless", "error", {"item": item.name}
