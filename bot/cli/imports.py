"""The commands that bring people in from a table: import template, import members, import undo."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table as Drawn

from bot.cli.frame import Acting, accepted, acting, cli, out, settings_or_exit
from bot.cli.help import Commands
from bot.cli.wrong import Worded, reason
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from rules.imports.changes import Comparison
    from rules.imports.entries import Flaw, Table

imports = Commands(cls=Worded, no_args_is_help=True, help="Units and members from a table: template, members, undo.")
cli.add_typer(imports, name="import")
SHOWN = 20
MOST_FLAWS = 200


@imports.command()
def template(file: Annotated[Path, typer.Argument(help="Where the workbook goes.")] = Path("people.xlsx")) -> None:
    """Write an empty table to fill in."""
    from bot.workbooks import write_template
    from screens.imports import template as texts

    say = words(settings_or_exit().locale)
    if file.suffix.lower() != ".xlsx":
        out.print(say("Give a name that ends in .xlsx, such as people.xlsx."))
        raise typer.Exit(2)
    if file.exists():
        out.print(say("{file} exists already; nothing was written. Give another name.", file=file), markup=False)
        raise typer.Exit(1)
    try:
        write_template(file, *texts(say))
    except OSError as error:
        out.print(
            say("The file {file} cannot be written: {reason}", file=file, reason=reason(say, error)), markup=False
        )
        raise typer.Exit(1) from error
    out.print(say("Written: {file}. Fill it in, then: zhibu import members {file} --dry-run", file=file), markup=False)


@imports.command()
def members(
    file: Annotated[Path, typer.Argument(help="The filled-in table: .xlsx, or a small .csv.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out rows with flaws, import the others.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Import units and members; nothing is written unless every row is right."""
    from handlers.imports import ShowStanding
    from rules.imports.changes import compare

    settings = settings_or_exit()
    say = words(settings.locale)
    with acting(settings, say) as house:
        table, file_hash = _table(file, house, say)
        compared = compare(table, house.ask(ShowStanding()))
        writes = not dry_run and (skip_bad or not compared.flaws)
        report = _report(compared, table, say)
        if not as_json:
            _show(compared, table, say)
        changed = bool(compared.unit_changes or compared.member_changes)
        if writes and changed:
            report |= _write(house, file_hash, file.name, compared, say, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(report | {"written": writes and changed}, ensure_ascii=False))
    else:
        out.print(_outcome(say, compared, report, dry_run=dry_run, writes=writes), markup=False)
    if compared.flaws and not skip_bad:
        raise typer.Exit(1)


def _table(file: Path, house: Acting, say: Say) -> tuple[Table, str]:
    """What the file holds, and the hash by which an import cut short is known again."""
    from bot.workbooks import read
    from rules.imports.entries import read as entries
    from rules.problems import Unfit
    from screens.problems import sentence

    try:
        table = entries(read(file), house.desk.house.today(house.now))
        return table, hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        out.print(say("The file {file} cannot be read: {reason}", file=file, reason=reason(say, error)), markup=False)
        raise typer.Exit(2) from error
    except Unfit as error:
        out.print(sentence(say, error.problem), markup=False)
        raise typer.Exit(2) from error


def _write(house: Acting, file_hash: str, name: str, compared: Comparison, say: Say, *, quiet: bool) -> dict[str, Any]:
    """Slice by slice; the same file again finishes what was cut short."""
    from handlers.imports import BeginImport, FinishImport, ImportMembers, ImportUnits

    known = {change.code for change in (*compared.unit_changes, *compared.member_changes)}
    units = [entry for entry in compared.units if entry.code in known]
    people = [entry for entry in compared.members if entry.code in known]
    begun = accepted(say, house.do(BeginImport(file_hash, name)))
    new = changed = 0
    with Progress(console=out.console, transient=True, disable=quiet) as bar:
        task = bar.add_task(say("Importing"), total=len(units) + len(people))
        for request in (ImportUnits, ImportMembers):
            for some in _slices(units if request is ImportUnits else people):
                done = accepted(say, house.do(request(begun.run, tuple(some))))
                new, changed = new + done.new, changed + done.changed
                bar.advance(task, len(some))
    accepted(say, house.do(FinishImport(begun.run)))
    return {"run": begun.run, "resumed": begun.resumed, "new": new, "changed": changed}


def _slices(entries: Sequence[Any]) -> Iterator[Sequence[Any]]:
    from handlers.imports import SLICE

    for start in range(0, len(entries), SLICE):
        yield entries[start : start + SLICE]


def _report(compared: Comparison, table: Table, say: Say) -> dict[str, Any]:
    """The comparison as data."""
    from screens.problems import sentence

    def flaws(some: Sequence[Flaw]) -> list[dict[str, Any]]:
        return [
            {
                "sheet": flaw.sheet,
                "row": flaw.row,
                "column": flaw.column,
                "code": flaw.problem.code,
                "told": sentence(say, flaw.problem),
            }
            for flaw in some
        ]

    def changes(some: Sequence[Any]) -> list[dict[str, Any]]:
        return [{"code": c.code, "name": c.name, "new": c.fresh, "fields": c.fields} for c in some]

    everything = (*compared.unit_changes, *compared.member_changes)
    return {
        "new": sum(change.fresh for change in everything),
        "changed": sum(not change.fresh for change in everything),
        "unchanged": compared.unchanged,
        "units": changes(compared.unit_changes),
        "members": changes(compared.member_changes),
        "flaws": flaws(compared.flaws),
        "notes": flaws(table.notes),
    }


def _show(compared: Comparison, table: Table, say: Say) -> None:
    """Notes, flaws, and what changes; of very many the first."""
    from screens.imports import place, what
    from screens.problems import sentence

    for flaw in (*table.notes, *compared.flaws[:MOST_FLAWS]):
        out.print(place(say, flaw, sentence(say, flaw.problem)), markup=False)
    if len(compared.flaws) > MOST_FLAWS:
        out.print(say("… and {count} more", count=len(compared.flaws) - MOST_FLAWS))
    changes = [*compared.unit_changes, *compared.member_changes]
    if not changes:
        return
    drawn = Drawn(say("code"), say("name"), say("what changes"))
    for change in [*(c for c in changes if not c.fresh), *(c for c in changes if c.fresh)][:SHOWN]:
        drawn.add_row(change.code, change.name, what(say, change))
    out.print(drawn, markup=False)
    if len(changes) > SHOWN:
        out.print(say("… and {count} more", count=len(changes) - SHOWN))


def _outcome(say: Say, compared: Comparison, report: dict[str, Any], *, dry_run: bool, writes: bool) -> str:
    """The last line: counts, and whether anything was written."""
    bad = len({(flaw.sheet, flaw.row) for flaw in compared.flaws})
    facts = {name: report[name] for name in ("new", "changed", "unchanged")} | {"bad": bad}
    counts = say("{new} new, {changed} changed, {unchanged} unchanged, {bad} rows with flaws.", **facts)
    if dry_run:
        return say("{counts} Dry run: nothing was written.", counts=counts)
    if not writes:
        return say("{counts} Nothing was written. Correct the rows, or leave them out with --skip-bad.", counts=counts)
    if "run" not in report:
        return say("{counts} Everything stands already; nothing was written.", counts=counts)
    return say("{counts} Written as import {run}; take back with: zhibu import undo", counts=counts, run=report["run"])


@imports.command()
def undo(run: Annotated[int | None, typer.Argument(help="Number of the import; else the last.")] = None) -> None:
    """Take an import back; people who declared or bound an account stay and are named."""
    from handlers.undoing import UndoImport

    settings = settings_or_exit()
    say = words(settings.locale)
    kept: list[str] = []
    with acting(settings, say) as house:
        answer = accepted(say, house.do(UndoImport(run)))
        kept += answer.kept
        taken = answer.taken_back
        while answer.more:
            answer = accepted(say, house.do(UndoImport(answer.run)))
            kept, taken = [*kept, *answer.kept], taken + answer.taken_back
    facts = {"run": answer.run, "file": answer.name, "count": taken}
    out.print(say("Import {run} ({file}) is taken back: {count} changes.", **facts), markup=False)
    if kept:
        names = say(", ").join(dict.fromkeys(kept))
        out.print(say("Kept, since others or they themselves go on from there: {names}", names=names), markup=False)
