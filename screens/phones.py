"""The phone pages in words: the form's categories and criteria, drafts, lines, points."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from handlers.declarations.drafts import lacks_evidence
from handlers.declarations.forms import Draft, Receipt
from handlers.declarations.sheet import SheetCriterion, SheetNode
from handlers.declarations.view import LineView
from handlers.ledger.points import CategoryFigure, Explanation, Points, Why
from rules.schemes import Criterion
from screens.declarations import lines as words
from screens.declarations.draft import confirm_label
from screens.schemes import worth_in_words
from screens.screen import Screen
from screens.texts import Say, clean, number, signed

Facts = dict[str, Any]


def node_facts(say: Say, node: SheetNode, typed: Mapping[str, str], text: str) -> Facts:
    """A category: what may still count, and its criteria as they are filled in; those not searched for are hidden."""
    criteria = [_criterion_facts(say, each, typed, text.casefold()) for each in node.criteria]
    room = say("{points} more may count", points=number(node.room)) if node.room is not None else say("no cap")
    open_now = bool(text) or any(each["open"] for each in criteria)
    hidden = all(each["hidden"] for each in criteria)
    return {"name": node.node.name, "room": room, "criteria": criteria, "open": open_now, "hidden": hidden}


def _criterion_facts(say: Say, each: SheetCriterion, typed: Mapping[str, str], text: str) -> Facts:
    criterion = each.criterion
    own = {part: typed.get(f"{part}:{criterion.code}", "") for part in ("quantity", "option", "matter", "note")}
    filled = any(value.strip() for value in own.values())
    return {
        "code": criterion.code,
        "name": criterion.name,
        "words": each.words,
        "worth": worth_in_words(say, criterion),
        "about": criterion.about,
        "unit": criterion.unit,
        "options": criterion.options,
        "matters": each.matters,
        "evidence": criterion.evidence,
        "own": own,
        "open": filled,
        "hidden": not filled and text not in each.words,
        **bounds(criterion),
    }


def bounds(criterion: Criterion) -> Facts:
    """What a number field of a criterion takes."""
    if criterion.value.range is not None:
        within = criterion.value.range
        return {"least": number(within.least), "most": number(within.most), "step": "0.01"}
    step = "0.5" if criterion.value.takes_fractions else "1"
    return {"least": step, "most": str(criterion.most), "step": step}


def draft_facts(say: Say, draft: Draft) -> Facts:
    """The drafts with what would count, and the words of the button that submits them."""
    lines = [line_facts(say, line) for line in draft.lines]
    counted = sum((words.counted(line) for line in draft.lines), Decimal(0))
    return {
        "lines": lines,
        "pins": pins_text(draft.lines),
        "label": confirm_label(say, draft),
        "counted": signed(counted),
        "missing": any(line["missing"] for line in lines),
    }


def pins_text(lines: tuple[LineView, ...]) -> str:
    """Lines as they are shown, for a field of a form."""
    return " ".join(f"{line.id}-{line.edition}" for line in lines)


def line_facts(say: Say, line: LineView) -> Facts:
    """One line and what may be done with it."""
    mine = line.source == "member"
    return {
        "id": line.id,
        "what": words.thing(line),
        "points": words.worth(say, line.criterion, line.points),
        "flags": [words.flag_word(say, line, flag) for flag in line.flags],
        "files": [clean(each.name) for each in line.evidence],
        "note": clean(line.note),
        "reason": clean(line.reason),
        "state": line.state,
        "state_word": words.state_word(say, line.state),
        "quantity": number(line.quantity),
        "unit": line.criterion.unit,
        "missing": lacks_evidence(line),
        "evidence": line.criterion.evidence,
        "changes": mine and line.state in ("draft", "submitted"),
        "reopens": mine and line.state == "returned",
        **bounds(line.criterion),
    }


def receipt_facts(say: Say, answer: Receipt) -> Facts:
    """What was submitted, and what takes it back."""
    undo = " ".join(f"{number_}-{edition}" for number_, edition in answer.undo)
    return {"lines": [words.own(say, line) for line in answer.lines], "pins": undo}


def points_facts(say: Say, answer: Points) -> Facts:
    """The year by category; each figure leads to its lines."""
    waiting = ""
    if answer.waiting:
        waiting = say(
            "{count} lines ({points}) wait for review and are not in the total.",
            count=answer.waiting,
            points=signed(answer.waiting_points),
        )
    grade = say("At this total: {grade}. A committee decides the year's grade.", grade=answer.grade)
    return {
        "total": number(answer.total),
        "base": number(answer.base) if answer.base else "",
        "figures": [_figure_facts(say, each, answer.year) for each in answer.figures],
        "waiting": waiting,
        "grade": grade if answer.grade else "",
        "all": why_path("total", answer.year),
        "before": f"/m/points?{urlencode({'year': answer.year - 1})}",
        "year_before": str(answer.year - 1),
        "title": answer.title,
        "version": answer.version,
    }


def _figure_facts(say: Say, each: CategoryFigure, year: int) -> Facts:
    return {
        "name": each.name,
        "counted": signed(each.counted),
        "value": str(max(each.counted, Decimal(0))),
        "cap": None if each.cap is None else number(each.cap),
        "room": "" if each.room is None else say("{points} more may count", points=number(each.room)),
        "over": say("{points} above the caps", points=number(each.over)) if each.over > 0 else "",
        "href": why_path(each.code, year),
    }


def why_path(node: str, year: int, page: int = 0) -> str:
    """Where a figure is opened."""
    query = {"why": node, "year": year} | ({"page": page} if page else {})
    return f"/m/points?{urlencode(query)}"


def why_facts(answer: Explanation, screen: Screen) -> Facts:
    """A figure opened: the chat's own lines, and ways to other figures."""
    ways = [(choice.label, choice.request) for choice in screen.choices if isinstance(choice.request, Why)]
    return {
        "lines": screen.lines,
        "ways": [(label, why_path(request.node or "total", answer.year, request.page)) for label, request in ways],
        "back": f"/m/points?{urlencode({'year': answer.year})}",
    }
