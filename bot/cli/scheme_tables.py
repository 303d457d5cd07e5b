"""The commands for rulebooks in Excel: scheme to-xlsx, scheme from-xlsx."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import out, settings_or_exit
from bot.cli.schemes import File, scheme, scheme_in
from bot.cli.wrong import reason
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from rules.schemes.drafts import Draft

Table = Annotated[Path, typer.Argument(help="The workbook with the rulebook's table, .xlsx.")]
Drafted = Annotated[Path, typer.Option("-o", "--output", help="Where the draft goes.")]
Workbook = Annotated[Path | None, typer.Option("-o", "--output", help="Where the workbook goes; else beside the file.")]


@scheme.command("to-xlsx")
def to_xlsx(file: File, output: Workbook = None) -> None:
    """Write a rulebook as a table to print and put up."""
    from bot.posters import write
    from screens.poster import poster

    say = words(settings_or_exit().locale)
    target = output or file.with_suffix(".xlsx")
    if target.suffix.lower() != ".xlsx":
        out.print(say("Give a name that ends in .xlsx, such as people.xlsx."))
        raise typer.Exit(2)
    _, found = scheme_in(file, say)
    _fresh(target, say)
    try:
        write(target, poster(say, found))
    except OSError as error:
        raise _unwritten(target, error, say) from error
    count = len(found.criteria)
    out.print(say("Written: {file}, with {count} criteria.", file=target, count=count), markup=False)


@scheme.command("from-xlsx")
def from_xlsx(file: Table, output: Drafted = Path("scheme.yaml")) -> None:
    """Make a draft of a rulebook from its table; what is not understood is marked in it and named."""
    from rules.schemes.printing import text_of
    from screens.drafts import comments, on_row, summary

    say = words(settings_or_exit().locale)
    _fresh(output, say)
    draft, unread_sheets = _drafted(file, say)
    text = text_of(draft.scheme, comments(say, draft, unread_sheets))
    try:
        with output.open("x", encoding="utf-8", newline="\n") as written:
            written.write(text)
    except OSError as error:
        raise _unwritten(output, error, say) from error
    for finding in draft.findings:
        out.print(on_row(say, finding), markup=False)
    if unread_sheets:
        names = say(", ").join(unread_sheets)
        out.print(say("These worksheets were not read: {names}", names=names), markup=False)
    out.print(summary(say, draft), markup=False)
    out.print(say("Written: {file}. Go through it, then: zhibu scheme check {file}", file=output), markup=False)


def _drafted(file: Path, say: Say) -> tuple[Draft, list[str]]:
    """The draft of the first worksheet that has the table, and the names of the others; or why there is none."""
    from bot.rulebooks import read
    from rules.problems import Unfit
    from rules.schemes.drafts import draft
    from rules.schemes.sheets import table_of
    from screens.problems import sentence

    refused: Unfit | None = None
    try:
        sheets = read(file)
        for name, rows in sheets:
            try:
                found = draft(table_of(rows), file.stem)
            except Unfit as error:
                refused = refused or error
            else:
                return found, [other for other, _ in sheets if other != name]
        raise refused or Unfit("rulebook_no_sheet")
    except OSError as error:
        out.print(say("The file {file} cannot be read: {reason}", file=file, reason=reason(say, error)), markup=False)
        raise typer.Exit(2) from error
    except Unfit as error:
        out.print(sentence(say, error.problem), markup=False)
        raise typer.Exit(2) from error


def _fresh(target: Path, say: Say) -> None:
    """Ends the command where the file is there already."""
    if target.exists():
        out.print(say("{file} exists already; nothing was written. Give another name.", file=target), markup=False)
        raise typer.Exit(1)


def _unwritten(target: Path, error: OSError, say: Say) -> typer.Exit:
    """Says why a file cannot be written; the command ends with what is given back."""
    told = say("The file {file} cannot be written: {reason}", file=target, reason=reason(say, error))
    out.print(told, markup=False)
    return typer.Exit(1)
