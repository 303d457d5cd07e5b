"""Announcements as tables: those that were sent, and the recipients of one."""

from __future__ import annotations

from handlers.announcements.lists import AnnouncementPage, Recipients
from screens.announcements.words import audience_words
from screens.tables import Cell, Column, Table
from screens.texts import Say, clean
from storage.confirmations import Recipient


def announcements(say: Say, answer: AnnouncementPage) -> Table:
    """What was announced, and how many have confirmed."""
    columns = (
        Column(say("Sent"), "date"),
        Column(say("Title"), width=36),
        Column(say("To whom"), width=24),
        Column(say("By whom")),
        Column(say("Recipients"), "number"),
        Column(say("Confirmed"), "number"),
        Column(say("State")),
        Column(say("Number"), "number", aside=True),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            row.sent_on,
            clean(row.title),
            audience_words(say, row.audience_name, row.role),
            row.author_name,
            row.recipients,
            row.confirmed,
            say("withdrawn") if row.withdrawn else say("in force"),
            row.number,
        )
        for row in answer.rows
    ]
    return Table(say("Announcements sent"), columns, tuple(rows))


def recipients(say: Say, answer: Recipients) -> Table:
    """Who got an announcement, and what became of it."""
    columns = (
        Column(say("Member code"), aside=True),
        Column(say("Member")),
        Column(say("Unit"), width=20),
        Column(say("State"), width=18),
        Column(say("Confirmed on"), "instant", 17),
    )
    rows = tuple((row.code, row.name, row.unit_name, came_to(say, row), row.confirmed_at) for row in answer.rows)
    return Table(clean(answer.row.title), columns, rows)


def came_to(say: Say, row: Recipient) -> str:
    """Confirmed; else whether it has reached him."""
    if row.confirmed_at is not None:
        return say("confirmed")
    words = {
        "": say("being sent"),
        "due": say("being sent"),
        "sending": say("being sent"),
        "sent": say("reached, not confirmed"),
        "failed": say("not reached"),
        "unknown": say("uncertain"),
    }
    return words[row.state]
