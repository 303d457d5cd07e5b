"""The commands for rulebooks in Excel: scheme to-xlsx, scheme from-xlsx."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.frame import out, settings_or_exit
from bot.cli.schemes import File, scheme, scheme_in
from bot.cli.wrong import reason
from screens.texts import Say, words

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
