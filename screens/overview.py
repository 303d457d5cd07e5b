"""The month's state of the branches one looks after."""

from __future__ import annotations

from handlers.declarations.review import ShowQueue
from handlers.members import Home
from handlers.overview import BranchMonth, Month, Overview
from rules.periods import shift
from screens.screen import Choice, Draw, Screen
from screens.texts import Say, month, names

NAMED = 30


def overview(say: Say, answer: Month) -> Screen:
    """One line a branch; names only where few enough to act on."""
    lines: list[str] = []
    for branch in answer.branches:
        lines += _branch(say, branch, named=len(answer.branches) == 1)
    if answer.earlier:
        lines.append(say("{count} lines of earlier months are undecided.", count=answer.earlier))
    choices = (
        *((Choice(say("Review"), ShowQueue()),) if answer.reviews else ()),
        Choice(say("Month before"), Overview(shift(answer.period, -1))),
        Choice(say("Home"), Home()),
    )
    return Screen(say("State of {month}", month=month(say, answer.period)), tuple(lines), choices)


def _branch(say: Say, branch: BranchMonth, *, named: bool) -> list[str]:
    lines = [
        say(
            "{name}: {declared} of {people} declared, {waiting} lines wait, {approved} approved",
            name=branch.name,
            declared=branch.declared,
            people=branch.people,
            waiting=branch.waiting,
            approved=branch.approved,
        )
    ]
    if named and branch.missing:
        lines.append(say("Not declared: {names}", names=_some(say, branch.missing)))
    if branch.unreached:
        lines.append(say("Not reached by any channel: {names}", names=_some(say, branch.unreached)))
    return lines


def _some(say: Say, people: tuple[str, ...]) -> str:
    text = names(say, people[:NAMED])
    return text if len(people) <= NAMED else text + say(" and {count} more", count=len(people) - NAMED)


SCREENS: dict[type, Draw] = {Month: overview}
