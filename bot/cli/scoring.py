"""The commands that score facts of a file under a rulebook of a file: scheme score, diff, facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import accepted, out, reading, settings_or_exit
from bot.cli.install import document_in, refuse_document
from bot.cli.schemes import File, given_day, scheme, scheme_in
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from rules.documents import Document
    from rules.schemes import Scheme
    from rules.scoring import Facts

FactsFile = Annotated[Path, typer.Option("--facts", help="The facts, a JSON or YAML file.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="Day of reading, as 2026-12-31; else the file's, else today.")
]

Added = Annotated[Path | None, typer.Option("--with", help="What a lower unit adds to the rulebook, a YAML file.")]


LINED = 1_000_000  # bytes


@scheme.command()
def score(
    file: File,
    facts: FactsFile,
    as_of: AsOf = None,
    why: Annotated[str, typer.Option("--why", help="Open the figures of this subject to their lines.")] = "",
    added: Added = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Score the facts of a file: total, grade and categories of each subject, and why."""
    from rules.scoring import score as scored
    from screens.scoring import as_json, lines_of, table_of

    settings = settings_or_exit()
    say = words(settings.locale)
    found = scheme_with(file, added, say)
    given = facts_in(facts, found, given_day(as_of, settings, say), say, forced=as_of is not None)
    results = scored(found, given, parts=False, trace=json or bool(why))
    if json:
        typer.echo(as_json(results))
        return
    if why and why not in results:
        out.print(say("There is no subject {name} in the facts.", name=why), markup=False)
        raise typer.Exit(1)
    shown = lines_of(say, found, results[why]) if why else table_of(say, found, given, results)
    for line in shown:
        out.print(line, markup=False)


@scheme.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The rulebook as it is, a YAML file.")],
    new: Annotated[Path, typer.Argument(help="The rulebook as it would be, a YAML file.")],
    data: Annotated[Path, typer.Option("--data", help="The facts to try both on, a JSON or YAML file.")],
    as_of: AsOf = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Say whose total or grade another version of a rulebook would change."""
    from rules.schemes.versions import changes
    from rules.scoring import score as scored
    from screens.scoring import changes_as_json, changes_of

    settings = settings_or_exit()
    say = words(settings.locale)
    day = given_day(as_of, settings, say)
    results = []
    for file in (old, new):
        _, found = scheme_in(file, say)
        given = facts_in(data, found, day, say, forced=as_of is not None)
        results.append(scored(found, given, parts=False))
    changed = changes(*results)
    if json:
        typer.echo(changes_as_json(changed))
        return
    for line in changes_of(say, given, changed, len(results[1])):
        out.print(line, markup=False)


@scheme.command()
def facts(
    name: Annotated[str, typer.Argument(help="The code of the rulebook; else the first one in force.")] = "",
    year: Annotated[int, typer.Option("--year", help="The year; else the current one.")] = 0,
) -> None:
    """Print what really happened in a year, as the facts that score and diff take."""
    from handlers.ledger.facts import YearOfFacts
    from rules.access import OPERATOR
    from screens.scoring import facts_as_json

    settings = settings_or_exit()
    say = words(settings.locale)
    with reading(settings, say) as (desk, now):
        found = accepted(say, desk.ask(OPERATOR, YearOfFacts(name, year), now))
    typer.echo(facts_as_json(found))


def scheme_with(file: Path, added: Path | None, say: Say) -> Scheme:
    """A rulebook, with what a lower unit adds to it; or everything that is wrong, then the command ends."""
    from rules.documents import Fault
    from rules.schemes.reading import judge
    from rules.schemes.scheme import Overlay
    from rules.schemes.versions import with_overlay

    _, found = scheme_in(file, say)
    if added is None:
        return found
    document = document_in(added, say)
    overlay = judge(document).found
    if not isinstance(overlay, Overlay):
        scheme_in(added, say)
        out.print(say("{file} adds nothing to a rulebook: it has no `overlay`.", file=added), markup=False)
        raise typer.Exit(1)
    together = with_overlay(found, overlay)
    if isinstance(together, list):
        refuse_document(
            added,
            [(document.place_of(each.path)[0], Fault(each.path, each.problem)) for each in together],
            say,
        )
    return together


def facts_in(file: Path, scheme: Scheme, day: date, say: Say, *, forced: bool) -> Facts:
    """The facts of a file, or every problem with its place; a day that was `forced` stands above the file's."""
    from dataclasses import replace

    from rules.scoring.file import facts_of

    document = facts_document(file, say)
    found = facts_of(document.value, scheme, day)
    if isinstance(found, list):
        refuse_document(file, [(document.line_of(fault.path), fault) for fault in found], say)
    return replace(found, as_of=day) if forced else found


def facts_document(file: Path, say: Say) -> Document:
    """The facts; a JSON file too large to be read with its lines is read without them."""
    import msgspec

    from rules.documents import Document, Fault
    from rules.problems import Problem

    if file.suffix != ".json" or not file.is_file() or file.stat().st_size < LINED:
        return document_in(file, say)
    try:
        return Document("", value=msgspec.json.decode(file.read_bytes()))
    except (msgspec.DecodeError, UnicodeDecodeError):
        refuse_document(file, [(1, Fault((), Problem("document_syntax")))], say)
