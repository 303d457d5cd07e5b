"""Screens of the organisation's own entries."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from handlers.declarations import answer as w
from handlers.declarations import forms
from handlers.declarations import meeting as m
from handlers.declarations import record as r
from handlers.declarations.recording import Recorded
from handlers.ledger.reversal import Reverse
from handlers.members import Home, Invite
from rules.scoring import ZERO
from screens.declarations import lines as words
from screens.declarations.choices import hint, matter_hint, offers
from screens.schemes import worth_in_words
from screens.screen import Choice, Draw, Prompt, Screen
from screens.texts import Say, amount, clean, day, joined, month, names, number, signed


def menu(say: Say, answer: r.Menu) -> Screen:
    """What can be recorded."""
    labels = {
        "meeting": say("Attendance of a meeting"),
        "entry": say("Addition or deduction"),
        "behalf": say("Declare on behalf of a member"),
        "reverse": say("Take an entry back"),
        "invite": say("Invite a member to the web chat"),
    }
    choices = [
        Choice(labels[each], m.MeetingMenu() if each == "meeting" else r.PickMember(each)) for each in answer.purposes
    ]
    lines = (say("The member is told of each entry and may answer."),)
    return Screen(say("Record"), lines, (*choices, Choice(say("Back"), Home())))


def people(say: Say, answer: r.People) -> Screen:
    """Which member?"""
    make: dict[str, Callable[[int], object]] = {
        "entry": r.PickRecord,
        "behalf": forms.Declare,
        "reverse": r.PickReversal,
        "invite": Invite,
    }
    choices = [Choice(person.name, make[answer.purpose](person.id)) for person in answer.people]
    if answer.pages > 1:
        onward = r.PickMember(answer.purpose, (answer.page + 1) % answer.pages)
        choices.append(Choice(say("More ({page}/{pages})", page=answer.page + 1, pages=answer.pages), onward))
    return Screen(say("Which member?"), (), (*choices, Choice(say("Back"), r.RecordMenu())))


def records(say: Say, answer: r.Records) -> Screen:
    """Which criterion?"""
    lines = tuple(each.name + say(": ") + worth_in_words(say, each) for each in answer.criteria)
    choices = [Choice(each.name, r.RecordEntry(answer.person.id, each.code)) for each in answer.criteria]
    if answer.pages > 1:
        onward = r.PickRecord(answer.person.id, (answer.page + 1) % answer.pages)
        choices.append(Choice(say("More ({page}/{pages})", page=answer.page + 1, pages=answer.pages), onward))
    title = say("Entry for {name}", name=answer.person.name)
    return Screen(title, lines, (*choices, Choice(say("Back"), r.PickMember("entry"))))


def record_draft(say: Say, answer: r.RecordDraft) -> Screen:
    """Which option, how many, which matter, why, then the entry before it counts."""
    criterion, person = answer.criterion, answer.person.id
    request = r.RecordEntry(
        person, criterion.code, answer.quantity, answer.reason, option=answer.option, matter=answer.matter
    )
    what = amount(criterion, answer.quantity, answer.option, answer.matter)
    worth = words.worth(say, criterion, answer.points) if answer.wants not in ("option", "quantity") else ""
    lines = [joined(say, answer.person.name, what, worth or worth_in_words(say, criterion))]
    lines += [criterion.about] if criterion.about else []
    if criterion.clause:
        lines.append(say("Rule: {clause}", clause=criterion.clause))
    lines += [say("reason: {text}", text=clean(answer.reason))] if answer.reason else []
    back = Choice(say("Back"), r.PickRecord(person))
    return ASKED[answer.wants](say, answer, request, lines, back)


def _option(say: Say, answer: r.RecordDraft, request: r.RecordEntry, lines: list[str], back: Choice) -> Screen:
    choices = [Choice(each, replace(request, option=each)) for each in answer.criterion.options]
    return Screen(say("{name}: which one?", name=answer.criterion.name), tuple(lines), (*choices, back))


def _quantity(say: Say, answer: r.RecordDraft, request: r.RecordEntry, lines: list[str], back: Choice) -> Screen:
    criterion = answer.criterion
    lines = [*lines, hint(say, criterion)]
    choices = [Choice(f"{number(each)}{criterion.unit}", replace(request, quantity=each)) for each in offers(criterion)]
    title = say("{name}: how many?", name=criterion.name)
    return Screen(title, tuple(lines), (*choices, back), Prompt(request, "quantity", "number"))


def _matter(say: Say, answer: r.RecordDraft, request: r.RecordEntry, lines: list[str], back: Choice) -> Screen:
    lines = [*lines, matter_hint(say)]
    choices = [Choice(each, replace(request, matter=each)) for each in answer.matters]
    title = say("{name}: which matter is it about?", name=answer.criterion.name)
    return Screen(title, tuple(lines), (*choices, back), Prompt(request, "matter"))


def _reason(say: Say, answer: r.RecordDraft, request: r.RecordEntry, lines: list[str], back: Choice) -> Screen:
    lines = [*lines, say("Type the facts: what happened, when. The member reads it.")]
    return Screen(say("Why this entry?"), tuple(lines), (back,), Prompt(request, "reason"))


def _confirm(say: Say, answer: r.RecordDraft, request: r.RecordEntry, lines: list[str], back: Choice) -> Screen:
    confirmed = Choice(say("Confirm the entry"), replace(request, confirmed=True))
    return Screen(say("Please check the entry"), tuple(lines), (confirmed, back))


ASKED: dict[str, Callable[[Say, r.RecordDraft, r.RecordEntry, list[str], Choice], Screen]] = {
    "option": _option,
    "quantity": _quantity,
    "matter": _matter,
    "reason": _reason,
    "": _confirm,
}


def meetings(say: Say, answer: m.Meetings) -> Screen:
    """Which meeting?"""
    choices = [Choice(each.name, m.Attendance(each.code)) for each in answer.criteria]
    return Screen(say("Which meeting was held today?"), (), (*choices, Choice(say("Back"), r.RecordMenu())))


def sheet(say: Say, answer: m.Sheet) -> Screen:
    """Everybody is present but those marked."""
    lines = [
        f"{index}. {person.name} {words.attendance_word(say, state)}"
        for index, (person, state) in enumerate(answer.people, 1)
    ]
    lines.append(say("Type the exceptions, for example: late 3, on leave 5 7, absent 9"))
    code = answer.criterion.code
    choices = (
        Choice(
            say("Confirm attendance ({count} members)", count=len(answer.people)),
            m.RecordAttendance(code, answer.marks, answer.on),
        ),
        Choice(say("Everybody present"), m.Attendance(code)),
        Choice(say("Back"), m.MeetingMenu()),
    )
    title = say("Attendance: {name}, {day}", name=answer.criterion.name, day=day(say, answer.on.isoformat()))
    return Screen(title, tuple(lines), choices, Prompt(m.Attendance(code, answer.marks), "words", "marks"))


def recorded(say: Say, answer: Recorded) -> Screen:
    """What was posted."""
    lines = [say("{count} entries are posted.", count=answer.posted)] if answer.posted else []
    if answer.on is None:
        what = amount(answer.criterion, answer.quantity, answer.option, answer.matter)
        worth = words.worth(say, answer.criterion, answer.points or ZERO)
        lines.insert(0, joined(say, names(say, answer.names), what, worth))
    elif answer.names:
        lines.append(say("Not present throughout: {names}", names=names(say, answer.names)))
    if answer.waiting:
        lines.append(say("Your own entry waits for another reviewer: nobody decides on himself."))
    choices = (Choice(say("Record another"), r.RecordMenu()), Choice(say("Home"), Home()))
    return Screen(say("Recorded"), tuple(lines), choices)


def answer_question(say: Say, answer: w.AnswerQuestion) -> Screen:
    """The member's word."""
    lines = (words.what(say, answer.line), say("Type what you want to say; it is kept with the entry."))
    return Screen(say("Your answer"), lines, (Choice(say("Cancel"), Home()),), Prompt(w.Answer(answer.line.id), "text"))


def answered(say: Say, answer: w.Answered) -> Screen:
    """It arrived."""
    return Screen(say("Answer kept"), (say("{name} is told of it.", name=answer.to),), (Choice(say("Home"), Home()),))


def reversals(say: Say, answer: r.Reversals) -> Screen:
    """Which entry is to be taken back?"""
    lines = tuple(
        f"{index}. {month(say, row.period)} {criterion.name} {signed(row.points)}"
        for index, (row, criterion) in enumerate(answer.entries, 1)
    )
    choices = [
        Choice(f"{month(say, row.period)} {criterion.name} {signed(row.points)}", Reverse(row.id))
        for row, criterion in answer.entries
    ]
    title = say("Take back an entry of {name}", name=answer.person.name)
    text = lines or (say("There is nothing to take back."),)
    return Screen(title, text, (*choices, Choice(say("Back"), r.RecordMenu())))


SCREENS: dict[type, Draw] = {
    r.Menu: menu,
    r.People: people,
    r.Records: records,
    r.RecordDraft: record_draft,
    m.Meetings: meetings,
    m.Sheet: sheet,
    Recorded: recorded,
    w.AnswerQuestion: answer_question,
    w.Answered: answered,
    r.Reversals: reversals,
}
