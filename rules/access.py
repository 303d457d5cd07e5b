"""Who may do what: one table of action → role → scope, and who may decide a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ROLES = ("secretary", "officer", "grid_lead", "instructor", "committee", "administrator")

LOOKING = ("officer", "grid_lead", "instructor", "committee")

# action → role → "unit" (the unit of the role itself) or "under" (that unit and all below it)
PERMISSIONS: dict[str, dict[str, str]] = {
    "review": {"secretary": "unit", "officer": "under"},  # whose lines: `reviewers`
    "record": {"secretary": "unit"},
    "reverse": {"secretary": "unit", "officer": "under"},
    "invite": {"secretary": "unit", "officer": "under", "administrator": "under"},
    "overview": {
        "secretary": "unit",
        "officer": "under",
        "grid_lead": "under",
        "instructor": "under",
        "committee": "under",
    },
    "publish": {"committee": "under", "administrator": "under"},
    "install": {"administrator": "under"},  # asked of the whole tree "/", which only the operator holds
    "announce": {
        "secretary": "unit",
        "officer": "under",
        "grid_lead": "under",
        "committee": "under",
        "administrator": "under",
    },
    "see_lines": {"secretary": "unit", "officer": "under", "grid_lead": "under", "committee": "under"},
    "see_ledger": {"secretary": "unit", "officer": "under", "grid_lead": "under", "committee": "under"},
    "see_deliveries": {"secretary": "unit", "officer": "under", "committee": "under", "administrator": "under"},
    "see_trail": {"committee": "under", "administrator": "under"},
    "publication": {"secretary": "unit", "officer": "under", "grid_lead": "under", "committee": "under"},
    "export": {"secretary": "unit", "officer": "under", "committee": "under", "administrator": "under"},
    "record_absence": {"secretary": "unit", "officer": "under"},
    "set_reminding": {"officer": "under", "committee": "under"},
    "set_calendar": {"officer": "under", "administrator": "under"},
    "give_tasks": {"secretary": "unit", "officer": "under", "grid_lead": "under", "committee": "under"},
    "decide_tasks": {"secretary": "unit", "officer": "under", "grid_lead": "under", "committee": "under"},
    "see_tasks": {"secretary": "unit"} | dict.fromkeys(LOOKING, "under"),
    # the console: what its pages show, and what may be done to people there
    "console": dict.fromkeys(ROLES, "under"),
    "see_people": {"secretary": "unit"} | dict.fromkeys((*LOOKING, "administrator"), "under"),
    "appoint": {"officer": "under", "administrator": "under"},
    "unbind": {"secretary": "unit", "officer": "under", "administrator": "under"},
    "see_parked": {"administrator": "under"},
}

DECIDING = tuple(PERMISSIONS["decide_tasks"])
ABOVE = tuple(role for role, scope in PERMISSIONS["decide_tasks"].items() if scope == "under")
"""Who decides about tasks, and who of them for the units below, too."""

# who appoints → the roles he may give and end
APPOINTS: dict[str, tuple[str, ...]] = {
    "officer": ("secretary", "grid_lead", "instructor"),
    "administrator": ROLES,
}

AT_THE_MACHINE = -1
"""The operator in the audit trail, where 0 is the system: commands are told from jobs."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in a unit; `behalf` is the member whose deputy holds it now."""

    role: str
    unit: int
    path: str
    behalf: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """What an action reaches: single units, and all units at or below paths; nothing when both are empty."""

    units: frozenset[int] = frozenset()
    paths: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.units or self.paths)

    def covers(self, unit: int, path: str) -> bool:
        """Whether a unit is reached."""
        return unit in self.units or any(path.startswith(top) for top in self.paths)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts (操作人): a member with grants; the system (member 0), which has none, or the operator (0 with grants).

    Members of a branch declare, staff do not.
    """

    member: int
    name: str = ""
    unit: int | None = None
    path: str = ""
    grants: tuple[Grant, ...] = ()
    locale: str | None = None
    declares: bool = False

    @property
    def recorded(self) -> int:
        """The number under which the audit trail keeps his deeds."""
        return AT_THE_MACHINE if not self.member and self.grants else self.member

    def granted(self, action: str) -> list[tuple[Grant, str]]:
        """The grants that allow an action, each with its scope."""
        scopes = PERMISSIONS[action]
        return [(grant, scopes[grant.role]) for grant in self.grants if grant.role in scopes]

    def may(self, action: str, unit: int, path: str) -> Grant | None:
        """The grant that allows the action in a unit, own roles before a deputy's; None when there is none."""
        allowed = [grant for grant, scope in self.granted(action) if _covers(grant, scope, unit, path)]
        return min(allowed, key=lambda grant: grant.behalf is not None, default=None)

    def reach(self, action: str) -> Reach:
        """All that an action reaches, as lists need it."""
        granted = self.granted(action)
        return Reach(
            frozenset(grant.unit for grant, scope in granted if scope == "unit"),
            frozenset(grant.path for grant, scope in granted if scope == "under"),
        )


SYSTEM = Actor(member=0)
OPERATOR = Actor(0, grants=(Grant("administrator", 0, "/"),))
"""Who gives commands on the machine itself: he reads and writes the data folder anyway."""


def _covers(grant: Grant, scope: str, unit: int, path: str) -> bool:
    return grant.unit == unit if scope == "unit" else path.startswith(grant.path)


@dataclass(frozen=True, slots=True)
class Holder:
    """One person who holds a reviewing role in a unit on a day: `deputy_of` names the principal, if any."""

    member: int
    deputy_of: int | None = None


def reviewers(member: int, branch: Iterable[Holder], parent: Iterable[Holder]) -> dict[int, int | None]:
    """Who may decide a member's line → on whose behalf.

    Nobody decides his own, nor does his deputy; when the branch has nobody else, the parent unit's officers do.
    """
    branch, parent = list(branch), list(parent)
    barred = {member} | {holder.member for holder in [*branch, *parent] if holder.deputy_of == member}
    return _others(branch, barred) or _others(parent, barred)


def _others(holders: list[Holder], barred: set[int]) -> dict[int, int | None]:
    """Who is left → on whose behalf; who holds the role himself acts for himself."""
    own_last = sorted(holders, key=lambda holder: holder.deputy_of is None)
    return {holder.member: holder.deputy_of for holder in own_last if holder.member not in barred}
