"""The commands for rulebooks: scheme check, scheme publish, scheme schema."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import accepted, acting, cli, out, settings_or_exit
from bot.cli.help import Commands
from bot.cli.install import opened_document
from bot.cli.wrong import Worded
from bot.config import Settings
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from rules.documents import Document, Placed
    from rules.schemes import Scheme
    from rules.schemes.reading import Judged

scheme = Commands(cls=Worded, no_args_is_help=True, help="Rulebooks: check a file, publish it.")
cli.add_typer(scheme, name="scheme")

MOST_TOLD = 200  # nobody reads more; --json has them all
File = Annotated[Path, typer.Argument(help="The rulebook, a YAML file.")]
Unit = Annotated[str, typer.Option("--unit", help="Code of the unit it holds for, with all below; else the top.")]
From = Annotated[str | None, typer.Option("--from", help="First day it holds, such as 2026-12-01; else today.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: line, column, code, message, severity of each.")]


@scheme.command()
def check(file: File, as_json: AsJson = False) -> None:
    """Say everything that is wrong in a rulebook, with line and column; exit 1 when something is."""
    from rules.schemes.reading import judge

    say = words(settings_or_exit().locale)
    judged = judge(opened_document(file, say))
    if as_json:
        typer.echo(json.dumps(facts_of(judged.wrong, say), ensure_ascii=False))
    else:
        _tell(file, judged, say)
    if judged.errors:
        raise typer.Exit(1)


@scheme.command()
def schema() -> None:
    """Print the JSON Schema of rulebooks, by which an editor helps while one is written."""
    from rules.schemes.editors import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


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
    """A rulebook that can be put into force, or everything that is wrong in it; then the command ends."""
    from rules.documents import Placed
    from rules.problems import Problem
    from rules.schemes import Scheme
    from rules.schemes.reading import Judged, judge

    document = opened_document(file, say)
    judged = judge(document)
    if judged.found is not None and not isinstance(judged.found, Scheme):
        alone = Placed(document.place_of(("overlay",)), (), Problem("scheme_overlay_alone"))
        judged = Judged(None, [alone, *judged.wrong])
    if judged.errors or not isinstance(judged.found, Scheme):
        _tell(file, judged, say)
        raise typer.Exit(1)
    return document, judged.found


def _tell(file: Path, judged: Judged, say: Say) -> None:
    """All that is wrong by line and column, what to do, and how many there are; of a sound file what it holds."""
    from rules.schemes import Scheme
    from screens.documents import wrong_at

    for each in judged.wrong[:MOST_TOLD]:
        out.print("\n".join(wrong_at(say, each)), markup=False)
    errors, notes, found = len(judged.errors), len(judged.wrong) - len(judged.errors), judged.found
    if len(judged.wrong) > MOST_TOLD:
        out.print(say("… and {count} more.", count=len(judged.wrong) - MOST_TOLD))
    if errors:
        told = say("{file}: {count} problems, {notes} notes.", file=file, count=errors, notes=notes)
    elif isinstance(found, Scheme):
        facts = {"title": found.title, "version": found.version, "count": len(found.criteria)}
        told = say("{title}, version {version}: {count} criteria, nothing wrong.", **facts)
    elif found is not None:
        facts = {"title": found.title, "scheme": found.overlay, "version": found.version}
        told = say(
            "{title}, an addition to {scheme}, version {version}: {count} criteria, nothing wrong.",
            **facts,
            count=sum(map(len, found.add.values())),
        )
    out.print(told, markup=False)
    if notes and not errors:
        out.print(say("{file}: {notes} notes; it can be used as it is.", file=file, notes=notes), markup=False)


def facts_of(wrong: list[Placed], say: Say) -> list[dict[str, object]]:
    """What is wrong, for programs."""
    from screens.problems import sentence

    return [
        {
            "line": each.place[0],
            "column": each.place[1],
            "code": each.problem.code,
            "message": sentence(say, each.problem),
            "severity": each.severity,
        }
        for each in wrong
    ]
