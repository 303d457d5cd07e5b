"""The commands for tasks, and the one that checks a plan: tasks check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import cli, out, settings_or_exit
from bot.cli.help import Commands
from bot.cli.install import opened_document
from bot.cli.schemes import MOST_TOLD, AsJson, facts_of
from bot.cli.wrong import Worded
from bot.config import Settings
from screens.texts import Say, clean, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from rules.documents import Document
    from rules.tasks.plan import Plan
    from rules.tasks.reading import Judged

tasks = Commands(cls=Worded, no_args_is_help=True, help="Tasks: check a plan, publish it, issue a period of it.")
cli.add_typer(tasks, name="tasks")

NEXT = 3
File = Annotated[Path, typer.Argument(help="The plan of tasks, a YAML file.")]


@tasks.command()
def check(file: File, as_json: AsJson = False) -> None:
    """Say everything that is wrong in a plan, with line and column, exit 1 when something is; else what falls next."""
    settings = settings_or_exit()
    say = words(settings.locale)
    judged = judged_of(opened_document(file, say), settings)
    if as_json:
        typer.echo(json.dumps(facts_of(judged.wrong, say), ensure_ascii=False))
    else:
        tell(file, judged, say)
        if judged.found is not None and not judged.errors:
            _falls(judged.found, settings, say)
    if judged.errors:
        raise typer.Exit(1)


def sound_document(file: Path, settings: Settings, say: Say) -> Document:
    """A plan that reads and contradicts itself nowhere; else everything that is wrong is said and the command ends.

    What is wrong only since a day is over is left to the house, which knows whether the plan was published before.
    """
    document = opened_document(file, say)
    judged = judged_of(document, settings)
    if any(each.problem.code != "plan_date_past" for each in judged.errors):
        tell(file, judged, say)
        raise typer.Exit(1)
    return document


def judged_of(document: Document, settings: Settings) -> Judged:
    """A plan's file as it is seen today."""
    from bot.opening import house, real_time
    from rules.tasks.reading import judge

    known = house(settings)
    return judge(document, known.today(real_time()), known.calendar)


def tell(file: Path, judged: Judged, say: Say) -> None:
    """All that is wrong by line and column, what to do, and how many there are; of a sound file what it holds."""
    from screens.documents import wrong_at

    for each in judged.wrong[:MOST_TOLD]:
        out.print("\n".join(wrong_at(say, each)), markup=False)
    errors, notes, found = len(judged.errors), len(judged.wrong) - len(judged.errors), judged.found
    if len(judged.wrong) > MOST_TOLD:
        out.print(say("… and {count} more.", count=len(judged.wrong) - MOST_TOLD))
    if errors:
        told = say("{file}: {count} problems, {notes} notes.", file=file, count=errors, notes=notes)
        out.print(told, markup=False)
    elif found is not None:
        facts = {"title": clean(found.title), "version": clean(found.version), "count": len(found.obligations)}
        out.print(say("{title}, version {version}: {count} obligations, nothing wrong.", **facts), markup=False)
        if notes:
            out.print(say("{file}: {notes} notes; it can be used as it is.", file=file, notes=notes), markup=False)


def _falls(plan: Plan, settings: Settings, say: Say) -> None:
    """When each obligation falls next, so that who wrote it sees what it says."""
    from bot.opening import house, real_time
    from rules.tasks.cadences import upcoming

    known = house(settings)
    today = known.today(real_time())
    for each in plan.obligations:
        out.print(f"{clean(each.code)} {clean(each.name)}", markup=False)
        for fall in upcoming(plan, each, today, known.calendar, NEXT):
            facts = {"period": fall.period, "issue": fall.issue_on, "due": fall.due_on}
            out.print(say("  {period}: issued on {issue}, due on {due}", **facts), markup=False)
    unknown = next((year for year in (today.year, today.year + 1) if not known.calendar.known(year)), None)
    if unknown is not None:
        out.print(say("The working days of {year} are not published yet: Monday to Friday are taken.", year=unknown))
