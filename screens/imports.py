"""An import in words: flaws with their place, what changes, and the template's texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rules.imports.changes import Change
from rules.imports.entries import MEMBER_HEADERS, UNIT_HEADERS, Flaw
from rules.members import CLASS_WORDS, KIND_WORDS, ROLE_WORDS
from screens.texts import Say, Sentences, clean

WORDS: Sentences = {
    "workbook_too_large": lambda say, f: say("The file has {size} MB; at most {most}. Split it.", **f),
    "workbook_old": lambda say, f: say("This is an old .xls file. Open it in Excel or WPS and save it as .xlsx."),
    "workbook_broken": lambda say, f: say("This is neither an .xlsx workbook nor a .csv table, or it is damaged."),
    "no_table": lambda say, f: say(
        "No table was found. The header row must name the columns, as the template does: zhibu import template"
    ),
    "column_missing": lambda say, f: say("This column is missing. Add it to the header row."),
    "column_personal": lambda say, f: say("Phone and identity numbers are not read and not stored."),
    "column_unknown": lambda say, f: say("This column is not known and is not read."),
    "row_example": lambda say, f: say("The example row is left out."),
    "row_twice": lambda say, f: say(
        "The code {code} stands on row {other} already. Give each its own, or delete one row.",
        code=clean(f["of"]),
        other=f["other"],
    ),
    "cell_formula": lambda say, f: say("Here stands a formula or its error. Replace it with the text itself."),
    "kind_unknown": lambda say, f: say(
        "“{word}” is no kind of unit. Choose one of: {choices}.",
        word=clean(f["word"])[:30],
        choices=_first(say, KIND_WORDS),
    ),
    "class_unknown": lambda say, f: say(
        "“{word}” is no class. Choose one of: {choices}.", word=clean(f["word"])[:30], choices=_first(say, CLASS_WORDS)
    ),
    "role_unknown": lambda say, f: say(
        "“{word}” is no role. Choose one of: {choices}.", word=clean(f["word"])[:30], choices=_first(say, ROLE_WORDS)
    ),
    "unit_missing": lambda say, f: say("The unit is missing. Give its code."),
    "unit_unknown": lambda say, f: say(
        "There is no unit {unit}. Correct it, or add the unit to the sheet of units.", unit=clean(f["unit"])[:40]
    ),
    "unit_cycle": lambda say, f: say(
        "This unit stands below itself, by way of {unit}. Correct the column of parents.", unit=clean(f["unit"])[:40]
    ),
    "unit_moved": lambda say, f: say(
        "This unit stands under {parent} already; an import moves no units. Leave the parent as it is.", **f
    ),
    "day_unclear": lambda say, f: say("This is no day. Write it as 2019-07-01."),
    "day_unlikely": lambda say, f: say("This day lies before 1900 or in the future. Correct it."),
    "last_administrator": lambda say, f: say("Nobody would administer any more. Name another administrator first."),
    "import_changed": lambda say, f: say("The units were changed meanwhile. Give the command again."),
    "no_import": lambda say, f: say("There is no such import."),
    "import_undone_already": lambda say, f: say("Import {run} was taken back already.", **f),
    "import_later": lambda say, f: say(
        "Import {later} changed the same people or units later. Take that one back first: zhibu import undo {later}",
        **f,
    ),
}


def _first(say: Say, words: Mapping[str, str]) -> str:
    return say(", ").join(_choices(words))


def place(say: Say, flaw: Flaw, told: str) -> str:
    """A sentence with sheet, row and column."""
    where = clean(flaw.sheet)[:40]
    if not flaw.row:
        return told
    if not flaw.column:
        return say("{sheet}, row {row}: {told}", sheet=where, row=flaw.row, told=told)
    return say(
        "{sheet}, row {row}, column “{column}”: {told}",
        sheet=where,
        row=flaw.row,
        column=clean(flaw.column)[:30],
        told=told,
    )


def what(say: Say, change: Change) -> str:
    """What changes, field by field."""
    if change.fresh:
        return say("new")
    names = {
        "name": say("name"),
        "kind": say("kind"),
        "class": say("class"),
        "joined": say("joined on"),
        "unit": say("unit"),
        "roles": say("roles"),
    }
    return say("; ").join(
        say("{field}: {before} → {after}", field=names[name], before=_shown(before), after=_shown(after))
        for name, (before, after) in change.fields.items()
    )


def _shown(value: str) -> str:
    """A stored value as the template writes it."""
    words = {
        stored: word for table in (ROLE_WORDS, CLASS_WORDS, KIND_WORDS) for word, stored in reversed(table.items())
    }
    parts = (part.partition("@") for part in value.split(";"))
    return "；".join(words.get(head, head) + at + unit for head, at, unit in parts) or "—"


def template(
    say: Say,
) -> tuple[tuple[str, Sequence[str]], list[tuple[str, list[tuple[str, int, list[str], str, bool]]]]]:
    """The template: headers, widths, choices, an example row; and what to know."""
    units = [
        (UNIT_HEADERS["code"][0], 16, [], "示例-1", False),
        (UNIT_HEADERS["name"][0], 36, [], "水务局第一党支部", False),
        (UNIT_HEADERS["kind"][0], 12, _choices(KIND_WORDS), "支部", True),
        (UNIT_HEADERS["parent"][0], 16, [], "示例-0", False),
    ]
    people = [
        (MEMBER_HEADERS["code"][0], 16, [], "示例-001", False),
        (MEMBER_HEADERS["name"][0], 16, [], "江一帆", False),
        (MEMBER_HEADERS["unit"][0], 20, [], "示例-1", False),
        (MEMBER_HEADERS["class"][0], 12, _choices(CLASS_WORDS), "正式党员", True),
        (MEMBER_HEADERS["joined"][0], 14, [], "2019-07-01", False),
        (MEMBER_HEADERS["roles"][0], 36, _choices(ROLE_WORDS), "书记；党务干部@示例-0", False),
    ]
    lines = [
        say("Two tables: units, and members. One row each; rows that begin with 示例 are examples and are left out."),
        say("Codes are your own, such as water-1 or m001. Never use identity or phone numbers."),
        say(
            "A unit without a parent stands under the top of the house. Kinds: {kinds}.", kinds=_first(say, KIND_WORDS)
        ),
        say("The unit of a member may be written as its code or its name."),
        say("Classes: {classes}. Days as 2019-07-01.", classes=_first(say, CLASS_WORDS)),
        say("Roles: {roles}; several separated by ；.", roles=_first(say, ROLE_WORDS)),
        say("A role in another unit than his own: 党务干部@water. “无” ends all roles; an empty cell changes nothing."),
        say("People who are not in the table stay as they are. The same file imported again changes nothing."),
        say("Check first: zhibu import members FILE.xlsx --dry-run"),
    ]
    return (say("Notes"), lines), [(say("Units"), units), (say("Members"), people)]


def _choices(words: Mapping[str, str]) -> list[str]:
    """The first word of each value: the one the template uses."""
    first: dict[str, str] = {}
    for word, value in words.items():
        first.setdefault(value, word)
    return list(first.values())
