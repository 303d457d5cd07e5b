"""Reporting a task: in one tap when nothing is asked, else with the figure and the evidence that are asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import Struct, structs

from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks import around, telling
from handlers.tasks.mine import ShownTask, behalf_of, carried_task, open_parts, shown, takes_files
from handlers.tasks.points import post_points
from rules.declarations import check_note
from rules.problems import Problem
from rules.tasks.figures import check_figure
from rules.tasks.plan import Figure, Terms
from rules.tasks.states import LIVE, OVER
from storage import evidence
from storage.evidence import Filed
from storage.tasks import rows
from storage.tasks.rows import TaskRow

MOST_REPORT = 2000
MOST_FILES = 50


class TaskDone(Struct, frozen=True):
    """完成: reports a task; what is asked for and not given yet is asked. `kept`: the files sent before a return do."""

    task: int
    figure: Decimal | None = None
    text: str = ""
    kept: bool = False


class AddTaskFile(Struct, frozen=True):
    """A file that was asked for: it finishes the report or joins it."""

    filed: Filed
    task: int
    figure: Decimal | None = None
    text: str = ""


class AddTaskWords(Struct, frozen=True):
    """More words to a report."""

    task: int
    text: str = ""


class AskTaskFile(Struct, frozen=True):
    """Asks for a photo or file to join the report."""

    task: int


class WithdrawReport(Struct, frozen=True):
    """Takes a report back before it is verified; its files stay."""

    task: int


class FigureQuestion(Struct, frozen=True):
    """How many? `report` is what was given so far."""

    task: TaskRow
    figure: Figure
    report: TaskDone


class ProofQuestion(Struct, frozen=True):
    """A photo or file, please: to report with `report`, or to join what is reported (None). `before` counts the files
    that were sent before it was returned."""

    task: TaskRow
    report: TaskDone | None
    before: int = 0
    filed: str = ""


Asked = FigureQuestion | ProofQuestion
Answer = ShownTask | Asked | Refused


def task_done(context: Context, request: TaskDone) -> Answer:
    """One tap when nothing is asked."""
    found = _to_report(context, request.task)
    if isinstance(found, ShownTask | Refused):
        return found
    terms = around.terms_of(context, found)
    wrong = _wrong(found, terms, request.figure, request.text)
    if wrong:
        return Refused(tuple(wrong))
    return _asked(context, found, terms, request) or _report(context, found, terms, request)


def add_task_file(context: Context, request: AddTaskFile) -> Answer:
    """The first finishes the report, those after it join it."""
    task = carried_task(context, request.task)
    if isinstance(task, Refused):
        return task
    terms = around.terms_of(context, task)
    wrong = _wrong(task, terms, request.figure, request.text)
    if wrong:
        return Refused(tuple(wrong))
    if takes_files(task, terms, context.today):
        return _filed(context, task, request) or shown(context, _again(context, task.id), "filed")
    if task.state not in LIVE:
        return _closed(context, task)
    return _reported_with(context, terms, request)


def _reported_with(context: Context, terms: Terms, request: AddTaskFile) -> Answer:
    found = _to_report(context, request.task)
    if isinstance(found, ShownTask | Refused):
        return found
    report = TaskDone(found.id, request.figure, request.text)
    if terms.figure is not None and request.figure is None:
        kept = structs.replace(request, text="")  # the words come with the report
        return _filed(context, found, kept) or FigureQuestion(found, terms.figure, report)
    done = _report(context, found, terms, report)
    if isinstance(done, Refused):
        return done
    return _filed(context, done.task, structs.replace(request, text="")) or shown(
        context, _again(context, found.id), done.done
    )


def add_task_words(context: Context, request: AddTaskWords) -> ShownTask | Refused:
    """What is typed after a report joins its words."""
    task = carried_task(context, request.task)
    if isinstance(task, Refused):
        return task
    if not takes_files(task, around.terms_of(context, task), context.today):
        return _closed(context, task)
    wrong = check_note(request.text) or _too_long(task, request.text)
    if wrong:
        return Refused(tuple(wrong))
    if not rows.change(context.connection, task.id, task.edition, {"report": _words(task, request.text)}):
        return refuse("task_changed_meanwhile")
    around.note(context, [task.id], "words", text=request.text, behalf=behalf_of(context, task))
    return shown(context, _again(context, task.id), "worded")


def ask_task_file(context: Context, request: AskTaskFile) -> ProofQuestion | Refused:
    """While the report takes files."""
    task = carried_task(context, request.task)
    if isinstance(task, Refused):
        return task
    if not takes_files(task, around.terms_of(context, task), context.today):
        return _closed(context, task)
    return ProofQuestion(task, None)


def withdraw_report(context: Context, request: WithdrawReport) -> ShownTask | Refused:
    """It waits for its carrier again."""
    task = carried_task(context, request.task)
    if isinstance(task, Refused):
        return task
    if task.state != "reported":
        return _closed(context, task) if task.state not in LIVE else refuse("task_not_reported")
    cleared: dict[str, Any] = {"reported_at": None, "reported_by": None}
    changed = around.happen(context, task, "withdraw", behalf=behalf_of(context, task), **cleared)
    return changed if isinstance(changed, Refused) else shown(context, changed, "withdrawn")


def _to_report(context: Context, number: int) -> TaskRow | ShownTask | Refused:
    """A task that can be reported now; one the actor has reported himself is shown as it is."""
    task = carried_task(context, number)
    if isinstance(task, Refused):
        return task
    if task.state not in LIVE:
        mine = task.state in ("reported", "done") and task.reported_by == context.actor.member
        return shown(context, task) if mine else _closed(context, task)
    left = open_parts(rows.parts_of(context.connection, [task.id]))
    return refuse("task_parts_open", left=left) if left else task


def _closed(context: Context, task: TaskRow) -> Refused:
    """Who reported or settled it, and when."""
    if task.state in LIVE:
        return refuse("task_not_reported")
    by = task.reported_by if task.state == "reported" else task.settled_by
    at = task.reported_at if task.state == "reported" else task.settled_at
    if task.state == "done" and task.settled_by is None:
        by, at = task.reported_by, task.reported_at
    name = context.names([by])[by] if by else ""
    on = None if at is None else context.house.today(at).isoformat()
    return refuse("task_closed", title=task.title, state=task.state, by=name, on=on, reason=task.reason)


def _wrong(task: TaskRow, terms: Terms, figure: Decimal | None, text: str) -> list[Problem]:
    wrong = [] if figure is None or terms.figure is None else check_figure(terms.figure, figure)
    wrong += check_note(text) if text else []
    return wrong or _too_long(task, text)


def _too_long(task: TaskRow, text: str) -> list[Problem]:
    length = len(_words(task, text))
    return [Problem("text_too_long", {"length": length, "most": MOST_REPORT})] if length > MOST_REPORT else []


def _asked(context: Context, task: TaskRow, terms: Terms, request: TaskDone) -> Asked | Refused | None:
    """What is still to be given before the report is whole."""
    if terms.sheet:
        given = {each.item for each in rows.marks_of(context.connection, [task.id]).get(task.id, ())}
        left = sum(each.code not in given for each in terms.sheet)
        if left:
            return refuse("task_sheet_open", left=left)
    if terms.figure is not None and request.figure is None:
        return FigureQuestion(task, terms.figure, request)
    if terms.evidence != "required":
        return None
    fresh, before = _files(context, task)
    if fresh or (request.kept and before):
        return None
    return ProofQuestion(task, request, before)


def _files(context: Context, task: TaskRow) -> tuple[int, int]:
    """How many files were sent since the report was last returned, and before."""
    deeds = [each.deed for each in rows.events_of(context.connection, task.id)]
    returned = len(deeds) - deeds[::-1].index("return") if "return" in deeds else 0
    return deeds[returned:].count("file"), deeds[:returned].count("file")


def _report(context: Context, task: TaskRow, terms: Terms, request: TaskDone) -> ShownTask | Refused:
    """The deed itself: what nobody verifies is done at once; the slower of two hears who was faster."""
    mine = context.actor.member
    values: dict[str, Any] = {
        "figure": request.figure if terms.figure is not None else None,
        "report": request.text or (task.report if task.state == "open" else ""),
        "reported_at": context.now,
        "reported_by": mine,
        "stance": "",
        "wanted_on": None,
        "wanted_reason": "",
    }
    alone = terms.verify == "nobody"
    if alone:
        values |= {"done_on": context.today, "settled_at": context.now, "settled_by": mine, "reason": ""}
    facts = None if request.figure is None else {"figure": str(request.figure)}
    deed, behalf = "finish" if alone else "report", behalf_of(context, task)
    changed = around.happen(context, task, deed, text=request.text, facts=facts, behalf=behalf, **values)
    if isinstance(changed, Refused):
        now = _again(context, task.id)
        return changed if now.state in LIVE else _closed(context, now)
    if alone:
        post_points(context, [changed])
    else:
        telling.tell_reported(context, changed)
    return shown(context, changed, "finished" if alone else "reported")


def _filed(context: Context, task: TaskRow, request: AddTaskFile) -> Refused | None:
    """A file more, with its words; who looks at the report hears that it has changed."""
    if len(evidence.of_tasks(context.connection, [task.id]).get(task.id, ())) >= MOST_FILES:
        return refuse("task_files_full", most=MOST_FILES)
    if not rows.change(context.connection, task.id, task.edition, {"report": _words(task, request.text)}):
        now = _again(context, task.id)
        return _closed(context, now) if now.state in OVER else refuse("task_changed_meanwhile")
    kept = evidence.add(context.connection, context.actor.member, None, request.filed, context.now, task.id)
    facts = {"evidence": kept, "sha256": request.filed.sha256}
    around.note(context, [task.id], "file", text=request.filed.name, facts=facts)
    return None


def _words(task: TaskRow, text: str) -> str:
    return "\n".join(part for part in (task.report, text) if part)


def _again(context: Context, number: int) -> TaskRow:
    task = rows.get(context.connection, number)
    if task is None:
        raise LookupError(f"task {number} is gone")
    return task


REQUESTS: dict[type, Handler] = {
    TaskDone: task_done,
    AddTaskFile: add_task_file,
    AddTaskWords: add_task_words,
    AskTaskFile: ask_task_file,
    WithdrawReport: withdraw_report,
}
