"""The home screen, help, and invitations."""

from __future__ import annotations

from handlers.announcements.receiving import AnnouncementsToMe
from handlers.announcements.writing import Announce
from handlers.declarations.forms import Declare, MyLines, SameAsLast, ShowDraft, ShowLine
from handlers.declarations.record import RecordMenu
from handlers.declarations.review import ShowQueue
from handlers.ledger.points import MyPoints
from handlers.members import Help, Home, Invitation, Manual, Stopped, Welcome
from handlers.overview import Overview
from handlers.signin import AskForLink
from handlers.tasks.deciding import ShowReports
from handlers.tasks.giving import GiveTask
from handlers.tasks.mine import MyTasks
from handlers.tasks.promises import Promises
from handlers.tasks.state import TaskStates
from rules.access import DECIDING
from screens.screen import Choice, Draw, Screen
from screens.texts import Say, day, month

MOST_BUTTONS = 8
"""On the home screen: more are not looked through on a phone."""
RECORDS = {"secretary", "officer", "administrator"}
REVIEWS = {"secretary", "officer"}
LOOKS_AFTER = {"secretary", "officer", "grid_lead", "instructor", "committee"}


def role_word(say: Say, role: str) -> str:
    """A role in words."""
    return {
        "member": say("member"),
        "secretary": say("branch secretary"),
        "officer": say("organisation officer"),
        "grid_lead": say("grid lead"),
        "instructor": say("instructor"),
        "committee": say("committee"),
        "administrator": say("administrator"),
        "citizen": say("citizen"),
    }[role]


def welcome(say: Say, answer: Welcome) -> Screen:
    """What waits, and what can be done."""
    lines = [f"{answer.unit_name} {answer.name}"]
    if answer.declares:
        lines.append(_month(say, answer))
        lines.append(say("Points this year: {total}", total=answer.total))
    if answer.to_review:
        lines.append(say("{count} lines wait for your review.", count=answer.to_review))
    title = say("{month}: what would you like to do?", month=month(say, answer.period))
    return Screen(title, tuple(lines), tuple(_ways(say, answer)))


def _ways(say: Say, answer: Welcome) -> list[Choice]:
    """What can be done: what waits first, then what is used most; what there is no room for stands on the help."""
    declared = any(number for state, number in answer.states.items() if state not in ("draft", "withdrawn"))
    ways = _doings(say, Manual(answer.roles, answer.declares, answer.announces))
    needless = SameAsLast() if declared else MyLines()
    choices = [*_waiting(say, answer), *(way for way in ways if way.request != needless)]
    return [*choices[: MOST_BUTTONS - 1], Choice(say("Help"), Help())]


def _doings(say: Say, answer: Manual) -> list[Choice]:
    """A button for everything that begins something, used most first."""
    choices = []
    if answer.declares:
        choices += [
            Choice(say("Declare"), Declare()),
            Choice(say("My points"), MyPoints()),
            Choice(say("Same as last month"), SameAsLast()),
            Choice(say("This month's lines"), MyLines()),
        ]
    if RECORDS & set(answer.roles):
        choices.append(Choice(say("Record"), RecordMenu()))
    if answer.announces:
        choices.append(Choice(say("Announce"), Announce()))
    if LOOKS_AFTER & set(answer.roles):
        choices.append(Choice(say("State of the month"), Overview()))
    if set(DECIDING) & set(answer.roles):
        choices.append(Choice(say("Give a task"), GiveTask()))
    if LOOKS_AFTER & set(answer.roles):
        choices.append(Choice(say("State of tasks"), TaskStates()))
    if answer.roles:
        choices.append(Choice(say("Console"), AskForLink()))
    return choices


def _waiting(say: Say, answer: Welcome) -> list[Choice]:
    """What waits for the member."""
    choices = []
    if answer.to_review:
        choices.append(Choice(say("Review ({count})", count=answer.to_review), ShowQueue()))
    if answer.tasks:
        choices.append(Choice(say("Tasks ({count})", count=answer.tasks), MyTasks()))
    if answer.to_verify:
        choices.append(Choice(say("Verify ({count})", count=answer.to_verify), ShowReports()))
    if answer.to_confirm:
        label = say("Announcements to confirm ({count})", count=answer.to_confirm)
        choices.append(Choice(label, AnnouncementsToMe()))
    if answer.returned:
        choices.append(Choice(say("Returned: look again"), ShowLine(answer.returned[0])))
    if answer.drafts:
        choices.append(Choice(say("Go on with {count} drafts", count=answer.drafts), ShowDraft()))
    return choices


def _month(say: Say, answer: Welcome) -> str:
    declared = sum(number for state, number in answer.states.items() if state not in ("draft", "withdrawn"))
    if not declared:
        return say("Nothing declared yet this month.")
    return say(
        "Declared this month: {count} lines, {approved} approved, {waiting} waiting",
        count=declared,
        approved=answer.states.get("approved", 0),
        waiting=answer.states.get("submitted", 0),
    )


def manual(say: Say, answer: Manual) -> Screen:
    """What can be typed, by these roles; and a button for each beginning."""
    lines = (
        [*_typed_by_members(say), *_typed_in_office(say, answer)] if answer.declares else _typed_in_office(say, answer)
    )
    lines += _typed_by_all(say, answer)
    own = (Choice(say("Tasks"), MyTasks()), Choice(say("Promises"), Promises()))
    return Screen(say("What you can type"), tuple(lines), (*_doings(say, answer), *own, Choice(say("Home"), Home())))


def _typed_by_members(say: Say) -> list[str]:
    return [
        say("Declare: choose step by step"),
        say("Declare volunteering 2 study 1: one line is enough; names, short names and initials are understood"),
        say("Same as last month: then confirm"),
        say("My points; Why: where each figure comes from"),
        say("This month: change or withdraw what is not decided yet"),
        say("Draft: what was begun and not submitted; Undo: takes back what was submitted just now"),
        say("A photo or file: proof for the newest draft"),
    ]


def _typed_in_office(say: Say, answer: Manual) -> list[str]:
    """What roles add."""
    roles, lines = set(answer.roles), []
    if REVIEWS & roles:
        lines.append(say("Review; approve all but 3 7"))
    if "secretary" in roles:
        lines.append(say("Record: attendance, additions, deductions, on behalf, taking back"))
        lines.append(say("Attendance: late 3, on leave 5 7: at once"))
    elif "officer" in roles:
        lines.append(say("Record: taking entries back, inviting members"))
    elif "administrator" in roles:
        lines.append(say("Record: inviting members"))
    lines += _typed_about_tasks(say, roles)
    if LOOKS_AFTER & roles:
        lines.append(say("State: who has declared, what waits, who was not reached"))
    if answer.announces:
        lines.append(say("Announcement: write one, or see who has confirmed; Announcement and a text: at once"))
    if roles:
        lines.append(say("Console: a link to the pages for desk work"))
    return lines


def _typed_about_tasks(say: Say, roles: set[str]) -> list[str]:
    lines = []
    if set(DECIDING) & roles:
        lines.append(say("Give a task: what and until when in one line, such as: Give study notes by 12-05"))
        lines.append(say("Verify; all verified but 3 7: reports and extensions"))
        lines.append(say("State of tasks: counts and names; Urge: reminds all who have not answered"))
    if "secretary" in roles:
        lines.append(say("Break down: a task of the branch to its members"))
    return lines


def _typed_by_all(say: Say, answer: Manual) -> list[str]:
    read = say("Got it: confirms that you have read an announcement")
    if not answer.announces:
        read = say("Announcement: the last ones to you; Got it: confirms that you have read one")
    return [
        say("Tasks: what you have to do; tap Done, and send a photo where one is asked"),
        say("Promises: what you set yourself, and those of your branch"),
        read,
        say("Reminders: when your digest comes, and what to mute; Away, Back again: nothing comes while you are away"),
        say("Bind, Unbind: on which apps you are known, and how to end that"),
        say("Home, Help, Cancel: Cancel ends a question; drafts stay"),
    ]


def stopped(say: Say, answer: Stopped) -> Screen:
    """The question is over."""
    lines = (say("{count} drafts are kept.", count=answer.drafts),) if answer.drafts else ()
    return Screen(say("Cancelled"), lines, (Choice(say("Home"), Home()),))


def invitation(say: Say, answer: Invitation) -> Screen:
    """The link and the PIN, shown once."""
    lines = (
        say("Give {name} this link or picture, and the PIN by word of mouth.", name=answer.person.name),
        say("PIN: {pin}", pin=answer.pin),
        say("Good until {day}, for one entry.", day=day(say, answer.until.date().isoformat())),
        *(say("In {channel}: {link}", channel=_label(each), link=link) for each, link in answer.links.items()),
    )
    title = say("Invitation for {name}", name=answer.person.name)
    link = f"/chat/enter/{answer.token}"
    return Screen(title, lines, (Choice(say("Home"), Home()),), link=link, image=link, once=True)


def _label(channel: str) -> str:
    return {"telegram": "Telegram"}.get(channel, channel)


SCREENS: dict[type, Draw] = {Welcome: welcome, Manual: manual, Stopped: stopped, Invitation: invitation}
