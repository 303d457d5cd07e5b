"""A draft made from a table in words: what somebody must settle, how the rest was taken, and why a file is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from screens.texts import Say, Sentences, clean

if TYPE_CHECKING:  # a running house makes no drafts
    from rules.schemes.drafts import Draft, Finding

WORDS: Sentences = {
    "rulebook_too_large": lambda say, f: say("The file is too large; at most {most} MB. Keep the rulebook only.", **f),
    "rulebook_too_long": lambda say, f: say("The table is too long; at most {most} rows. Keep the rulebook only.", **f),
    "rulebook_password": lambda say, f: say("The file has a password. Save it in Excel or WPS without one."),
    "rulebook_broken": lambda say, f: say("This is no .xlsx workbook, or it is damaged. Save it anew as .xlsx."),
    "rulebook_no_sheet": lambda say, f: say("The workbook has no visible worksheet that holds anything."),
    "rulebook_formula": lambda say, f: say(
        "Sheet {sheet}, cell {cell}: a formula without a stored value. Open the file in Excel and save it, "
        "or write the value itself.",
        sheet=clean(f["sheet"])[:40],
        cell=f["cell"],
    ),
    "rulebook_no_header": lambda say, f: say(
        "No heading was found. One row must name the columns, one of each group that it has: {columns}.",
        columns=say("; ").join(f.get("columns", ())),
    ),
    "rulebook_no_rows": lambda say, f: say("Below the heading there is no row."),
    "draft_unread": lambda say, f: say("Not understood: {text}", text=clean(f["text"])),
    "draft_no_value": lambda say, f: say("To settle: what it is worth was not found; complete value."),
    "draft_around": lambda say, f: say("Not taken over: {text}", text=clean(f["text"])),
    "draft_split": lambda say, f: say("To check: addition and deduction stood in one row and are two criteria."),
    "draft_mark_is_cap": lambda say, f: say("To check: the {points} points of the table are taken as the cap.", **f),
    "draft_mark_is_full": lambda say, f: say(
        "To check: the {points} points of the table are in the category's full mark, and the most that is deducted.",
        **f,
    ),
    "draft_sign": lambda say, f: say(
        "To check: taken as a deduction, since it stands under {category}.", category=clean(f["category"])
    ),
    "draft_evidence": lambda say, f: say("To check: this evidence is taken as required."),
    "draft_name_changed": lambda say, f: say(
        "To check: the name stood twice and is now {name}.", name=clean(f["name"])
    ),
}


def told(say: Say, finding: Finding) -> str:
    """A finding as a sentence."""
    return WORDS[finding.problem.code](say, finding.problem.facts)


def on_row(say: Say, finding: Finding) -> str:
    """A finding with its row."""
    return say("Row {row}: {told}", row=finding.row, told=told(say, finding))


def comments(say: Say, draft: Draft, unread_sheets: Sequence[str]) -> dict[str, list[str]]:
    """What stands above each criterion of the draft's file; at its top what to do with it."""
    from rules.schemes.drafts import notes_of

    notes = {
        code: [on_row(say, finding) for finding in some] for code, some in notes_of(draft.findings).items() if code
    }
    top = [
        say("A draft made from a table. Settle what is marked, then: zhibu scheme check"),
        say("Give it a code (scheme), a version and a title of your own, and the base and bounds of the total."),
        say("Where the table does not say who records: additions oneself, deductions the organisation."),
    ]
    if unread_sheets:
        top.append(say("These worksheets were not read: {names}", names=say(", ").join(map(clean, unread_sheets))))
    return {"": top + [on_row(say, each) for each in draft.findings if not each.code], **notes}


def summary(say: Say, draft: Draft) -> str:
    """How much of the table was understood."""
    rows = draft.open_rows
    inside = {each.row for each in draft.findings if each.settles and each.code}
    facts = {"rows": draft.rows, "understood": draft.rows - len(inside), "open": len(rows)}
    counts = say("{rows} rows, {understood} understood, {open} to settle.", **facts)
    return counts if not rows else say("{counts} Rows: {numbers}", counts=counts, numbers=", ".join(map(str, rows)))
