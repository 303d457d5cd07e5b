"""Messages that are pushed: one for each urgent notice, one digest for all others of a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from handlers.announcements.receiving import ConfirmAnnouncement, ReadAnnouncement
from handlers.declarations.answer import Answer
from handlers.declarations.forms import Declare, MyLines, Reopen, SameAsLast
from handlers.declarations.review import ShowQueue
from handlers.identities.binding import ConfirmBinding, RefuseBinding
from handlers.ledger.points import MyPoints
from handlers.overview import Overview
from screens import reminding, safety
from screens.announcements.words import body, short
from screens.declarations.lines import attendance_word
from screens.identities import channel_word, home_choices
from screens.screen import Choice, Screen
from screens.tasks import notices as of_tasks
from screens.tasks import notices_deciding
from screens.texts import Say, clean, day, joined, month, note_text, number, signed
from storage.outbox import NoticeRow

Facts = dict[str, Any]
Part = tuple[str, list[str], list[Choice]]


def _opened(say: Say, f: Facts) -> Part:
    lines = [
        say("Please declare until {day}, 24:00.", day=day(say, f["until"])),
        say("Rulebook: {title}", title=f["title"]),
    ]
    choices = [Choice(say("Same as last month"), SameAsLast()), Choice(say("Declare"), Declare())]
    return say("Declaration of {month} is open", month=month(say, f["period"])), lines, choices


def _reminder(say: Say, f: Facts) -> Part:
    left = say("Today is the last day.") if f["left"] == 0 else say("{days} days are left.", days=f["left"])
    lines = [say("You have not declared yet; the month ends on {day}.", day=day(say, f["until"])), left]
    choices = [Choice(say("Same as last month"), SameAsLast()), Choice(say("Declare"), Declare())]
    return say("Reminder: declaration of {month}", month=month(say, f["period"])), lines, choices


def _pending(say: Say, f: Facts) -> Part:
    line = say("{count} lines of {people} members wait for your review.", count=f["count"], people=f["people"])
    return say("Waiting for your review"), [line], [Choice(say("Review ({count})", count=f["count"]), ShowQueue())]


def _closed(say: Say, f: Facts) -> Part:
    lines = [say("{unit}: {approved} lines approved", unit=f["unit"], approved=f["approved"])]
    if f["undecided"]:
        lines.append(
            say("{count} lines are undecided; they will count in the month you decide them.", count=f["undecided"])
        )
    return (
        say("{month} is closed", month=month(say, f["period"])),
        lines,
        [Choice(say("State of the month"), Overview())],
    )


def _calendar(say: Say, f: Facts) -> Part:
    line = say("Reminders in {year} follow weekdays until the holidays are known: please update.", year=f["year"])
    return say("Public holidays of {year} are not known yet", year=f["year"]), [line], []


def _away(say: Say, f: Facts) -> Part:
    """What is due for somebody who is away, each matter by its title."""
    titles = [_part(say, kind, facts)[0] for kind, facts in f["waiting"]]
    lines = [f"- {title}" for title in titles]
    if f["count"] > len(titles):
        lines.append(say("and {count} more", count=f["count"] - len(titles)))
    title = say("For {name} (away until {day})", name=clean(f["name"]), day=day(say, f["until"]))
    return title, lines, []


def _part(say: Say, kind: str, facts: Facts) -> Part:
    """One notice by itself, though others of its kind are told together."""
    return TOGETHER[kind](say, [{**facts, "kind": kind}]) if kind in TOGETHER else PARTS[kind](say, facts)


def _line(say: Say, each: Facts) -> str:
    what = f"{each['name']} {number(each['quantity'])}{each['unit']}"
    if each.get("together"):
        return joined(say, what, say("points by all of them together"))
    return say("{what}, {points} points", what=what, points=signed(each["points"]))


def _decided(say: Say, f: Facts) -> Part:
    word = {"approve": say("approved"), "return": say("returned"), "reject": say("rejected")}[f["decision"]]
    lines = [_line(say, each) for each in f["lines"][:20]]
    if f["reason"]:
        lines.append(say("reason: {text}", text=clean(f["reason"])))
    lines.append(say("by {name}", name=f["by"]))
    choices = [Choice(say("My points"), MyPoints())]
    if f["decision"] == "return":
        choices.insert(0, Choice(say("Open again"), Reopen(f["lines"][0]["id"])))
    title = say("{count} lines of {month}: {word}", count=len(f["lines"]), month=month(say, f["period"]), word=word)
    return title, lines, choices


def _recorded(say: Say, f: Facts) -> Part:
    lines = [joined(say, f["name"], say("points by all of them together"))]
    if not f.get("together"):
        lines = [f"{f['name']} {signed(f['points'])}"]
    if f["attendance"]:
        lines = [f"{f['name']} {attendance_word(say, f['attendance'])} {signed(f['points'])}"]
    lines.append(note_text(say, f["note"]))
    if f["clause"]:
        lines.append(say("Rule: {clause}", clause=f["clause"]))
    if not f["by"]:  # for a task that he finished himself
        return say("Points for a task"), lines, [Choice(say("My points"), MyPoints())]
    lines.append(say("by {name}", name=f["by"]))
    title = say("Points for a task") if f.get("task") else say("Your branch recorded an entry")
    return title, lines, [Choice(say("Answer"), Answer(f["line"]))]


def _declared_for(say: Say, f: Facts) -> Part:
    lines = [f"{name} {number(quantity)}{unit}" for name, quantity, unit in f["lines"]]
    lines.append(say("entered by {name}; it counts once it is approved", name=f["by"]))
    title = say("Declared for you: {month}", month=month(say, f["period"]))
    return title, lines, [Choice(say("This month's lines"), MyLines())]


def _reversed(say: Say, f: Facts) -> Part:
    lines = [f"{f['criterion']} {signed(f['points'])}", say("reason: {text}", text=clean(f["reason"]))]
    lines.append(say("by {name}", name=f["by"]))
    return say("An entry of yours was taken back"), lines, [Choice(say("My points"), MyPoints())]


def _answered(say: Say, f: Facts) -> Part:
    lines = [f"{f['name']} {signed(f['points'])}", clean(f["text"])]
    return say("{name} answers to an entry", name=f["by"]), lines, []


def _announced(say: Say, f: Facts) -> Part:
    lines = [*body(f["text"]), "", say("{unit}, {name}", unit=f["unit"], name=f["author"])]
    if f["confirm_by"]:
        lines.append(say("Please confirm by {day}", day=day(say, f["confirm_by"])))
    choices = [Choice(say("Got it"), ConfirmAnnouncement(f["announcement"]))]
    return say("Announcement: {title}", title=clean(f["title"])), lines, choices


def _to_confirm(say: Say, f: Facts) -> Part:
    lines = [say("{unit}, {name}", unit=f["unit"], name=f["author"])]
    if f["confirm_by"]:
        lines.append(say("Please confirm by {day}", day=day(say, f["confirm_by"])))
    choices = [
        Choice(say("Got it: {title}", title=short(f["title"])), ConfirmAnnouncement(f["announcement"])),
        Choice(say("Read it: {title}", title=short(f["title"])), ReadAnnouncement(f["announcement"])),
    ]
    return say("You have not confirmed yet: {title}", title=clean(f["title"])), lines, choices


def _urged(say: Say, f: Facts) -> Part:
    title, lines, _ = _to_confirm(say, f)
    choices = [
        Choice(say("Got it"), ConfirmAnnouncement(f["announcement"])),
        Choice(say("Read it"), ReadAnnouncement(f["announcement"])),
    ]
    return title, [say("{name} asks you to read and confirm it.", name=f["by"]), *lines], choices


def _withdrawn(say: Say, f: Facts) -> Part:
    lines = [say("It does not hold any more and need not be confirmed."), say("by {name}", name=f["by"])]
    return say("Withdrawn: {title}", title=clean(f["title"])), lines, []


def _bound(say: Say, f: Facts) -> Part:
    line = say("From now on you can do everything here on {channel}.", channel=channel_word(say, f["channel"]))
    return say("Your account is bound"), [line], list(home_choices(say, declares=f["declares"]))


def _binding(say: Say, f: Facts) -> Part:
    lines = [
        say(
            "{account} on {channel} says to be {name}.",
            account=clean(f["account"]) or "?",
            channel=channel_word(say, f["channel"]),
            name=f["name"],
        ),
    ]
    if f.get("vouched"):
        lines.append(say("The account has the member's code for a name; the employer gave it that name."))
    lines += [
        say("Somebody else asks for the same member: {account} on {channel}.", account=clean(name) or "?", channel=word)
        for name, word in ((name, channel_word(say, channel)) for name, channel in f.get("others", ()))
    ]
    lines.append(say("Confirm only when you know that this account is his."))
    choices = [
        Choice(say("Confirm the account"), ConfirmBinding(f["binding"])),
        Choice(say("Refuse"), RefuseBinding(f["binding"])),
    ]
    return say("{name} asks to bind an account", name=f["name"]), lines, choices


def _removed(say: Say, f: Facts) -> Part:
    channel = channel_word(say, f["channel"])
    lines = [
        say("{name}'s {channel} account was removed by the employer.", name=f["name"], channel=channel),
        say("The binding has ended; messages go to another channel of his, if he has one."),
    ]
    return say("An account was removed"), lines, []


PARTS: dict[str, Callable[[Say, Facts], Part]] = {
    "period_opened": _opened,
    "declare_reminder": _reminder,
    "review_pending": _pending,
    "period_closed": _closed,
    "calendar_unknown": _calendar,
    "away_waiting": _away,
    **reminding.PARTS,
    "lines_decided": _decided,
    "declared_for": _declared_for,
    "entry_recorded": _recorded,
    "entry_reversed": _reversed,
    "member_answered": _answered,
    "identity_bound": _bound,
    "binding_asked": _binding,
    "account_removed": _removed,
    "announcement": _announced,
    "announcement_urged": _urged,
    "announcement_reminder": _to_confirm,
    "announcement_withdrawn": _withdrawn,
    **safety.PARTS,
    **notices_deciding.PARTS,
}


TOGETHER: dict[str, Callable[[Say, list[Facts]], Part]] = {
    **notices_deciding.TOGETHER,
    **of_tasks.TOGETHER,
}
"""Kinds of which all that a message holds are told as one matter, with those that have the same function."""


def message(say: Say, notices: Sequence[NoticeRow]) -> Screen:
    """One notice as it is, several as one digest without a choice twice."""
    kinds = {row.kind for row in notices}
    kept = [row for row in notices if row.kind != "period_opened" or "declare_reminder" not in kinds]
    parts = _parts(say, kept)
    if len(parts) == 1:
        title, lines, choices = parts[0]
        return Screen(title, tuple(lines), tuple(choices))
    lines = [text for n, (title, some, _) in enumerate(parts, 1) for text in (f"{n}. {title}", *some)]
    unique = {repr(choice.request): choice for _, _, choices in parts for choice in choices}
    return Screen(say("Today: {count} matters", count=len(parts)), tuple(lines), tuple(unique.values()))


def _parts(say: Say, rows: Sequence[NoticeRow]) -> list[Part]:
    """In the order they came; what is told together stands where the first of its kinds does."""
    same: dict[Callable[[Say, list[Facts]], Part], list[Facts]] = {}
    for row in rows:
        if row.kind in TOGETHER:
            same.setdefault(TOGETHER[row.kind], []).append({**row.facts, "kind": row.kind})
    parts = []
    for row in rows:
        if row.kind not in TOGETHER:
            parts.append(PARTS[row.kind](say, row.facts))
        elif (together := TOGETHER[row.kind]) in same:
            parts.append(together(say, same.pop(together)))
    return parts
