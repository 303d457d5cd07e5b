"""The commands that keep a house from being lost: backup, restore."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli.frame import cli, locked, needs_house, out, reading, settings_or_exit
from bot.config import Settings
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from bot.backup import Made
    from handlers.context import House, Refused
    from handlers.ledger.check import Verified

INCOMPLETE = 3
GENTLE = 10


@cli.command()
def backup(
    what: Annotated[list[str] | None, typer.Argument(metavar="[DIR] | list [DIR] | check FILE")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    files_only: Annotated[bool, typer.Option("--files-only", help="Evidence only; pg_dump saves the rows.")] = False,
) -> None:
    """Make a backup while the bot runs, restored and verified at once; or list them, or check one again."""
    settings = settings_or_exit()
    say = words(settings.locale)
    match what or []:
        case [] | [_] as given if files_only and given != ["list"]:
            _make_files(settings, say, _folder(settings, say, given), as_json)
        case ["list"] | ["list", _] as given:
            _list(settings, say, _folder(settings, say, given[1:]), as_json)
        case ["check", file]:
            _check(settings, say, Path(file))
        case [] | [_] as given if given != ["check"]:  # a folder of that name is given as ./check
            _make(settings, say, _folder(settings, say, given), as_json)
        case _:
            out.print(say("Give a folder, or list and a folder, or check and a file."))
            raise typer.Exit(2)


def _folder(settings: Settings, say: Say, given: list[str]) -> Path:
    folder = Path(given[0]) if given else settings.backups
    if folder is None:
        out.print(say("Backups are off (ZHIBU_BACKUP_DIR=off). Give a folder."))
        raise typer.Exit(2)
    return folder


def _make(settings: Settings, say: Say, target: Path, as_json: bool) -> None:
    from bot.backup import make
    from bot.opening import house, real_time

    if settings.on_server:
        _on_server(say, say("For the files of evidence: zhibu backup --files-only"))
    needs_house(settings, say)
    os.nice(GENTLE)  # the bot goes first
    with out.status("") as shown:
        step = (lambda name: None) if as_json else _steps(say, shown.update)
        made = make(settings, house(settings), target, real_time(), step)
    _told(say, made, as_json)


def _on_server(say: Say, then: str) -> NoReturn:
    out.print(say("The database stands on a server: pg_dump saves it, pg_restore restores it (docs/postgres.md)."))
    out.print(then)
    raise typer.Exit(2)


def _make_files(settings: Settings, say: Say, target: Path, as_json: bool) -> None:
    from bot.backup import make_files
    from bot.opening import house, real_time

    with reading(settings, say) as (desk, _now):
        made = make_files(settings, desk.store, house(settings), target, real_time())
    _told(say, made, as_json)


def _told(say: Say, made: Made | Refused, as_json: bool) -> None:
    """What became of a backup, or of one of the files alone, which holds no database to verify."""
    from handlers.context import Refused

    if as_json:
        typer.echo(json.dumps(_facts(made), ensure_ascii=False))
        raise typer.Exit(1 if isinstance(made, Refused) else INCOMPLETE if made.manifest.missing else 0)
    if isinstance(made, Refused):
        _refused(say, made)
    facts = {"size": megabytes(made.size), "seconds": f"{made.seconds:.1f}", "files": made.manifest.files}
    out.print(say("{file}: {size} MB with {files} files, in {seconds} s", file=made.path, **facts))
    if made.verified is None:
        out.print(say("Every file was unpacked on trial and fits. The database is not in it: pg_dump saves that."))
    else:
        _well(say, made.verified)
    for name in made.removed:
        out.print(say("No longer kept: {file}", file=name))
    if made.manifest.missing:
        _missing(say, made.manifest.missing, made.manifest.missing_named)
        raise typer.Exit(INCOMPLETE)


def _facts(made: Made | Refused) -> dict[str, Any]:
    """The answer for programs."""
    from handlers.context import Refused

    if isinstance(made, Refused):
        first = made.problems[0]
        return {"code": first.code, "facts": dict(first.facts)}
    return {
        "file": made.path.name,
        "size": made.size,
        "seconds": round(made.seconds, 1),
        "missing": made.manifest.missing,
    }


def _steps(say: Say, show: Callable[[str], None]) -> Callable[[str], None]:
    sentences = {
        "copy": say("Copying the database ..."),
        "pack": say("Packing ..."),
        "restore": say("Restoring it on trial ..."),
        "verify": say("Recomputing every figure ..."),
    }
    return lambda name: show(sentences[name])


def _list(settings: Settings, say: Say, folder: Path, as_json: bool) -> None:
    from bot.opening import house
    from bot.shelf import offered
    from storage.archive import Unfit, manifest_of

    found: list[dict[str, Any]] = []
    for each in offered(folder, house(settings).zone):
        facts: dict[str, Any] = {"file": each.path.name, "at": each.at.isoformat(), "size": each.path.stat().st_size}
        try:
            manifest = manifest_of(each.path)
        except Unfit:
            found.append(facts | {"readable": False})
            continue
        rows = {name: manifest.counts.get(name, 0) for name in ("member", "line", "entry", "audit", "inbox")}
        kept = {"revision": manifest.revision, "app": manifest.app, "files": manifest.files}
        found.append(facts | {"readable": True, "missing": manifest.missing} | kept | rows)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    out.print(table_of(say, found) if found else say("There is no backup in {folder}.", folder=folder))


def table_of(say: Say, found: list[dict[str, Any]]) -> Any:
    """The backups for people, whole at 80 columns; `--json` tells the rest."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    drawn = Table(box=SIMPLE_HEAD, padding=0, collapse_padding=True, show_edge=False)
    drawn.add_column(say("file"), no_wrap=True)
    for head in ("MB", say("members"), say("lines"), say("entries"), say("files")):
        drawn.add_column(head, justify="right", no_wrap=True)
    drawn.add_column("", no_wrap=True)
    for each in found:
        counts = [str(each.get(name, "")) for name in ("member", "line", "entry", "files")]
        state = say("damaged") if not each["readable"] else say("incomplete") if each["missing"] else ""
        style = None if each["readable"] else "red"
        drawn.add_row(each["file"], megabytes(each["size"]), *counts, state, style=style)
    return drawn


def _check(settings: Settings, say: Say, source: Path) -> None:
    from bot.backup import check
    from bot.opening import house, real_time
    from handlers.context import Refused

    with tempfile.TemporaryDirectory(prefix="zhibu-") as room:
        answer = check(source, house(settings), Path(room), real_time())
    if isinstance(answer, Refused):
        _refused(say, answer)
    manifest, verified = answer
    _well(say, verified)
    if manifest.missing:
        _missing(say, manifest.missing, manifest.missing_named)
        raise typer.Exit(INCOMPLETE)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    into: Annotated[Path | None, typer.Option(help="Folder for the data; the data folder if none is given.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Move what is there aside first.")] = False,
) -> None:
    """Make a data folder from a backup; then recompute every figure."""
    from bot.opening import house, real_time
    from bot.restore import Order
    from bot.restore import restore as run
    from handlers.context import Refused

    settings = settings_or_exit()
    say = words(settings.locale)
    if settings.on_server:
        _on_server(say, say("Nothing was changed."))
    if into is None and settings.database.parent.absolute() != settings.data.absolute():
        out.print(say("The database stands outside the data folder. Say with --into where to restore."))
        raise typer.Exit(2)
    folder = into or settings.data

    def aside(path: Path) -> None:
        out.print(say("What was there is moved to {folder}", folder=path))

    def lock(path: Path) -> Any:
        return locked(settings.model_copy(update={"data": path}), say)

    order = Order(file, folder, replace, settings.backups, lock, aside)
    with out.status("") as shown:
        answer = run(order, house(settings), real_time(), _steps(say, shown.update))
    if isinstance(answer, Refused):
        _refused(say, answer)
    taken = _local(answer.manifest.taken_at, house(settings))
    out.print(say("Restored into {folder}: the state of {at}.", folder=folder, at=taken))
    gone = answer.forgotten
    facts = {"entrances": gone.entrances, "buttons": gone.buttons, "messages": gone.messages}
    out.print(say("Ended: {entrances} sessions and links, {buttons} questions and buttons.", **facts))
    out.print(say("{messages} messages that were about to be sent are not sent again.", **facts))
    if answer.manifest.missing:
        _missing(say, answer.manifest.missing, answer.manifest.missing_named)
    _well(say, answer.verified)


def _local(text: str, house: House) -> str:
    return f"{datetime.fromisoformat(text).astimezone(house.zone):%Y-%m-%d %H:%M:%S}"


def _refused(say: Say, answer: Refused) -> NoReturn:
    from screens.problems import sentence

    for problem in answer.problems:
        out.print(sentence(say, problem))
    raise typer.Exit(1)


def _well(say: Say, verified: Verified) -> None:
    from screens.problems import sentence

    for problem in verified.problems:
        out.print(sentence(say, problem))
    if verified.problems:
        out.print(say("{count} breaks found.", count=len(verified.problems)))
        raise typer.Exit(1)
    facts = {"entries": verified.entries, "members": verified.members, "audit": verified.audit}
    out.print(say("All is well: {entries} ledger entries, {members} members' figures, {audit} audit entries.", **facts))


def _missing(say: Say, count: int, named: list[str]) -> None:
    out.print(say("{count} files of evidence are missing or changed, and are so in the backup:", count=count))
    for name in named:
        out.print(f"  {name}")


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{max(size / 1_000_000, 0.1):.1f}"
