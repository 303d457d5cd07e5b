"""Taking an import back, slice by slice, newest change first; what others lean on stays and is named."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from storage import imports, members, undoing
from storage.imports import ChangeRow, Run
from storage.locks import hold, hold_members

SLICE = 50


class UndoImport(Struct, frozen=True):
    """Takes back a slice of an import; without a number of the last one."""

    run: int | None = None


class Undone(Struct, frozen=True):
    """What a slice took back; `kept` are the names of those who must stay, `more` when another slice is left."""

    run: int
    name: str
    taken_back: int
    kept: tuple[str, ...]
    more: bool


def undo_import(context: Context, request: UndoImport) -> Undone | Refused:
    """Each slice is whole in itself; giving the command again goes on."""
    connection = context.connection
    if context.actor.may("install", 0, "/") is None:
        return refuse("not_allowed")
    hold(connection, imports.ONE_AT_A_TIME)
    run = imports.run_of(connection, request.run)
    problem = _unfit(context, run, request.run)
    if run is None or problem is not None:
        return problem or refuse("no_import")
    changes = undoing.changes_to_undo(connection, run.id, SLICE)
    hold_members(connection, [change.member for change in changes if change.member is not None])
    kept = _take_back_members(context, [change for change in changes if change.subject != "unit"])
    kept += _take_back_units(context, [change for change in changes if change.subject == "unit"])
    undoing.mark_undone(connection, [change.id for change in changes])
    more = len(changes) == SLICE
    if not more:
        undoing.end(connection, run.id, context.now)
        context.audit("undo", "import_run", run.id)
    return Undone(run.id, run.name, len(changes) - len(kept), tuple(kept), more)


def _unfit(context: Context, run: Run | None, number: int | None) -> Refused | None:
    if run is None:
        return refuse("no_import")
    if run.undone_at is not None:
        return refuse("import_undone_already", run=number)
    later = undoing.later_run(context.connection, run.id)
    return None if later is None else refuse("import_later", run=run.id, later=later)


def _take_back_members(context: Context, changes: list[ChangeRow]) -> list[str]:
    """People who acted stay as they are; all others go or become what they were."""
    new = [change.row for change in changes if change.subject == "member" and change.action == "new"]
    stay = undoing.dependents(context.connection, members.member, new)
    undoing.remove_members(context.connection, set(new) - stay)
    names = members.names(context.connection, stay)
    kept = [names[number] for number in sorted(stay)]
    for change in changes:
        if change.subject != "member" or change.action != "new":
            kept += _take_back(context, change)
    return kept


def _take_back(context: Context, change: ChangeRow) -> list[str]:
    """One row becomes what it was, unless somebody changed it since; gives who is kept."""
    connection = context.connection
    if change.action == "new":
        imports.remove(connection, change.subject, change.row)
    elif change.action == "gone":
        imports.add(connection, change.subject, [undoing.stored(change.subject, change.before or {})])
    else:
        now = undoing.values_of(connection, change.subject, change.row)
        after = change.after or {}
        if now is None or {name: now[name] for name in after} != after:
            return list(members.names(connection, _member_of(change)).values())
        imports.update(connection, change.subject, change.row, undoing.stored(change.subject, change.before or {}))
    return []


def _member_of(change: ChangeRow) -> Iterable[int]:
    return [] if change.member is None else [change.member]


def _take_back_units(context: Context, changes: list[ChangeRow]) -> list[str]:
    """Units one by one, the deepest first: a parent is free only when its units are gone."""
    kept = []
    for change in changes:
        if change.action != "new":
            _take_back(context, change)
        elif undoing.dependents(context.connection, members.unit, [change.row]):
            kept.append(members.units_by_ids(context.connection, [change.row])[change.row].name)
        else:
            undoing.remove_unit(context.connection, change.row)
    return kept


REQUESTS: dict[type, Handler] = {UndoImport: undo_import}
