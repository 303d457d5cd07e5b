"""Writing an announcement until it is sent."""

from __future__ import annotations

from handlers.announcements import audience, receiving, status, writing
from handlers.members import Home
from rules.announcements import CONFIRM_DAYS, MOST_TEXT, MOST_TITLE
from screens.announcements.words import audience_words, body, short
from screens.screen import Choice, Draw, Prompt, Screen
from screens.texts import Say, clean, day


def writing_screen(say: Say, answer: writing.Writing) -> Screen:
    """Asks for the text."""
    facts = {"title": MOST_TITLE, "text": MOST_TEXT}
    lines = (
        say("Type the text and send it: the first line is the title (at most {title} characters).", **facts),
        say("The text may have {text} characters. You see everything again before it is sent.", **facts),
    )
    if answer.draft is not None and answer.changing:
        prompt = Prompt(writing.WriteAnnouncement("", answer.draft.id), "text", "writing")
        back = Choice(say("Back"), writing.CheckAnnouncement(answer.draft.id))
        return Screen(say("New text of the announcement"), lines, (back,), prompt)
    to_me = say("Announcements to me")
    if answer.to_confirm:
        to_me = say("Announcements to confirm ({count})", count=answer.to_confirm)
    choices = [
        Choice(say("Announcements sent"), status.SentAnnouncements()),
        Choice(to_me, receiving.AnnouncementsToMe()),
        Choice(say("Cancel"), Home()),
    ]
    if answer.draft is not None:
        label = say("Go on with: {title}", title=short(answer.draft.title))
        choices.insert(0, Choice(label, writing.CheckAnnouncement(answer.draft.id)))
    prompt = Prompt(writing.WriteAnnouncement(""), "text", "writing")
    return Screen(say("What is to be announced?"), lines, tuple(choices), prompt)


def preview(say: Say, answer: writing.AnnouncementPreview) -> Screen:
    """Everything before it is sent."""
    row = answer.draft
    who = audience_words(say, row.audience_name, row.role)
    lines = [
        say("To: {who}, {count} people", who=who, count=answer.recipients),
        _until(say, answer.confirm_by.isoformat() if answer.confirm_by else None),
        "",
        *(body(row.text) or [say("(no text besides the title)")]),
    ]
    choices = []
    if answer.recipients:
        label = say("Confirm and send ({count} people)", count=answer.recipients)
        choices.append(Choice(label, writing.SendAnnouncement(row.id)))
    if answer.choosable:
        choices.append(Choice(say("Whom it is for"), audience.PickAudience(row.id)))
    choices += [
        Choice(_days_label(say, days), writing.SetConfirmDays(row.id, days))
        for days in CONFIRM_DAYS
        if days != row.confirm_days
    ]
    choices.append(Choice(say("Change the text"), writing.RewriteAnnouncement(row.id)))
    choices.append(Choice(say("Cancel"), writing.DropAnnouncement(row.id)))
    title = say("Please check: {title}", title=clean(row.title))
    return Screen(title, tuple(lines), tuple(choices))


def _until(say: Say, iso: str | None) -> str:
    if iso is None:
        return say("To be confirmed: no last day, no reminder by itself")
    return say("To be confirmed by {day}; one reminder on the working day before", day=day(say, iso))


def _days_label(say: Say, days: int) -> str:
    return say("To be confirmed within {days} days", days=days) if days else say("No last day to confirm")


def audiences(say: Say, answer: audience.Audiences) -> Screen:
    """Whom is it for?"""
    row = answer.draft
    lines = (
        say("Now: {who}", who=audience_words(say, row.audience_name, row.role)),
        say("Choose a unit (with all units below it), or a role within it."),
    )
    choices = [
        Choice(audience_words(say, row.audience_name, role), writing.SetAudience(row.id, row.audience, role))
        for role in answer.roles
    ]
    choices += [
        Choice(unit.name, writing.SetAudience(row.id, unit.id)) for unit in answer.units if unit.id != row.audience
    ]
    if answer.pages > 1:
        onward = audience.PickAudience(row.id, (answer.page + 1) % answer.pages)
        choices.append(Choice(say("More ({page}/{pages})", page=answer.page + 1, pages=answer.pages), onward))
    choices.append(Choice(say("Back"), writing.CheckAnnouncement(row.id)))
    return Screen(say("Whom is the announcement for?"), lines, tuple(choices))


def dropped(say: Say, _answer: writing.AnnouncementDropped) -> Screen:
    """The draft is gone."""
    return Screen(say("Cancelled"), (say("Nothing was sent."),), (Choice(say("Home"), Home()),))


SCREENS: dict[type, Draw] = {
    writing.Writing: writing_screen,
    writing.AnnouncementPreview: preview,
    writing.AnnouncementDropped: dropped,
    audience.Audiences: audiences,
}
