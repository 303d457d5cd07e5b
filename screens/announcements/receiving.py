"""What a recipient sees of an announcement."""

from __future__ import annotations

from handlers.announcements import receiving, status
from handlers.announcements.receiving import Note
from handlers.members import Home
from screens.announcements.words import body, short
from screens.screen import Choice, Draw, Screen
from screens.texts import Say, clean, day
from storage.announcements import AnnouncementRow


def to_me(say: Say, answer: receiving.Notes) -> Screen:
    """The last announcements, each one tap from its text."""
    lines = tuple(f"{n}. {_note(say, note)}" for n, note in enumerate(answer.rows, 1))
    choices = [
        Choice(f"{n}. {short(note.title)}", receiving.ReadAnnouncement(note.number))
        for n, note in enumerate(answer.rows, 1)
    ]
    text = lines or (say("Nothing was announced to you yet."),)
    return Screen(say("Announcements to me"), text, (*choices, Choice(say("Home"), Home())))


def _note(say: Say, note: Note) -> str:
    facts = {"title": clean(note.title), "unit": note.unit_name, "day": day(say, note.sent_on.isoformat())}
    return say("{title} ({unit}, {day}): {state}", **facts, state=_note_state(say, note))


def _note_state(say: Say, note: Note) -> str:
    if note.withdrawn:
        return say("withdrawn")
    if note.confirmed_on:
        return say("confirmed on {day}", day=day(say, note.confirmed_on.isoformat()))
    return say("not confirmed yet")


def full_text(say: Say, answer: receiving.FullText) -> Screen:
    """The announcement as it was sent."""
    row, choices = answer.row, []
    lines = [*body(row.text), "", signature(say, row)]
    if answer.note is not None:
        lines.append(say("State: {state}", state=_note_state(say, answer.note)))
        if answer.note.confirmed_on is None and not answer.note.withdrawn:
            choices.append(Choice(say("Got it"), receiving.ConfirmAnnouncement(row.id)))
        choices.append(Choice(say("Announcements to me"), receiving.AnnouncementsToMe()))
    if answer.manages:
        choices.append(Choice(say("Who has confirmed"), status.AnnouncementStatus(row.id)))
    title = say("Announcement: {title}", title=clean(row.title))
    return Screen(title, tuple(lines), (*choices, Choice(say("Home"), Home())))


def signature(say: Say, row: AnnouncementRow) -> str:
    """Who announces."""
    sent_on = row.sent_on.isoformat() if row.sent_on else ""
    return say("{unit}, {name}, {day}", unit=row.unit_name, name=row.author_name, day=day(say, sent_on))


def confirmed(say: Say, answer: receiving.Confirmed) -> Screen:
    """What became of 收到."""
    note = answer.note
    title = clean(note.title)
    back = (Choice(say("Announcements to me"), receiving.AnnouncementsToMe()), Choice(say("Home"), Home()))
    if note.withdrawn:
        line = say("It was withdrawn and need not be confirmed any more.")
        return Screen(say("Withdrawn: {title}", title=title), (line,), back)
    line = say("It is noted; {unit} can see it.", unit=note.unit_name)
    if not answer.fresh and note.confirmed_on:
        on = day(say, note.confirmed_on.isoformat())
        line = say("You confirmed it on {day} already; once is enough.", day=on)
    return Screen(say("Confirmed: {title}", title=title), (line,), back)


SCREENS: dict[type, Draw] = {
    receiving.Notes: to_me,
    receiving.FullText: full_text,
    receiving.Confirmed: confirmed,
}
