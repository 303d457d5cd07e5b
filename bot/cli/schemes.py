"""The commands for rulebooks: scheme check, scheme publish."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import accepted, acting, cli, out, settings_or_exit
from bot.cli.help import Commands
from bot.cli.install import document_in, refuse_document
from bot.cli.wrong import Worded
from bot.config import Settings
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from bot.documents import Document
    from rules.documents import Fault
    from rules.problems import Problem
    from rules.schemes import Scheme

scheme = Commands(cls=Worded, no_args_is_help=True, help="Rulebooks: check a file, publish it.")
cli.add_typer(scheme, name="scheme")

File = Annotated[Path, typer.Argument(help="The rulebook, a YAML file.")]
Unit = Annotated[str, typer.Option("--unit", help="Code of the unit it holds for, with all below; else the top.")]
From = Annotated[str | None, typer.Option("--from", help="First day it holds, such as 2026-12-01; else today.")]


@scheme.command()
def check(file: File) -> None:
    """Say everything that is wrong in a rulebook; exit 2 when something is."""
    say = words(settings_or_exit().locale)
    _, found = scheme_in(file, say)
    facts = {"title": found.title, "version": found.version, "count": len(found.criteria)}
    out.print(say("{title}, version {version}: {count} criteria, nothing wrong.", **facts), markup=False)


@scheme.command()
def publish(file: File, unit: Unit = "", from_day: From = None) -> None:
    """Put a rulebook into force and open its month; the same text again changes nothing."""
    from bot.initials import initials_of
    from handlers.periods import OpenPeriods, Publish
    from handlers.setup import FindUnit

    settings = settings_or_exit()
    say = words(settings.locale)
    day = given_day(from_day, settings, say)
    document, found = scheme_in(file, say)
    initials = initials_of(found)
    with acting(settings, say) as house:
        holder = accepted(say, house.ask(FindUnit(unit)))
        answer = accepted(say, house.do(Publish(document.text, holder.unit, day, initials)))
        opened = house.do(OpenPeriods())
    facts = {"title": found.title, "version": found.version, "unit": holder.name, "day": day}
    if not answer.fresh:
        out.print(say("{title}, version {version} was published before; nothing was changed.", **facts), markup=False)
        return
    out.print(say("{title}, version {version} is published for {unit}, from {day}.", **facts), markup=False)
    if opened.done:
        out.print(say("The month is open: members can declare."))


def given_day(text: str | None, settings: Settings, say: Say) -> date:
    """A day from the command line, today when there is none."""
    from bot.opening import house, real_time

    if text is None:
        return house(settings).today(real_time())
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        out.print(say("Give a day such as 2026-12-01."))
        raise typer.Exit(2) from error


def scheme_in(file: Path, say: Say) -> tuple[Document, Scheme]:
    """A rulebook that can be used, or every problem with its line; then the command ends."""
    from rules.documents import fitted
    from rules.schemes import Scheme
    from rules.schemes import check as contradictions

    document = document_in(file, say)
    found = fitted(document.value, Scheme)
    if isinstance(found, list):
        refuse_document(file, [(document.line_of(fault.path), fault) for fault in found], say)
    problems = contradictions(found)
    if problems:
        refuse_document(file, [_placed(document, problem) for problem in problems], say)
    return document, found


def _placed(document: Document, problem: Problem) -> tuple[int, Fault]:
    """A contradiction stands where the code or name it speaks of stands."""
    from rules.documents import Fault

    named = [problem.facts[name] for name in ("code", "name") if name in problem.facts]
    line = document.line_of_text(*named) if named else document.line_of(("grades",))
    return line, Fault((), problem)
