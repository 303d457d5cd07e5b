"""The committee's lists as tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.announcements.lists import AnnouncementPage, Recipients
from handlers.declarations.lists import Lines, ListedLine
from handlers.deliveries import Messages, UnreachedPage
from handlers.ledger.lists import Entries
from handlers.months import Months
from handlers.proofs import ProofPage
from handlers.publication import PublicationSheet
from handlers.trail import Deeds
from screens.announcements.tables import announcements, recipients
from screens.declarations.lines import attendance_word, source_word, state_word
from screens.deliveries import acted_text, attempts_text, kind_word, notices_text, state_of, unreached_why
from screens.people import channel_word
from screens.privacy import proofs
from screens.publication import sheet_table
from screens.tables import Cell, Column, Table
from screens.texts import Say, amount
from screens.trail import deeds


def lines(say: Say, answer: Lines) -> Table:
    """Lines of declarations."""
    columns = (
        Column(say("Member code"), aside=True),
        Column(say("Member")),
        Column(say("Unit"), width=20),
        Column(say("Month")),
        Column(say("Category"), width=14, aside=True),
        Column(say("Criterion"), width=18),
        Column(say("Quantity"), "number"),
        Column(say("Measure"), width=8, aside=True),
        Column(say("Points"), "number"),
        Column(say("State")),
        Column(say("Source"), aside=True),
        Column(say("Note"), width=30),
        Column(say("Files"), "number", 8, aside=True),
        Column(say("Submitted"), "instant", 17),
        Column(say("Decided"), "instant", 17, aside=True),
        Column(say("Decided by"), aside=True),
        Column(say("Reason"), width=30, aside=True),
        Column(say("Line number"), "number", aside=True),
    )
    return Table(say("Lines of declarations"), columns, tuple(_line(say, row) for row in answer.rows))


def _line(say: Say, row: ListedLine) -> tuple[Cell, ...]:
    line = row.line
    name = amount(line.criterion, None, line.option, line.matter)
    if line.attendance is not None:
        name = f"{name} {attendance_word(say, line.attendance)}"
    source = say("entered on behalf") if line.behalf else source_word(say, line.source)
    return (
        row.code,
        line.member_name,
        row.unit_name,
        line.period,
        line.category,
        name,
        line.quantity,
        line.criterion.unit,
        line.points,
        state_word(say, line.state),
        source,
        line.note,
        len(line.evidence),
        row.submitted_at,
        line.decided_at,
        line.reviewer,
        line.reason,
        line.id,
    )


def entries(say: Say, answer: Entries) -> Table:
    """Ledger entries with the running sum."""
    columns = (
        Column(say("Posted"), "instant", 17),
        Column(say("Member code"), aside=True),
        Column(say("Member")),
        Column(say("Unit"), width=20),
        Column(say("Month")),
        Column(say("Category"), width=14, aside=True),
        Column(say("Criterion"), width=18),
        Column(say("Quantity"), "number"),
        Column(say("Points"), "number"),
        Column(say("Sum so far"), "number"),
        Column(say("Kind"), aside=True),
        Column(say("Reason"), width=30),
        Column(say("Posted by"), aside=True),
        Column(say("Entry number"), "number", aside=True),
    )
    rows: list[tuple[Cell, ...]] = []
    for row in answer.rows:
        name = amount(row.criterion, None, row.option, row.matter)
        if row.attendance is not None:
            name = f"{name} {attendance_word(say, row.attendance)}"
        kind = say("reversal") if row.reversal else say("entry")
        cells = (row.code, row.member_name, row.unit_name, row.period, row.category, name)
        sums = (row.quantity, row.points, row.running)
        rows.append((row.posted_at, *cells, *sums, kind, row.reason, row.posted_by, row.id))
    return Table(say("Ledger entries"), columns, tuple(rows))


def months(say: Say, answer: Months) -> Table:
    """A month, branch by branch."""
    states = ("submitted", "approved", "returned", "rejected", "withdrawn")
    columns = (
        Column(say("Unit"), width=24),
        Column(say("Unit code"), aside=True),
        Column(say("People"), "number"),
        Column(say("Declared"), "number"),
        *(Column(state_word(say, state), "number") for state in states[:4]),
        Column(state_word(say, states[4]), "number", aside=True),
        Column(say("Points posted"), "number"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            unit.name,
            unit.code,
            found.people,
            found.declared,
            *(dict(found.states).get(state, 0) for state in states),
            found.points,
        )
        for unit, found in answer.rows
    )
    return Table(say("Branches in {month}", month=answer.period), columns, rows)


def messages(say: Say, answer: Messages) -> Table:
    """What was sent, and what became of it."""
    columns = (
        Column(say("Made"), "instant", 17),
        Column(say("Member code"), aside=True),
        Column(say("Member")),
        Column(say("Unit"), width=20),
        Column(say("Kind")),
        Column(say("Contents"), width=24),
        Column(say("Channel")),
        Column(say("State")),
        Column(say("Attempts"), "number"),
        Column(say("What the channel said"), width=30),
        Column(say("Done since")),
        Column(say("Settled"), "instant", 17, aside=True),
    )
    rows = tuple(
        (
            row.message.made_at,
            row.code,
            row.member_name,
            row.unit_name,
            kind_word(say, row.message.kind),
            notices_text(say, row.notices),
            channel_word(say, row.message.channel) if row.message.channel else "",
            state_of(say, row.message.state),
            row.message.attempts,
            attempts_text(say, row),
            acted_text(say, row),
            row.message.settled_at,
        )
        for row in answer.rows
    )
    return Table(say("Deliveries"), columns, rows)


def unreached(say: Say, answer: UnreachedPage) -> Table:
    """Who is not reached by any channel, and why."""
    columns = (
        Column(say("Member code")),
        Column(say("Member")),
        Column(say("Unit"), width=20),
        Column(say("Why"), width=36),
        Column(say("Last message"), "instant", 17),
    )
    rows = tuple((row.code, row.name, row.unit_name, unreached_why(say, row), row.at) for row in answer.rows)
    return Table(say("Not reached by any channel"), columns, rows)


TABLES: dict[type, Callable[[Say, Any], Table]] = {
    Lines: lines,
    Entries: entries,
    Months: months,
    AnnouncementPage: announcements,
    Recipients: recipients,
    Messages: messages,
    UnreachedPage: unreached,
    ProofPage: proofs,
    Deeds: deeds,
    PublicationSheet: sheet_table,
}


def table_of(say: Say, answer: Any) -> Table:
    """The table of an answer."""
    return TABLES[type(answer)](say, answer)
