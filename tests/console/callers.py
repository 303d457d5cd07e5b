"""Who stands in front of the console in the matrix, and what each may, told without the code under test."""

from dataclasses import dataclass

from tests.rules.test_access import ALLOWED, UNDER

# unit: the unit above it
ABOVE = {
    "city": None,
    "area-1": "city",
    "water": "area-1",
    "water-1": "water",
    "water-2": "water",
    "archive": "area-1",
    "archive-1": "archive",
}
HOME_OF = {"m03": "water-1", "m22": "water-2", "m42": "archive-1", "s01": "water", "s05": "city"}
BRANCHES = {"water-1": "m03", "water-2": "m22", "archive-1": "m42"}


@dataclass(frozen=True)
class Caller:
    """Somebody in front of the console: a member with the roles he holds today, as the example's file says."""

    name: str
    code: str
    roles: tuple[tuple[str, str], ...] = ()


CALLERS = (
    Caller("nobody", ""),
    Caller("a member", "m03"),
    Caller("a secretary", "m01", (("secretary", "water-1"),)),
    Caller("a secretary of another branch", "m21", (("secretary", "water-2"),)),
    Caller("a deputy", "m43", (("secretary", "archive-1"),)),
    Caller("a secretary whose role is over", "m04"),
    Caller("a deputy whose principal's role is over", "m06"),
    Caller("an instructor", "m05", (("instructor", "water"),)),
    Caller("an officer", "s01", (("officer", "water"),)),
    Caller("an officer elsewhere", "s02", (("officer", "archive"),)),
    Caller("a grid lead", "s03", (("grid_lead", "area-1"),)),
    Caller("the committee", "s04", (("committee", "city"),)),
    Caller("an administrator", "s05", (("administrator", "city"),)),
)


def below(unit: str, top: str) -> bool:
    """Whether a unit is another or lies below it."""
    step: str | None = unit
    while step is not None:
        if step == top:
            return True
        step = ABOVE[step]
    return False


def allows(caller: Caller, action: str, unit: str | None = None) -> bool:
    """Whether a role of the caller allows an action, in a unit or anywhere."""
    for role, where in caller.roles:
        scope = ALLOWED.get((action, role))
        if scope and (unit is None or (below(unit, where) if scope == UNDER else unit == where)):
            return True
    return False
