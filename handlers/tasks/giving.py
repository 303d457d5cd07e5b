"""交办: a task given by hand, in one line or step by step; it is issued once it was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from msgspec import Struct, structs, to_builtins

from handlers.calendars import calendar_of
from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks.around import carriers, note
from handlers.tasks.audiences import CARRIED_BY, MEMBERS, Audience, Offer, Target, grant_of, offers, targets
from handlers.tasks.telling import facts_of
from rules.access import Grant
from rules.days import day_typed
from rules.periods import period_of
from rules.problems import Problem
from rules.tasks.plan import Figure, Step, Terms
from rules.tasks.typed import picked, titled
from storage.tasks import rows

Proof = Literal["required", "optional"]
MOST_TITLE, MOST_ABOUT = 100, 2000
SOON = timedelta(days=2)
"""What is due within is told at once."""
FAR = timedelta(days=366 * 2)


class Draft(Struct, frozen=True):
    """A task that is being given: it stands in the buttons until it is issued. `drawn` is drawn before the unit, so
    that what is issued twice is issued once; `asked` is nothing, evidence or number."""

    drawn: str = ""
    title: str = ""
    about: str = ""
    until: date | None = None
    asked: str = "nothing"
    figure: str = ""
    to: Audience = Audience()


class GiveTask(Struct, frozen=True):
    """交办: asks what is missing, else shows what will be issued; `line` is a title, its day and more lines."""

    draft: Draft = Draft()
    line: str = ""


class GiveDay(Struct, frozen=True):
    """The last day, as typed; asks for it without a text."""

    draft: Draft
    text: str = ""


class GiveTo(Struct, frozen=True):
    """Whom it goes to: with `typed` numbers of the list, without shows the list."""

    draft: Draft
    typed: str = ""


class GiveAsked(Struct, frozen=True):
    """What is asked with a report: nothing, evidence or a number, which needs a name."""

    draft: Draft
    asked: str = ""
    name: str = ""


class IssueGiven(Struct, frozen=True):
    """Issues it."""

    draft: Draft


class GiveQuestion(Struct, frozen=True):
    """What is wanted next: title, day, or the name of a number."""

    draft: Draft
    wanted: str


class GivePreview(Struct, frozen=True):
    """Everything before it is issued."""

    draft: Draft
    to: tuple[Target, ...]
    unit_name: str
    worked: bool
    choosable: bool


class GiveAudience(Struct, frozen=True):
    """Whom it may go to: the other audiences, and all of this one."""

    draft: Draft
    offers: tuple[Offer, ...]
    all: tuple[Target, ...]


class GivenTask(Struct, frozen=True):
    """Issued: to how many, to how many vacant roles; `first` is one of the tasks."""

    draft: Draft
    count: int
    vacant: int
    first: int


Asked = GiveQuestion | GivePreview | GiveAudience | Refused


def give_task(context: Context, request: GiveTask) -> Asked:
    """The line is read; what it does not say is asked."""
    choice = offers(context)
    if not choice:
        return refuse("not_giving")
    draft = request.draft
    if request.line:
        draft = _read(draft, request.line, context.today)
        if wrong := _wrong_text(draft):
            return Refused(tuple(wrong))
    if not draft.to.unit:
        draft = structs.replace(draft, to=Audience(choice[0].unit, choice[0].kind))
    return _next(context, draft, choice)


def _read(draft: Draft, line: str, today: date) -> Draft:
    first, _, rest = line.strip().partition("\n")
    title, day = titled(first, today)
    return structs.replace(draft, title=title, until=day or draft.until, about=rest.strip() or draft.about)


def _wrong_text(draft: Draft) -> list[Problem]:
    if not draft.title:
        return [Problem("text_empty", {})]
    if len(draft.title) > MOST_TITLE:
        return [Problem("title_too_long", {"length": len(draft.title), "most": MOST_TITLE})]
    long = len(draft.about) > MOST_ABOUT
    return [Problem("text_too_long", {"length": len(draft.about), "most": MOST_ABOUT})] if long else []


def _next(context: Context, draft: Draft, choice: Sequence[Offer]) -> Asked:
    if not draft.title:
        return GiveQuestion(draft, "title")
    if draft.until is None:
        return GiveQuestion(draft, "day")
    if wrong := _wrong_day(context, draft.until):
        return Refused((wrong,))
    to = tuple(targets(context, draft.to))
    if not to:
        return refuse("given_to_nobody")
    name = next((each.unit_name for each in choice if each.unit == draft.to.unit), "")
    worked = calendar_of(context, context.actor.path).working(draft.until)
    return GivePreview(draft, to, name, worked, len(to) > 1 or len(choice) > 1 or bool(draft.to.chosen))


def _wrong_day(context: Context, day: date) -> Problem | None:
    if day < context.today:
        return Problem("due_past", {"day": day.isoformat()})
    return Problem("due_far", {"day": day.isoformat()}) if day > context.today + FAR else None


def give_day(context: Context, request: GiveDay) -> Asked:
    """A day that is typed stands in place of the one before."""
    if not request.text:
        return GiveQuestion(request.draft, "day")
    day = day_typed(request.text, context.today)
    if day is None:
        return refuse("date_unclear")
    return give_task(context, GiveTask(structs.replace(request.draft, until=day)))


def give_to(context: Context, request: GiveTo) -> Asked:
    """Numbers choose those alone, “all” everybody, “but 3 7” the others."""
    draft, choice = request.draft, offers(context)
    listed = targets(context, draft.to, everything=True)
    if not choice or not listed:
        return refuse("not_giving")
    if not request.typed:
        return GiveAudience(draft, tuple(choice), tuple(listed))
    numbers = picked(request.typed, len(listed))
    if numbers is None:
        return refuse("numbers_unclear")
    wrong = [number for number in numbers if not 1 <= number <= len(listed)]
    if wrong:
        return refuse("number_not_shown", numbers=", ".join(map(str, wrong)), most=len(listed))
    chosen = tuple(listed[number - 1].number for number in numbers) if len(numbers) < len(listed) else ()
    if not numbers:
        return refuse("given_to_nobody")
    return give_task(context, GiveTask(structs.replace(draft, to=structs.replace(draft.to, chosen=chosen))))


def give_asked(context: Context, request: GiveAsked) -> Asked:
    """A number needs a name."""
    if request.asked == "number" and not request.name:
        return GiveQuestion(request.draft, "figure")
    if request.asked not in ("nothing", "evidence", "number"):
        return GiveQuestion(request.draft, "asked")
    if len(request.name) > MOST_TITLE:
        return refuse("text_too_long", length=len(request.name), most=MOST_TITLE)
    figure = " ".join(request.name.split()) if request.asked == "number" else ""
    return give_task(context, GiveTask(structs.replace(request.draft, asked=request.asked, figure=figure)))


def issue_given(context: Context, request: IssueGiven) -> GivenTask | Refused:
    """Its key was drawn with the draft: a second tap adds nothing."""
    draft = request.draft
    grant = grant_of(context, draft.to)
    if grant is None:
        return refuse("not_giving")
    wrong = _wrong_text(draft)
    if draft.until is None or not draft.drawn:
        wrong.append(Problem("date_unclear", {}))
    elif late := _wrong_day(context, draft.until):
        wrong.append(late)
    to = targets(context, draft.to)
    if wrong or not to:
        return Refused(tuple(wrong)) if wrong else refuse("given_to_nobody")
    made = rows.add_all(context.connection, [_row(context, draft, each, grant) for each in to])
    if not made:
        return refuse("given_already")
    tell_issued(context, made, grant)
    return GivenTask(draft, len(made), sum(each.vacant for each in to), min(made.values()))


def _row(context: Context, draft: Draft, one: Target, grant: Grant) -> dict[str, Any]:
    proof: Proof = "required" if draft.asked == "evidence" else "optional"
    figure = Figure(draft.figure) if draft.asked == "number" else None
    terms = Terms(evidence=proof, figure=figure, overdue=overdue_of(one.member))
    return {
        "key": f"given:{draft.drawn}:{one.number}",
        "kind": "given",
        "period": period_of(context.today),
        "title": draft.title,
        "about": draft.about,
        "unit_id": one.unit,
        "member_id": one.member,
        "role": "" if draft.to.kind == MEMBERS else CARRIED_BY[draft.to.kind],
        "issuer_id": context.actor.member,
        "issuer_unit_id": grant.unit,
        "terms": to_builtins(terms, str_keys=True),
        "issued_at": context.now,
        "due_on": draft.until,
    }


def overdue_of(member: int | None) -> tuple[Step, ...]:
    """Who hears that a task is late: of a member's own task his secretary, before anybody above."""
    return Terms().overdue if member is None else (Step(1, "self"), Step(3, "secretary"))


def tell_issued(context: Context, made: Mapping[str, int], grant: Grant) -> None:
    """Keeps that tasks were issued by hand, and tells who carries them; at once what is due soon."""
    note(context, list(made.values()), "give", behalf=grant.behalf)
    tasks = rows.get_all(context.connection, made.values())
    carried = carriers(context, tasks.values())
    context.tell_all(
        [
            {
                "member_id": member,
                "kind": "task_issued_soon" if task.due_on <= context.today + SOON else "task_issued",
                "key": f"issued:{task.id}:{member}",
                "facts": facts_of(context, task),
            }
            for task in tasks.values()
            for member in sorted({holder.member for holder in carried[task.id]})
            if member != context.actor.member
        ]
    )


REQUESTS: dict[type, Handler] = {
    GiveTask: give_task,
    GiveDay: give_day,
    GiveTo: give_to,
    GiveAsked: give_asked,
    IssueGiven: issue_given,
}
