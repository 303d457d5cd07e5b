"""Giving a task by hand until it is issued."""

from __future__ import annotations

from msgspec import structs

from handlers.members import Home
from handlers.tasks import giving as g
from handlers.tasks.audiences import MEMBERS, Audience, Offer, Target
from handlers.tasks.state import ShowState, TaskStates
from screens.announcements.words import body
from screens.screen import Choice, Draw, Prompt, Screen
from screens.tasks.words import brief, on
from screens.texts import Say, clean, joined, names

NAMED = 10
DAYS = (3, 7, 14)


def question(say: Say, answer: g.GiveQuestion) -> Screen:
    """What is still wanted."""
    draft = answer.draft
    back = Choice(say("Back"), g.GiveTask(draft)) if draft.title and draft.until else Choice(say("Cancel"), Home())
    if answer.wanted == "title":
        lines = (
            say("Type what is to be done and until when in one line, such as: hand in the study notes by 12-05."),
            say("What stands on further lines explains it. You see everything again before it is issued."),
        )
        return Screen(say("Give a task: what?"), lines, (back,), Prompt(g.GiveTask(draft), "line", "writing"))
    if answer.wanted == "day":
        choices = [Choice(say("In {days} days", days=days), g.GiveDay(draft, f"{days}天")) for days in DAYS]
        choices.append(Choice(say("At the end of the month"), g.GiveDay(draft, "月底")))
        line = say("Type a day, such as 12-15 or next Friday.")
        title = say("Until when? {title}", title=clean(draft.title))
        return Screen(title, (line,), (*choices, back), Prompt(g.GiveDay(draft), "text"))
    if answer.wanted == "figure":
        line = say("Type the name of the number, such as: people who took part.")
        prompt = Prompt(g.GiveAsked(draft, "number"), "name", "writing")
        return Screen(say("Which number is asked for?"), (line,), (back,), prompt)
    choices = [
        Choice(asked_word(say, asked), g.GiveAsked(draft, asked))
        for asked in ("nothing", "evidence", "number")
        if asked != draft.asked
    ]
    now = say("Now: {what}", what=asked_word(say, draft.asked, draft.figure))
    return Screen(say("What is asked with a report?"), (now,), (*choices, back))


def asked_word(say: Say, asked: str, figure: str = "") -> str:
    """What a report must bring."""
    return {
        "nothing": say("a word is enough"),
        "evidence": say("a photo or file is required"),
        "number": say("a number: {name}", name=clean(figure)) if figure else say("a number is required"),
    }[asked]


def audience_word(say: Say, kind: str, unit: str, count: int) -> str:
    """Whom a task may be given to."""
    facts = {"unit": clean(unit), "count": count}
    return {
        MEMBERS: say("members of {unit} ({count})", **facts),
        "branch": say("branches of {unit} ({count})", **facts),
        "organisation": say("organisations of {unit} ({count})", **facts),
        "grid": say("grids of {unit} ({count})", **facts),
    }[kind]


def goes_to(say: Say, to: tuple[Target, ...], kind: str) -> list[str]:
    """To how many and to whom; vacant roles are said before anything is issued."""
    some = names(say, [clean(each.name) for each in to[:NAMED]])
    facts = {"count": len(to), "names": some}
    lines = [
        {
            MEMBERS: say("Goes to {count} members: {names}", **facts),
            "branch": say("Goes to {count} branches: {names}", **facts),
            "organisation": say("Goes to {count} organisations: {names}", **facts),
            "grid": say("Goes to {count} grids: {names}", **facts),
        }[kind]
        + ("…" if len(to) > NAMED else "")
    ]
    vacant = [clean(each.name) for each in to if each.vacant]
    if vacant:
        people = names(say, vacant[:NAMED])
        lines.append(say("{count} have nobody in the role now: {names}", count=len(vacant), names=people))
    return lines


def preview(say: Say, answer: g.GivePreview) -> Screen:
    """Everything before it is issued."""
    draft = answer.draft
    lines = goes_to(say, answer.to, draft.to.kind)
    if draft.until is not None:
        rest = "" if answer.worked else say("not a working day")
        lines.append(joined(say, say("due on {day}", day=on(say, draft.until)), rest))
    lines.append(say("With the report: {what}", what=asked_word(say, draft.asked, draft.figure)))
    lines += body(draft.about)
    choices = [Choice(say("Issue ({count})", count=len(answer.to)), g.IssueGiven(draft))]
    if answer.choosable:
        choices.append(Choice(say("Whom it goes to"), g.GiveTo(draft)))
    choices += [
        Choice(say("Another day"), g.GiveDay(draft)),
        Choice(say("What is asked"), g.GiveAsked(draft)),
        Choice(say("Change the text"), g.GiveTask(structs.replace(draft, title="", about=""))),
        Choice(say("Cancel"), Home()),
    ]
    return Screen(say("Please check: {title}", title=clean(draft.title)), tuple(lines), tuple(choices))


def audience(say: Say, answer: g.GiveAudience) -> Screen:
    """Chosen by numbers; other audiences are a tap away."""
    draft = answer.draft
    lines = [_ticked(say, place, each, draft.to.chosen) for place, each in enumerate(answer.all, 1)]
    lines.append(say("Type the numbers, such as: 3 7. Or: all; all but 3 7."))
    choices = [_everybody(say, draft, len(answer.all))]
    choices += [_other(say, draft, offer) for offer in answer.offers if (offer.unit, offer.kind) != _now(draft)]
    choices.append(Choice(say("Back"), g.GiveTask(draft)))
    return Screen(say("Whom does it go to?"), tuple(lines), tuple(choices), Prompt(g.GiveTo(draft), "typed"))


def _now(draft: g.Draft) -> tuple[int, str]:
    return draft.to.unit, draft.to.kind


def _ticked(say: Say, place: int, each: Target, chosen: tuple[int, ...]) -> str:
    tick = " ✓" if not chosen or each.number in chosen else ""
    return joined(say, f"{place}. {clean(each.name)}{tick}", say("(role vacant)") if each.vacant else "")


def _everybody(say: Say, draft: g.Draft, count: int) -> Choice:
    everybody = structs.replace(draft, to=structs.replace(draft.to, chosen=()))
    return Choice(say("All ({count})", count=count), g.GiveTask(everybody))


def _other(say: Say, draft: g.Draft, offer: Offer) -> Choice:
    to = Audience(offer.unit, offer.kind)
    label = audience_word(say, offer.kind, brief(offer.unit_name), offer.count)
    return Choice(label, g.GiveTask(structs.replace(draft, to=to)))


def given(say: Say, answer: g.GivenTask) -> Screen:
    """Issued, and where to look on."""
    draft = answer.draft
    lines = [say("{count} are being told.", count=answer.count - answer.vacant)]
    if answer.vacant:
        lines.append(say("{count} wait until somebody holds the role.", count=answer.vacant))
    choices = (
        Choice(say("How it stands"), ShowState(answer.first)),
        Choice(say("State of tasks"), TaskStates()),
        Choice(say("Give another task"), g.GiveTask()),
        Choice(say("Home"), Home()),
    )
    return Screen(say("Issued: {title}", title=clean(draft.title)), tuple(lines), choices)


SCREENS: dict[type, Draw] = {
    g.GiveQuestion: question,
    g.GivePreview: preview,
    g.GiveAudience: audience,
    g.GivenTask: given,
}
