"""Reminders as one wants them, and being away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers import absences, reminding
from handlers.members import Home
from screens.deliveries import notice_word
from screens.screen import Choice, Draw, Prompt, Screen
from screens.texts import Say, Sentences, clean, day

Facts = dict[str, Any]
OFFERED = ("07:00", "08:00", "08:30", "12:00", "18:00", "20:00")


def settings(say: Say, answer: reminding.Reminding) -> Screen:
    """The hour and every kind, each one tap from being muted or told again."""
    hour = say("Your digest comes at {hour}.", hour=answer.hour)
    if not answer.own:
        hour = say("Your digest comes at {hour}, as your unit has it.", hour=answer.hour)
    lines = [hour, say("It is one message a day, and none when nothing waits. You can mute:")]
    choices = []
    for kind, muted, unit in answer.kinds:
        word = notice_word(say, kind)
        if unit:
            lines.append(say("{kind}: cannot be muted, required by {unit}", kind=word, unit=clean(unit)))
            continue
        lines.append(say("{kind}: muted", kind=word) if muted else say("{kind}: told", kind=word))
        label = say("Tell me again: {kind}", kind=word) if muted else say("Mute: {kind}", kind=word)
        choices.append(Choice(label, reminding.SetMute(kind, not muted)))
    lines.append(say("Tasks whose terms say so, what is overdue, and decisions about you are always told."))
    ways = (Choice(say("Another hour"), reminding.ChooseHour()), *choices, Choice(say("Home"), Home()))
    return Screen(say("Reminders"), tuple(lines), ways)


def hours(say: Say, answer: reminding.Hours) -> Screen:
    """When?"""
    lines = (
        say("Now: {hour}", hour=answer.hour),
        say("Choose an hour, or type one from 07:00 to 20:30, such as 09:30."),
    )
    choices = [Choice(hour, reminding.SetHour(hour)) for hour in OFFERED if hour != answer.hour]
    if answer.own:
        choices.append(Choice(say("As my unit has it"), reminding.SetHour()))
    choices.append(Choice(say("Back"), reminding.ReminderSettings()))
    return Screen(
        say("When is your digest to come?"), lines, tuple(choices), Prompt(reminding.SetHour(), "text", "writing")
    )


def when_back(say: Say, answer: absences.WhenBack) -> Screen:
    """Until which day?"""
    lines = (
        say("Type the last day you are away: 2026-12-05, 12-05 or 5 days (today counts)."),
        say("Digests wait until you are back; deadlines do not move."),
    )
    title = say("Until when are you away?")
    if answer.name:
        title = say("Until when is {name} away?", name=answer.name)
    prompt = Prompt(absences.AwayUntil("", answer.member), "text", "writing")
    return Screen(title, lines, (Choice(say("Cancel"), Home()),), prompt)


def stand_ins(say: Say, answer: absences.StandIns) -> Screen:
    """Who hears what is due meanwhile?"""
    until = day(say, answer.until.isoformat())
    first = say("Away until {day} (that day included).", day=until)
    if answer.name:
        first = say("{name} is away until {day} (that day included).", name=answer.name, day=until)
    lines = (first, say("Who stands in hears each day what is due. Choose somebody, or type a name of the branch."))
    nobody = Choice(say("Nobody stands in"), absences.GoAway(answer.until, answer.member))
    others = [Choice(clean(name), absences.GoAway(answer.until, answer.member, who)) for who, name in answer.people]
    prompt = Prompt(absences.NameStandIn(answer.until, "", answer.member), "text", "writing")
    return Screen(say("Who stands in?"), lines, (nobody, *others, Choice(say("Cancel"), Home())), prompt)


def away(say: Say, answer: absences.AwayNow) -> Screen:
    """Until when, and who stands in."""
    row, until = answer.row, day(say, answer.row.until_on.isoformat())
    title = say("You are away until {day}", day=until)
    if not answer.own:
        title = say("{name} is away until {day}", name=row.name, day=until)
    lines = [say("Digests wait until the day after; decisions are told at once. Deadlines do not move.")]
    if row.deputy:
        lines.insert(0, say("{name} stands in and hears what is due.", name=row.deputy_name))
    back = Choice(say("Back again"), absences.ComeBack(0 if answer.own else row.member))
    return Screen(title, tuple(lines), (back, Choice(say("Home"), Home())))


def back(say: Say, answer: absences.BackNow) -> Screen:
    """Welcome."""
    title = say("You are back") if answer.own else say("{name} is back", name=answer.name)
    return Screen(title, (say("What is still needed comes with the next digest."),), (Choice(say("Home"), Home()),))


Part = tuple[str, list[str], list[Choice]]


def _named(say: Say, f: Facts) -> Part:
    lines = [say("Each day you hear what is due for {name}.", name=clean(f["name"]))]
    title = say("You stand in for {name} until {day}", name=clean(f["name"]), day=day(say, f["until"]))
    return title, lines, []


def _recorded(say: Say, f: Facts) -> Part:
    lines = [
        say("recorded by {name}; digests wait until the day after", name=clean(f["by"])),
        say("Deadlines do not move."),
    ]
    choices = [Choice(say("Back again"), absences.ComeBack())]
    return say("You are away until {day}", day=day(say, f["until"])), lines, choices


def _due(say: Say, f: Facts) -> Part:
    lines = [f"- {clean(task['title'])}" for task in f["tasks"]]
    return say("Due today, still open: {count}", count=f["count"]), lines, []


def _not_sent(say: Say, f: Facts) -> Part:
    lines = [matter(say, name, count) for name, count in f["found"].items()]
    return say("Messages should have gone out and did not"), lines, []


def matter(say: Say, name: str, count: int) -> str:
    """What should have gone out and did not."""
    return MATTERS[name](say, count)


MATTERS: dict[str, Callable[[Say, int], str]] = {
    "waiting": lambda say, count: say("{count} notices wait for more than two days", count=count),
    "due": lambda say, count: say("{count} messages have been due for more than an hour", count=count),
    "sending": lambda say, count: say("{count} messages have been on their way for more than ten minutes", count=count),
    "reminders": lambda say, count: say("{count} reminders of tasks were never made", count=count),
    "missing": lambda say, count: say("{count} people have had no digest though something waited", count=count),
}
PARTS: dict[str, Callable[[Say, Facts], Part]] = {
    "stand_in_named": _named,
    "away_recorded": _recorded,
    "urgent_due": _due,
    "not_sent": _not_sent,
}
WORDS: Sentences = {
    "away_day_unclear": lambda say, f: say(
        "“{text}” is no day. Please type it like 2026-12-05, 12-05 or 5 days.", text=clean(str(f["text"]))[:30]
    ),
    "away_unclear": lambda say, f: say(
        "“{text}” is neither a day nor one of your members. Please type a day, or a name and a day.",
        text=clean(str(f["text"]))[:30],
    ),
    "away_day_out": lambda say, f: say("The day must lie between today and {most} days from now.", **f),
    "stand_in_unknown": lambda say, f: say(
        "Nobody in the branch is called so. Please choose one of those shown, or type the full name or code."
    ),
    "not_away": lambda say, f: say("No absence is recorded now."),
    "not_mutable": lambda say, f: say("This cannot be muted."),
    "mute_forbidden": lambda say, f: say("This cannot be muted: {unit} requires it.", unit=clean(str(f["unit"]))),
    "hour_unclear": lambda say, f: say("Please choose a full or half hour from 07:00 to 20:30, such as 09:30."),
}
SCREENS: dict[type, Draw] = {
    reminding.Reminding: settings,
    reminding.Hours: hours,
    absences.WhenBack: when_back,
    absences.StandIns: stand_ins,
    absences.AwayNow: away,
    absences.BackNow: back,
}
