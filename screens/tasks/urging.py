"""催办: what can be urged, whom it reaches, and what was done."""

from __future__ import annotations

from handlers.announcements.status import AnnouncementStatus, UrgeAnnouncement
from handlers.members import Home
from handlers.tasks import state, urging
from screens.announcements.words import short
from screens.deliveries import code_words
from screens.identities import channel_word
from screens.screen import Choice, Draw, Screen
from screens.tasks.words import brief, on
from screens.texts import Say, clean, joined, names

NAMED = 10


def menu(say: Say, answer: urging.Urgeable) -> Screen:
    """Tasks first, then announcements; each one tap from whom it would reach."""
    lines, choices = [], []
    for place, each in enumerate(answer.tasks, 1):
        due = say("due on {day}", day=on(say, each.due_first))
        lines.append(f"{place}. " + joined(say, clean(each.title), due, say("open {count}", count=each.open)))
        choices.append(Choice(f"{place}. {brief(each.title)}", urging.PreviewUrging(task=each.first)))
    for place, row in enumerate(answer.announcements, len(answer.tasks) + 1):
        left = say("not confirmed {count}", count=row.recipients - row.confirmed)
        lines.append(f"{place}. " + joined(say, say("Announcement: {title}", title=clean(row.title)), left))
        choices.append(Choice(f"{place}. {short(row.title)}", urging.PreviewUrging(announcement=row.number)))
    choices.append(Choice(say("Home"), Home()))
    if not lines:
        return Screen(say("There is nothing to urge"), (say("All tasks and announcements are answered."),), (*choices,))
    return Screen(say("What is to be urged?"), tuple(lines), tuple(choices))


def preview(say: Say, answer: urging.UrgingPreview) -> Screen:
    """Names, channels, and whom nothing reaches."""
    request, title = answer.request, clean(answer.title)
    back = Choice(say("Back"), urging.UrgeMenu())
    if not answer.people:
        line = say("All were reminded today already; one reminder a day is enough.")
        if not answer.today:
            line = say("Nobody holds the roles that carry it.")
        return Screen(say("Nobody to urge: {title}", title=title), (line,), (back, Choice(say("Home"), Home())))
    some = names(say, [clean(name) for name in answer.names[:NAMED]])
    more = "…" if answer.people > NAMED else ""
    lines = [say("Goes to {count} people: {names}", count=answer.people, names=some) + more]
    lines += [
        say("by {channel}: {count}", channel=channel_word(say, channel), count=count)
        for channel, count in sorted(answer.channels.items())
    ]
    if answer.people > len(answer.names):
        lines.append(say("Channels are counted for the first {count} of them.", count=len(answer.names)))
    lines += _unreached(say, answer)
    if answer.today:
        lines.append(say("{count} were reminded today already and are left out.", count=answer.today))
    if answer.vacant:
        lines.append(say("{count} tasks have nobody to remind: the role is vacant.", count=answer.vacant))
    urge = urging.UrgeTasks(request.task, request.which) if request.task else UrgeAnnouncement(request.announcement)
    look = state.ShowState(request.task) if request.task else AnnouncementStatus(request.announcement)
    choices = (
        Choice(say("Urge {count} people now", count=answer.people), urge),
        Choice(say("How it stands"), look),
        back,
    )
    return Screen(say("Urge: {title}", title=title), tuple(lines), choices)


def _unreached(say: Say, answer: urging.UrgingPreview) -> list[str]:
    """By reason, so that somebody can speak to them."""
    by_reason: dict[str, list[str]] = {}
    for name, why in answer.unreached:
        by_reason.setdefault(why, []).append(clean(name))
    return [
        say(
            "Not reached ({why}): {names}. Please tell them yourself.",
            why=code_words(say, why) if why else say("no account is bound"),
            names=names(say, some[:NAMED]) + ("…" if len(some) > NAMED else ""),
        )
        for why, some in by_reason.items()
    ]


def urged(say: Say, answer: urging.TasksUrged) -> Screen:
    """Who was reminded."""
    lines = (
        say("{people} people are being told now, of {tasks} tasks.", people=answer.people, tasks=answer.tasks),
        say("The next reminder by hand is possible tomorrow."),
    )
    choices = (
        Choice(say("How it stands"), state.ShowState(answer.first)),
        Choice(say("Urge something else"), urging.UrgeMenu()),
        Choice(say("Home"), Home()),
    )
    return Screen(say("Urged: {title}", title=clean(answer.title)), lines, choices)


SCREENS: dict[type, Draw] = {
    urging.Urgeable: menu,
    urging.UrgingPreview: preview,
    urging.TasksUrged: urged,
}
