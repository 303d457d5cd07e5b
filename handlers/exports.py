"""What was taken away as a file: recorded before it is handed out."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.naming import Names, filtered, names_of
from handlers.scope import PAGE, span_of
from storage import audit
from storage.audit import Deed


class MayExport(Struct, frozen=True):
    """Whether the actor may take data away as a file."""


class RecordExport(Struct, frozen=True):
    """A file was made: of which list, narrowed to what, with how many rows; nobody gets it unrecorded."""

    kind: str
    form: str
    narrowed: tuple[tuple[str, str], ...]
    rows: int


class ExportRecorded(Struct, frozen=True):
    """The file may be handed out."""

    rows: int


class ListExports(Struct, frozen=True):
    """The actor's own files, newest first."""

    offset: int = 0
    limit: int = PAGE


class Taken(Struct, frozen=True):
    """A file as it was recorded; `narrowed` is filter → value, both as the form had them."""

    at: datetime
    kind: str
    form: str
    rows: int
    narrowed: dict[str, str]


class Exports(Struct, frozen=True):
    """One page of them, with what the things are called that their filters name by number."""

    rows: tuple[Taken, ...]
    total: int
    names: Names


def may_export(context: Context, _request: MayExport) -> ExportRecorded | Refused:
    """By role, wherever it is held: the list itself gives only what is in sight."""
    return ExportRecorded(0) if context.actor.granted("export") else refuse("not_allowed")


def record_export(context: Context, request: RecordExport) -> ExportRecorded | Refused:
    """Who took what away, and how many rows."""
    if not context.actor.granted("export"):
        return refuse("not_allowed")
    facts = {"kind": request.kind, "form": request.form, "rows": request.rows, "narrowed": dict(request.narrowed)}
    context.audit_all([Deed("export", "member", context.actor.member, facts)])
    return ExportRecorded(request.rows)


def list_exports(context: Context, request: ListExports) -> Exports | Refused:
    """What the actor took away himself."""
    if not context.actor.granted("export"):
        return refuse("not_allowed")
    wanted = audit.Filter((context.actor.member,), "export", ("member", context.actor.member))
    total = audit.count_of(context.connection, wanted)
    found = audit.page(context.connection, wanted, span_of(request.offset, request.limit, total))
    rows = tuple(Taken(row.at, **row.facts) for row in found)
    return Exports(rows, total, names_of(context, {key for row in rows for key in filtered(row.narrowed)}))


REQUESTS: dict[type, Handler] = {MayExport: may_export, RecordExport: record_export, ListExports: list_exports}
