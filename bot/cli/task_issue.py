"""The commands that put plans of tasks into force: tasks publish, issue, list, end."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from bot.cli.frame import Acting, accepted, acting, out, reading, settings_or_exit
from bot.cli.schemes import given_day
from bot.cli.tasks import File, sound_document, tasks
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from collections.abc import Sequence

    from handlers.tasks.previewing import IssuePreview, Planned
    from handlers.tasks.publishing import PlanState, PublishedPlan
    from rules.problems import Problem

MOST_TOLD = 200
Unit = Annotated[str, typer.Option("--unit", help="Code of the unit it holds for, with all below; else the top.")]
From = Annotated[str | None, typer.Option("--from", help="First day it holds, such as 2026-12-01; else today.")]
Period = Annotated[str, typer.Option("--period", help="Such as 2026-03, 2026-T2 (two months), 2026-Q1, 2026-H1, 2026.")]


@tasks.command()
def publish(file: File, unit: Unit = "", from_day: From = None) -> None:
    """Put a plan into force: what falls is issued on its day from now on; the same text again changes nothing."""
    from handlers.setup import FindUnit
    from handlers.tasks.publishing import PublishPlan

    settings = settings_or_exit()
    say = words(settings.locale)
    day = given_day(from_day, settings, say)
    document = sound_document(file, settings, say)
    with acting(settings, say) as house:
        holder = accepted(say, house.ask(FindUnit(unit)))
        answer = accepted(say, house.do(PublishPlan(document.text, holder.unit, day)))
        _told(say, answer, holder.name, day.isoformat())
        count = _what_falls(house, say)
    if count:
        out.print(say("{count} tasks that have fallen by today are issued.", count=count))


@tasks.command()
def issue(
    file: File,
    period: Period,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be issued to whom.")] = False,
    unit: Unit = "",
) -> None:
    """Issue all that falls in a period, before its day, too; a plan that is not in force yet is published for it."""
    from handlers.setup import FindUnit
    from handlers.tasks.previewing import PreviewIssue
    from handlers.tasks.publishing import PublishPlan
    from rules.access import OPERATOR
    from rules.tasks.spans import span

    settings = settings_or_exit()
    say = words(settings.locale)
    document = sound_document(file, settings, say)
    with reading(settings, say) as (desk, now):
        holder = accepted(say, desk.ask(OPERATOR, FindUnit(unit), now))
        wanted = PreviewIssue(period, text=document.text, unit=holder.unit)
        preview: IssuePreview = accepted(say, desk.ask(OPERATOR, wanted, now))
    if dry_run:
        _show(say, preview)
        return
    with acting(settings, say) as house:
        first, _ = span(period)
        answer = accepted(say, house.do(PublishPlan(document.text, holder.unit, first)))
        if answer.fresh:
            _told(say, answer, holder.name, first.isoformat())
        count = _issue(house, say, answer.plan, preview)
    facts = {"title": preview.title, "period": period, "count": count, "there": len(preview.rows) - count}
    out.print(say("{title}, {period}: {count} tasks are issued, {there} were there before.", **facts), markup=False)
    _vacant(say, preview)


@tasks.command(name="list")
def list_() -> None:
    """The plans in force, with what falls next."""
    from handlers.tasks.publishing import ListPlans
    from rules.access import OPERATOR

    settings = settings_or_exit()
    say = words(settings.locale)
    with reading(settings, say) as (desk, now):
        found = accepted(say, desk.ask(OPERATOR, ListPlans(), now))
    for row in found.rows:
        out.print("\n".join(_plan(say, row)), markup=False)
    if not found.rows:
        out.print(say("No plan of tasks is in force. First: zhibu tasks publish FILE"))


@tasks.command()
def end(
    plan: Annotated[str, typer.Argument(help="The code of the plan.")],
    on: Annotated[str | None, typer.Option("--on", help="Its last day, such as 2026-12-31; else today.")] = None,
) -> None:
    """End a plan: nothing of it is issued after its last day; what is issued stays."""
    from handlers.tasks.publishing import EndPlan

    settings = settings_or_exit()
    say = words(settings.locale)
    day = given_day(on, settings, say)
    with acting(settings, say) as house:
        answer = accepted(say, house.do(EndPlan(plan, day)))
    facts = {"title": answer.title, "version": answer.version, "day": answer.on}
    out.print(say("{title}, version {version} ends; its last day is {day}.", **facts), markup=False)


def _told(say: Say, answer: PublishedPlan, unit: str, day: str) -> None:
    facts = {"title": answer.title, "version": answer.version, "unit": unit, "day": day}
    if answer.fresh:
        out.print(say("{title}, version {version} is published for {unit}, from {day}.", **facts), markup=False)
    else:
        told = say("{title}, version {version} was published before; nothing was changed.", **facts)
        out.print(told, markup=False)
    _warn(say, answer.warnings)


def _warn(say: Say, warnings: Sequence[Problem]) -> None:
    from screens.problems import sentence

    for each in warnings:
        out.print(say("Note: {text}", text=sentence(say, each)), markup=False)


def _what_falls(house: Acting, say: Say) -> int:
    from handlers.tasks.issuing import IssueTasks

    done, more = 0, True
    while more:
        ran = accepted(say, house.do(IssueTasks()))
        done, more = done + ran.done, ran.more
    return done


def _issue(house: Acting, say: Say, plan: int, preview: IssuePreview) -> int:
    """Slice by slice; the same command again finishes what was cut short."""
    from handlers.tasks.issuing import IssuePeriod

    done, cursor, more = 0, "", True
    with Progress(console=out.console, transient=True) as bar:
        shown = bar.add_task(say("Issuing"), total=sum(not row.there for row in preview.rows))
        while more:
            answer = accepted(say, house.do(IssuePeriod(plan, preview.period, cursor)))
            done, cursor, more = done + answer.count, answer.cursor, bool(answer.cursor)
            bar.advance(shown, answer.count)
    return done


def _show(say: Say, preview: IssuePreview) -> None:
    """Who would be given what, and by when."""
    out.print(say("{title}, version {version}, {period}:", **_facts(preview)), markup=False)
    told = 0
    for (name, due), group in groupby(preview.rows, key=lambda row: (row.obligation, row.due_on)):
        some = list(group)
        out.print(say("{name}, due on {day}: {count} tasks", name=name, day=due, count=len(some)), markup=False)
        for row in some[: max(0, MOST_TOLD - told)]:
            out.print(_row(say, row), markup=False)
        told += len(some)
    if told > MOST_TOLD:
        out.print(say("… and {count} more.", count=told - MOST_TOLD))
    count = sum(not row.there for row in preview.rows)
    out.print(say("{count} tasks would be issued; nothing was written.", count=count))
    _warn(say, preview.warnings)


def _facts(preview: IssuePreview) -> dict[str, str]:
    return {"title": preview.title, "version": preview.version, "period": preview.period}


def _row(say: Say, row: Planned) -> str:
    from screens.members import role_word
    from screens.texts import names

    who = names(say, row.names) if row.names else say("vacant: {role}", role=role_word(say, row.role))
    there = say(" (issued already)") if row.there else ""
    return say("  {unit}: {who}{there}", unit=row.unit_name, who=who, there=there)


def _vacant(say: Say, preview: IssuePreview) -> None:
    from screens.members import role_word

    for row in preview.rows:
        if not row.names:
            facts = {"name": row.obligation, "unit": row.unit_name, "role": role_word(say, row.role)}
            told = say("{name} went to {unit}, where nobody holds the role of {role} yet.", **facts)
            out.print(say("Note: {text}", text=told), markup=False)


def _plan(say: Say, row: PlanState) -> list[str]:
    facts = {"title": row.title, "version": row.version, "unit": row.unit_name, "code": row.code, "day": row.from_on}
    head = say("{code}: {title}, version {version}, for {unit} from {day}", **facts)
    lines = [head if row.until is None else say("{plan} until {day}", plan=head, day=row.until)]
    for each in row.duties:
        if each.next is None:
            lines.append(say("  {name}: falls no more", name=each.name))
        else:
            when = {"issue": each.next.issue_on, "due": each.next.due_on}
            lines.append(say("  {name}: next issued on {issue}, due on {due}", name=each.name, **when))
    return lines
