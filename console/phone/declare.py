"""The form: several criteria of the month filled in at once, the drafts with what would count, and submitting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from console.phone.session import Caller, Filled, PhonePage
from handlers.context import Refused, refuse
from handlers.declarations.forms import (
    AddFile,
    AddNote,
    ChangeQuantity,
    DropDrafts,
    EvidenceQuestion,
    Reopen,
    SameAsLast,
    Submit,
    Undo,
    Withdraw,
)
from handlers.declarations.sheet import DraftMany, SheetCriterion, SheetItem, ShowSheet
from rules.problems import Problem
from screens.phones import draft_facts, line_facts, node_facts, receipt_facts
from screens.texts import month

PINS = re.compile(r"\d{1,18}-\d{1,9}(?: \d{1,18}-\d{1,9})*")
BATCH = re.compile(r"\d{1,16}")
PARTS = ("quantity", "option", "matter", "note")
PAGE = "/m/declare"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says besides the form: the word of what was just done, why something was not, what was typed."""

    done: str = ""
    problems: tuple[str, ...] = ()
    typed: Mapping[str, str] | None = None
    status: int = 200


async def sheet(caller: Caller, request: Request) -> Response:
    """The form, narrowed by what is searched."""
    done = request.query_params.get("done", "")
    text = request.query_params.get("text", "")[:60]
    return await _page(caller, Shown(done if done in ("drafted", "saved", "undone") else "", typed={"text": text}))


async def _page(caller: Caller, shown: Shown) -> Response:
    found = await caller.ask(ShowSheet())
    if isinstance(found, Refused):
        title = caller.say("Not done")
        return caller.page("said.html", 403, title=title, lines=caller.reasons(found))
    say, typed = caller.say, shown.typed or {}
    text = typed.get("text", "").strip()
    words = {
        "drafted": say("Added to your drafts. Please check them, then submit."),
        "saved": say("Saved."),
        "undone": say("Taken back: the lines are drafts again."),
    }
    return caller.page(
        "declare.html",
        shown.status,
        title=say("Declaration of {month}", month=month(say, found.period)),
        done=words.get(shown.done, ""),
        problems=shown.problems,
        nodes=[node_facts(say, node, typed, text) for node in found.nodes],
        draft=draft_facts(say, found.draft),
        lines=[line_facts(say, line) for line in found.lines],
        last=found.last,
        batch=typed.get("batch", "") if BATCH.fullmatch(typed.get("batch", "")) else str(found.batch),
        text=text,
    )


async def fill(caller: Caller, _request: Request) -> Response:
    """What was filled in becomes drafts; searching without a script only shows the form anew, as it was filled in."""
    form = caller.form
    if form["do"] == "find":
        return await _page(caller, Shown(typed=form.fields))
    if form["do"] == "last":
        return await _answered(caller, await caller.do(SameAsLast()), "drafted")
    found = await caller.ask(ShowSheet())
    if isinstance(found, Refused):
        return await _refused(caller, found)
    batch = int(form["batch"]) if BATCH.fullmatch(form["batch"]) else found.batch
    criteria = [each for node in found.nodes for each in node.criteria]
    read = await items_of(caller, criteria, form)
    answer = read if isinstance(read, Refused) else await caller.do(DraftMany(read, batch))
    return await _answered(caller, answer, "drafted")


async def items_of(caller: Caller, criteria: list[SheetCriterion], form: Filled) -> tuple[SheetItem, ...] | Refused:
    """The criteria that were filled in, with their files stored; every reason why one cannot be taken."""
    items, problems = [], []
    for each in criteria:
        code, criterion = each.criterion.code, each.criterion
        quantity, option, matter, note = (form[f"{part}:{code}"] for part in PARTS)
        file = form.files.get(f"file:{code}")
        if not (quantity or option or matter or note or file):
            continue
        many = number_of(quantity) if quantity else Decimal(1)
        if many is None:
            problems.append(Problem("number_unclear", {"name": criterion.name}))
            continue
        kept = await caller.keep(*file) if file else None
        if isinstance(kept, tuple):
            problems += kept
            continue
        items.append(SheetItem(code, many, option, matter, note, () if kept is None else (kept,)))
    return Refused(tuple(problems)) if problems else tuple(items)


def number_of(text: str) -> Decimal | None:
    """A number as a form has it."""
    try:
        found = Decimal(text.replace("，", ".").replace(",", ".")) if len(text) <= 12 else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


async def _answered(caller: Caller, answer: Any, done: str) -> Response:
    return await _refused(caller, answer) if isinstance(answer, Refused) else caller.to(PAGE, done=done)


async def _refused(caller: Caller, answer: Refused) -> Response:
    """The page as it was filled in, with every reason above it; files must be chosen again."""
    return await _page(caller, Shown(problems=tuple(caller.reasons(answer)), typed=caller.form.fields, status=422))


async def line(caller: Caller, request: Request) -> Response:
    """One line: another quantity, evidence, deleting or withdrawing it, opening it again."""
    number, form = request.path_params["id"], caller.form
    wanted: Any = {"drop": Withdraw(number), "reopen": Reopen(number)}.get(form["do"])
    if form["do"] == "change":
        many = number_of(form["quantity"])
        wanted = refuse("quantity_unclear") if many is None else ChangeQuantity(number, many)
    if form["do"] == "prove":
        wanted = await _proof(caller, number)
    if wanted is None or isinstance(wanted, Refused):
        return await _refused(caller, wanted or refuse("choose_one"))
    return await _answered(caller, await caller.do(wanted), "saved")


async def _proof(caller: Caller, number: int) -> AddFile | AddNote | Refused:
    """A file, or else the note."""
    chosen = caller.form.files.get("file") or caller.form.files.get("photo")
    if chosen is None:
        return AddNote(number, caller.form["note"]) if caller.form["note"] else refuse("text_empty")
    kept = await caller.keep(*chosen)
    return Refused(kept) if isinstance(kept, tuple) else AddFile(kept, number)


def pins_of(text: str) -> tuple[tuple[int, int], ...]:
    """Lines as they were shown: number and edition of each."""
    if not PINS.fullmatch(text):
        return ()
    pairs = (each.split("-") for each in text.split())
    return tuple((int(number), int(edition)) for number, edition in pairs)


async def submit(caller: Caller, _request: Request) -> Response:
    """Submits, deletes or takes back what was shown."""
    pins, do = pins_of(caller.form["pins"]), caller.form["do"]
    if not pins:
        return await _refused(caller, refuse("drafts_changed"))
    if do == "undo":
        return await _answered(caller, await caller.do(Undo(pins)), "undone")
    if do == "drop":
        return await _answered(caller, await caller.do(DropDrafts(pins)), "saved")
    answer = await caller.do(Submit(pins))
    if isinstance(answer, EvidenceQuestion):
        problem = Problem("evidence_missing", {"name": answer.line.criterion.name})
        return await _refused(caller, Refused((problem,)))
    if isinstance(answer, Refused):
        return await _refused(caller, answer)
    say = caller.say
    title = say("Submitted: {count} lines of {month}", count=len(answer.lines), month=month(say, answer.period))
    return caller.page("receipt.html", title=title, receipt=receipt_facts(say, answer))


PAGES: tuple[PhonePage, ...] = (
    PhonePage("GET", PAGE, sheet),
    PhonePage("POST", PAGE, fill),
    PhonePage("POST", "/m/lines/{id:int}", line),
    PhonePage("POST", "/m/submit", submit),
)
