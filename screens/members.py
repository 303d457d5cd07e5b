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
from screens.screen import Choice, Draw, Screen
from screens.texts import Say, day, month

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
    """What can be done, what waits first."""
    choices = _waiting(say, answer)
    if answer.declares:
        choices += [
            Choice(say("Declare"), Declare()),
            Choice(say("Same as last month"), SameAsLast()),
            Choice(say("My points"), MyPoints()),
            Choice(say("This month's lines"), MyLines()),
        ]
    if {"secretary", "officer", "administrator"} & set(answer.roles):
        choices.append(Choice(say("Record"), RecordMenu()))
    if LOOKS_AFTER & set(answer.roles):
        choices.append(Choice(say("State of the month"), Overview()))
    if answer.announces:
        choices.append(Choice(say("Announce"), Announce()))
    if answer.roles:
        choices.append(Choice(say("Console"), AskForLink()))
    return [*choices, Choice(say("Help"), Help())]


def _waiting(say: Say, answer: Welcome) -> list[Choice]:
    """What waits for the member."""
    choices = []
    if answer.to_review:
        choices.append(Choice(say("Review ({count})", count=answer.to_review), ShowQueue()))
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
    """What can be typed; every button can be typed too."""
    lines = []
    if answer.declares:
        lines = [
            say("Declare: choose step by step"),
            say("Declare volunteering 2 study 1: one line is enough; names, short names and initials are understood"),
            say("Same as last month: then confirm"),
            say("My points; Why: where each figure comes from"),
            say("This month: change or withdraw what is not decided yet"),
        ]
    if "secretary" in answer.roles or "officer" in answer.roles:
        lines.append(say("Review; approve all but 3 7"))
    if "secretary" in answer.roles:
        lines.append(say("Record: attendance, additions, deductions, on behalf, taking back"))
    elif {"officer", "administrator"} & set(answer.roles):
        lines.append(say("Record: taking entries back, inviting members"))
    if LOOKS_AFTER & set(answer.roles):
        lines.append(say("State: who has declared, what waits, who was not reached"))
    lines.append(say("Unbind: ends the binding of an account"))
    if answer.announces:
        lines.append(say("Announcement: write one, or see who has confirmed; Announcement and a text: at once"))
    else:
        lines.append(say("Announcement: the last ones to you; Got it: confirms that you have read one"))
    if answer.roles:
        lines.append(say("Console: a link to the pages for desk work"))
    lines.append(say("Cancel: ends a question; drafts stay"))
    return Screen(say("What you can type"), tuple(lines), (Choice(say("Home"), Home()),))


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
