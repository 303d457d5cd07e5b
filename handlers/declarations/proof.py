"""Evidence: asked for, added to a line, and opened by those who may see it."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.change import after_change, own_line
from handlers.declarations.declarer import Declarer
from handlers.declarations.drafts import lacks_evidence
from handlers.declarations.forms import (
    AddFile,
    AddNote,
    AskEvidence,
    AttachFile,
    Draft,
    EvidenceQuestion,
    FileFor,
    FileWaits,
    OneLine,
)
from handlers.declarations.view import views
from handlers.tasks.around import seen
from rules.declarations import check_note
from rules.periods import period_of
from storage import declarations, evidence, members
from storage.declarations import Line
from storage.evidence import EvidenceRow, Filed


class OpenEvidence(Struct, frozen=True):
    """Opens one piece of evidence."""

    evidence: int


class ListEvidence(Struct, frozen=True):
    """The evidence of one line."""

    line: int


class ListTaskEvidence(Struct, frozen=True):
    """The evidence of one task."""

    task: int


class Files(Struct, frozen=True):
    """Pieces of evidence."""

    files: tuple[EvidenceRow, ...]


class Stored(Struct, frozen=True):
    """Where the file lies in the data folder, its type and its name."""

    stored: str
    media_type: str
    name: str


def open_evidence(context: Context, request: OpenEvidence) -> Stored | Refused:
    """Absent and forbidden look the same."""
    found = evidence.stored_file(context.connection, request.evidence)
    if found is None:
        return refuse("line_unknown")
    number, stored, media_type, name = found
    if number is None:
        task = evidence.task_of(context.connection, request.evidence)
        if task is None or isinstance(seen(context, task), Refused):
            return refuse("line_unknown")
        return Stored(stored, media_type, name)
    line = declarations.by_ids(context.connection, [number])[number]
    unit = members.units_by_ids(context.connection, [line.unit])[line.unit]
    if line.member != context.actor.member and context.actor.may("reverse", unit.id, unit.path) is None:
        return refuse("line_unknown")
    return Stored(stored, media_type, name)


def list_evidence(context: Context, request: ListEvidence) -> Files | Refused:
    """The evidence of a line; absent and forbidden look the same."""
    found = evidence.of_lines(context.connection, [request.line]).get(request.line, [])
    if not found or isinstance(open_evidence(context, OpenEvidence(found[0].id)), Refused):
        return refuse("line_unknown")
    return Files(tuple(found))


def list_task_evidence(context: Context, request: ListTaskEvidence) -> Files | Refused:
    """The evidence of a task, for who may look at the task."""
    task = seen(context, request.task)
    if isinstance(task, Refused):
        return task
    return Files(tuple(evidence.of_tasks(context.connection, [task.id]).get(task.id, ())))


def ask_evidence(context: Context, request: AskEvidence) -> EvidenceQuestion | Refused:
    """Asks for evidence of a line that is not decided."""
    found = own_line(context, request.line, "draft", "submitted")
    if isinstance(found, Refused):
        return found
    line, desk = found
    shown = views(context, [line])[0]
    return EvidenceQuestion(shown, desk.person.id, required=lacks_evidence(shown))


def add_note(context: Context, request: AddNote) -> Draft | EvidenceQuestion | OneLine | Refused:
    """Writes a note to a line."""
    found = own_line(context, request.line, "draft", "submitted")
    if isinstance(found, Refused):
        return found
    problems = check_note(request.text)
    if problems:
        return Refused(tuple(problems))
    line, desk = found
    declarations.change(context.connection, [(line.id, line.edition)], (line.state,), note=request.text)
    context.audit("note", "line", line.id)
    return after_change(context, line, desk, "noted")


def add_file(context: Context, request: AddFile) -> Draft | EvidenceQuestion | OneLine | FileFor | FileWaits | Refused:
    """Attaches a file to a line; without a line it is kept for the next one."""
    if request.line:
        found = own_line(context, request.line, "draft", "submitted")
        return found if isinstance(found, Refused) else _attached(context, found, request.filed)
    drafts = declarations.drafts(context.connection, context.actor.member, period_of(context.today))
    if len(drafts) == 1:
        found = own_line(context, drafts[0].id, "draft")
        return found if isinstance(found, Refused) else _attached(context, found, request.filed)
    number = evidence.add(context.connection, context.actor.member, None, request.filed, context.now)
    context.audit("file", "member", context.actor.member, sha256=request.filed.sha256)
    if drafts:
        return FileFor(request.filed.name, number, tuple(views(context, drafts)))
    return FileWaits(request.filed.name)


def _attached(context: Context, found: tuple[Line, Declarer], filed: Filed) -> Draft | EvidenceQuestion | OneLine:
    line, desk = found
    evidence.add(context.connection, context.actor.member, line.id, filed, context.now)
    declarations.change(context.connection, [(line.id, line.edition)], (line.state,))
    context.audit("file", "line", line.id, sha256=filed.sha256)
    return after_change(context, line, desk, "filed", filed.name)


def attach_file(context: Context, request: AttachFile) -> Draft | EvidenceQuestion | OneLine | Refused:
    """Puts a file that waits to the line chosen."""
    found = own_line(context, request.line, "draft", "submitted")
    if isinstance(found, Refused):
        return found
    line, desk = found
    if not evidence.attach(context.connection, context.actor.member, request.evidence, line.id):
        return refuse("line_unknown")
    declarations.change(context.connection, [(line.id, line.edition)], (line.state,))
    context.audit("attach", "line", line.id, evidence=request.evidence)
    return after_change(context, line, desk, "filed")


REQUESTS: dict[type, Handler] = {
    OpenEvidence: open_evidence,
    ListEvidence: list_evidence,
    ListTaskEvidence: list_task_evidence,
    AskEvidence: ask_evidence,
    AddNote: add_note,
    AddFile: add_file,
    AttachFile: attach_file,
}
