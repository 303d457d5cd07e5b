"""Imports of units and members: compared with what is stored, then written slice by slice under one run.

A slice compares again inside its unit and writes only what differs, so an import that was cut short is finished by
importing the same file again, under the same run.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from rules.imports.changes import Change, Standing, member_change, unit_change
from rules.imports.entries import MemberEntry, UnitEntry
from storage import imports, members
from storage.audit import Deed
from storage.locks import hold, hold_members
from storage.undoing import noted

SLICE = 100


class ShowStanding(Struct, frozen=True):
    """All units and members as they stand today."""


class BeginImport(Struct, frozen=True):
    """Begins an import, or goes on with one of the same file that was cut short."""

    file_hash: str
    name: str


class ImportUnits(Struct, frozen=True):
    """Writes a slice of units, each after its parent."""

    run: int
    entries: tuple[UnitEntry, ...]


class ImportMembers(Struct, frozen=True):
    """Writes a slice of members, whose units are there."""

    run: int
    entries: tuple[MemberEntry, ...]


class FinishImport(Struct, frozen=True):
    """The last slice is written."""

    run: int


class Importing(Struct, frozen=True):
    """The number of a run; `resumed` when it was begun before."""

    run: int
    resumed: bool = False


class Imported(Struct, frozen=True):
    """What a slice wrote."""

    new: int
    changed: int


def show_standing(context: Context, _request: ShowStanding) -> Standing:
    """Read whole: an import compares thousands of rows."""
    return imports.standing(context.connection, context.today)


def begin_import(context: Context, request: BeginImport) -> Importing | Refused:
    """One run a file."""
    if context.actor.may("install", 0, "/") is None:
        return refuse("not_allowed")
    hold(context.connection, imports.ONE_AT_A_TIME)
    found = imports.unfinished(context.connection, request.file_hash)
    if found is not None:
        return Importing(found.id, resumed=True)
    run = imports.begin(context.connection, request.file_hash, request.name[:200], context.now)
    context.audit("import", "import_run", run, file_hash=request.file_hash)
    return Importing(run)


def finish_import(context: Context, request: FinishImport) -> Importing | Refused:
    """From now on the same file begins a new run."""
    if context.actor.may("install", 0, "/") is None:
        return refuse("not_allowed")
    imports.finish(context.connection, request.run, context.now)
    return Importing(request.run)


def import_units(context: Context, request: ImportUnits) -> Imported | Refused:
    """New units under their parents; names and kinds of known ones."""
    if context.actor.may("install", 0, "/") is None:
        return refuse("not_allowed")
    if not _begun(context, request.run):
        return refuse("import_changed")
    standing = imports.standing(context.connection, context.today, ())
    placed = {unit.code: (unit.id, unit.path) for unit in standing.units.values()}
    notes: list[dict[str, Any]] = []
    counts = {"new": 0, "changed": 0}
    for entry in request.entries:
        change = unit_change(entry, standing.units.get(entry.code))
        if change is None:
            continue
        if change.number is None:
            if entry.parent not in placed:
                return refuse("import_changed")
            placed[entry.code] = _new_unit(context, entry, placed[entry.parent])
        number = change.number or placed[entry.code][0]
        values = {name: pair[1] for name, pair in change.fields.items()}
        if values:
            imports.update(context.connection, "unit", number, values)
        counts["new" if change.fresh else "changed"] += 1
        note = {"subject": "unit", "row_id": number, "unit_id": number, "action": "new" if change.fresh else "changed"}
        notes.append(note | {"before": {name: pair[0] for name, pair in change.fields.items()}, "after": values})
    imports.record(context.connection, request.run, notes)
    context.audit_all([Deed("import", "unit", note["row_id"], {"run": request.run}) for note in notes])
    return Imported(**counts)


def _begun(context: Context, run: int) -> bool:
    """From here on no other import writes; False when this one was taken back meanwhile."""
    hold(context.connection, imports.ONE_AT_A_TIME)
    found = imports.run_of(context.connection, run)
    return found is not None and found.undone_at is None


def _new_unit(context: Context, entry: UnitEntry, parent: tuple[int, str]) -> tuple[int, str]:
    above, path = parent
    values = {"code": entry.code, "parent_id": above, "kind": entry.kind, "name": entry.name, "path": path}
    number = members.insert(context.connection, members.unit, values)
    members.set_path(context.connection, number, f"{path}{number}/")
    return number, f"{path}{number}/"


def import_members(context: Context, request: ImportMembers) -> Imported | Refused:
    """New members with unit and roles; of known ones what differs."""
    if context.actor.may("install", 0, "/") is None:
        return refuse("not_allowed")
    codes = [entry.code for entry in request.entries]
    if not _begun(context, request.run):
        return refuse("import_changed")
    hold_members(context.connection, imports.numbers(context.connection, codes))
    standing = imports.standing(context.connection, context.today, codes)
    units = {unit.code: unit.id for unit in standing.units.values()}
    named = {unit for entry in request.entries for unit in (entry.unit, *(at for _, at in entry.roles or ()))}
    if named - units.keys():
        return refuse("import_changed")
    compared = [(entry, member_change(entry, standing.members.get(entry.code))) for entry in request.entries]
    slice_ = _Slice(context, request.run, units)
    slice_.add([entry for entry, change in compared if change is not None and change.fresh])
    slice_.change([(entry, change) for entry, change in compared if change is not None and not change.fresh])
    return slice_.written()


class _Slice:
    """The rows of one slice being written, and the notes by which they can be taken back."""

    def __init__(self, context: Context, run: int, units: dict[str, int]) -> None:
        self.context = context
        self.connection = context.connection
        self.run = run
        self.units = units
        self.notes: list[dict[str, Any]] = []
        self.deeds: list[Deed] = []
        self.counts = {"new": 0, "changed": 0}

    def add(self, entries: list[MemberEntry]) -> None:
        """Members nobody knew; memberships and roles begin today and go with them when they are taken back."""
        today = self.context.today
        rows = [{"code": e.code, "name": e.name, "class": e.kind or "full", "joined_on": e.joined} for e in entries]
        numbers = imports.add(self.connection, "member", rows)
        people = list(zip(entries, numbers, strict=True))
        belongs = [{"member_id": n, "unit_id": self.units[e.unit], "from_on": today} for e, n in people]
        holds = [
            {"member_id": n, "role": role, "unit_id": self.units[at], "from_on": today}
            for e, n in people
            for role, at in e.roles or ()
        ]
        imports.add(self.connection, "membership", belongs)
        imports.add(self.connection, "role", holds)
        for number in numbers:
            self._note("member", number, number, "new")
            self.deeds.append(Deed("import", "member", number, {"run": self.run, "what": ["new"]}))
        self.counts["new"] += len(numbers)

    def change(self, compared: list[tuple[MemberEntry, Change]]) -> None:
        """Names, classes, days at once; unit and roles by ending and beginning rows."""
        numbers = [change.number for _, change in compared if change.number is not None]
        day = self.context.today
        memberships = imports.held(self.connection, "membership", numbers, day)
        roles = imports.held(self.connection, "role", numbers, day)
        for entry, change in compared:
            number = change.number or 0
            self._own_fields(entry, number, change)
            if "unit" in change.fields:
                self._move(entry, number, memberships.get(number, []))
            if "roles" in change.fields:
                self._roles(entry, number, roles.get(number, []))
            self.deeds.append(Deed("import", "member", number, {"run": self.run, "what": sorted(change.fields)}))
            self.counts["changed"] += 1

    def written(self) -> Imported:
        """Records the slice."""
        imports.record(self.connection, self.run, self.notes)
        self.context.audit_all(self.deeds)
        return Imported(**self.counts)

    def _own_fields(self, entry: MemberEntry, number: int, change: Change) -> None:
        columns = {"name": entry.name, "class": entry.kind, "joined": entry.joined}
        values = {"joined_on" if f == "joined" else f: v for f, v in columns.items() if f in change.fields}
        if values:
            before = {
                "joined_on" if f == "joined" else f: change.fields[f][0] or None for f in change.fields if f in columns
            }
            imports.update(self.connection, "member", number, values)
            self._note("member", number, number, "changed", before, values)

    def _move(self, entry: MemberEntry, number: int, rows: Iterable[imports.Held]) -> None:
        """The day before is the last in the old unit; a membership begun today is simply put right."""
        target, today = self.units[entry.unit], self.context.today
        for row in rows:
            if row.since == today:
                values: dict[str, Any] = {"unit_id": target}
                self._change_row("membership", row, number, values, {"unit_id": row.unit})
                return
            self._end("membership", row, number)
        values = {"member_id": number, "unit_id": target, "from_on": today}
        (made,) = imports.add(self.connection, "membership", [values])
        self._note("membership", made, number, "new")

    def _roles(self, entry: MemberEntry, number: int, rows: Iterable[imports.Held]) -> None:
        """Those of the row begin, all others end; one begun today is taken away, for it never held a whole day."""
        wanted = {(role, self.units[at]) for role, at in entry.roles or ()}
        for row in rows:
            if (row.role, row.unit) in wanted:
                wanted.discard((row.role, row.unit))
            elif row.since == self.context.today:
                gone = {"member_id": number, "role": row.role, "unit_id": row.unit, "from_on": noted(row.since)}
                imports.remove(self.connection, "role", row.id)
                self._note("role", row.id, number, "gone", gone)
            else:
                self._end("role", row, number)
        for role, unit in sorted(wanted):
            values = {"member_id": number, "role": role, "unit_id": unit, "from_on": self.context.today}
            (made,) = imports.add(self.connection, "role", [values])
            self._note("role", made, number, "new")

    def _end(self, subject: str, row: imports.Held, number: int) -> None:
        self._change_row(subject, row, number, {"until_on": self.context.today - timedelta(days=1)}, {"until_on": None})

    def _change_row(
        self, subject: str, row: imports.Held, number: int, values: dict[str, Any], before: dict[str, Any]
    ) -> None:
        imports.update(self.connection, subject, row.id, values)
        self._note(subject, row.id, number, "changed", before, values)

    def _note(
        self,
        subject: str,
        row: int,
        number: int,
        action: str,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        after = None if after is None else {name: noted(value) for name, value in after.items()}
        facts = {"subject": subject, "row_id": row, "member_id": number, "action": action}
        self.notes.append(facts | {"before": before, "after": after})


REQUESTS: dict[type, Handler] = {
    ShowStanding: show_standing,
    BeginImport: begin_import,
    ImportUnits: import_units,
    ImportMembers: import_members,
    FinishImport: finish_import,
}
