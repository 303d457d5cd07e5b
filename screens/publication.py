"""公示表: the branch's month as a sheet, and as a table for a file."""

from __future__ import annotations

from handlers.publication import PublicationSheet, PublishedEntry, PublishedMember
from screens.declarations.lines import attendance_word
from screens.scoring import reason as why_in_words
from screens.tables import Cell, Column, Table
from screens.texts import Say, amount, joined, month, names, signed


def entry_text(say: Say, entry: PublishedEntry) -> str:
    """An entry, and what a cap took of it."""
    what = amount(entry.criterion, entry.quantity, entry.option, entry.matter)
    if entry.attendance is not None:
        what = f"{entry.criterion.name} {attendance_word(say, entry.attendance)}"
    if entry.reversal:
        return say("takes back {what}: {points}", what=what, points=signed(entry.counted))
    text = f"{what} {signed(entry.posted)}"
    return f"{text}{cap_text(say, entry)}"


def cap_text(say: Say, entry: PublishedEntry) -> str:
    """What of an entry does not count, and why; nothing when all of it counts."""
    facts = {"points": signed(entry.counted), "category": entry.category}
    return {
        "criterion": say(" ({points} counted: factors and caps of the criterion)", **facts)
        if entry.criterion.factors
        else say(" ({points} counted: cap of the criterion)", **facts),
        "category": say(" ({points} counted: cap of {category})", **facts),
        "why": say(" (0 counted: {why})", why=why_in_words(say, entry.why)) if entry.why else "",
        "cancelled": say(" (taken back, counts 0)"),
        "": "",
    }[entry.capped_by]


def entries_text(say: Say, row: PublishedMember, category: str) -> str:
    """A member's entries of one category."""
    return joined(say, *(entry_text(say, entry) for entry in row.entries if entry.category == category))


def caps_text(say: Say, row: PublishedMember) -> str:
    """Every cap that took something, for the last column."""
    capped = [f"{entry.criterion.name}{cap_text(say, entry)}" for entry in row.entries if entry.capped_by]
    return names(say, capped)


def title_of(say: Say, sheet: PublicationSheet) -> str:
    """The heading of the sheet."""
    return say("Points of {unit} in {month}, for public notice", unit=sheet.unit_name, month=month(say, sheet.period))


def sheet_table(say: Say, sheet: PublicationSheet) -> Table:
    """One row a member, in the order of codes: for each category its points and its entries."""
    columns = [Column(say("No."), "number", 6), Column(say("Code")), Column(say("Name"))]
    for category in sheet.categories:
        columns.append(Column(say("{category}: points", category=category), "number"))
        columns.append(Column(say("{category}: entries", category=category), width=30))
    columns += [
        Column(say("Deducted"), "number"),
        Column(say("Sum of the month"), "number"),
        Column(say("Total of the year"), "number"),
        Column(say("Caps applied"), width=30),
    ]
    rows: list[tuple[Cell, ...]] = []
    for number, row in enumerate(sheet.rows, 1):
        cells: list[Cell] = [number, row.code, row.name]
        for category, points in zip(sheet.categories, row.by_category, strict=True):
            cells += [points, entries_text(say, row, category)]
        rows.append((*cells, row.deducted, row.subtotal, row.year_total, caps_text(say, row)))
    return Table(title_of(say, sheet), tuple(columns), tuple(rows))
