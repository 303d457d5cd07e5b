"""The commands: demo, run, invite, verify, status."""

from __future__ import annotations

import json
import logging
import socket
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from bot.config import Settings
from bot.logs import log_from
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from bot.app import Parts
    from handlers.desk import Desk

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
out = Console(soft_wrap=True, highlight=False)

DEMO_MARK = "demo"

Port = Annotated[int | None, typer.Option(help="Port to listen on.")]


def main() -> None:
    """Entry of `zhibu`."""
    log_from(logging.WARNING)
    cli()


def settings_or_exit(**given: Any) -> Settings:
    """The settings, or a sentence for each that is wrong."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        for problem in error.errors():
            name = "ZHIBU_" + "_".join(str(part) for part in problem["loc"]).upper()
            out.print(f"{name}: {problem['msg']}")
        raise typer.Exit(2) from error


@cli.command()
def demo(
    port: Port = None,
    data: Annotated[Path | None, typer.Option(help="Folder for the demo's data; kept for the next time.")] = None,
    now: Annotated[str | None, typer.Option(help="Where the demo's clock starts, e.g. 2026-11-22T09:00.")] = None,
) -> None:
    """Try everything with sample people: no token, no account, no server."""
    from bot.sample.history import remove_unfinished
    from storage.audit import last_at
    from storage.members import is_empty

    given = settings_or_exit()
    folder = data or (given.data if "data" in given.model_fields_set else given.data / "demo")
    settings = settings_or_exit(data=folder, port=port)
    say = words(settings.locale)
    start = _instant(now, settings, say)
    door = listening(settings, say)
    lock = locked(settings, say)
    remove_unfinished(settings.data)
    parts = opened(settings, say, start, lock)
    if now is None and (last := parts.database.read(last_at)) is not None:
        parts.clock.move(last)  # a demo whose clock was moved goes on from there
    if not parts.database.read(is_empty) and not (settings.data / DEMO_MARK).exists():
        parts.close()
        out.print(say("{folder} holds real people; the demo would open it to everybody.", folder=settings.data))
        raise typer.Exit(1)
    if parts.database.read(is_empty):
        seed(parts, say)
    out.print(say("The demo is open at {address} (Ctrl+C ends it)", address=settings.address))
    serve(parts, door, demo=True)


def seed(parts: Parts, say: Say) -> None:
    """Makes the sample year; what a kill leaves half done is thrown away at the next start."""
    from bot.app import EXAMPLES
    from bot.sample.history import Loader, Unusable, marked
    from screens.problems import sentence

    with Progress(console=out, transient=True) as bar, marked(parts.settings.data):
        task = bar.add_task(say("Preparing a year of sample data"), total=None)
        try:
            loader = Loader(parts.desk, EXAMPLES / "b1-member-points", parts.clock.now())
        except Unusable as error:
            for problem in error.problems:
                out.print(sentence(say, problem))
            raise typer.Exit(1) from error
        loader.load(lambda done, total: bar.update(task, completed=done, total=total))


@cli.command()
def run(port: Port = None) -> None:
    """Run the house: web chat, schedule and sending."""
    log_from(logging.INFO)
    settings = settings_or_exit(port=port)
    say = words(settings.locale)
    door = listening(settings, say)
    parts = opened(settings, say)
    out.print(say("Open at {address}/chat (Ctrl+C ends it)", address=settings.address))
    serve(parts, door, demo=False)


@cli.command()
def invite(member: Annotated[str, typer.Argument(help="Code of the member.")]) -> None:
    """Make a personal link and PIN for a member, for example the first secretary."""
    from dataclasses import asdict

    from bot.secrets import draw
    from handlers.members import Invitation, Invite
    from rules.access import Actor, Grant
    from storage.members import member_by_code

    settings = settings_or_exit()
    say = words(settings.locale)
    parts = opened(settings, say)
    try:
        number = parts.database.read(lambda connection: member_by_code(connection, member))
        if number is None:
            out.print(say("No member has the code {code}.", code=member))
            raise typer.Exit(1)
        operator = Actor(0, grants=(Grant("administrator", 0, "/"),))
        answer = parts.desk.do(operator, Invite(number, **asdict(draw())), parts.clock.now())
    finally:
        parts.close()
    if not isinstance(answer, Invitation):
        out.print(say("Your role does not allow this here. Please ask your branch secretary."))
        raise typer.Exit(1)
    out.print(
        say("Link for {name}: {link}", name=answer.person.name, link=f"{settings.address}/chat/enter/{answer.token}")
    )
    out.print(say("PIN: {pin}", pin=answer.pin))


@cli.command()
def verify() -> None:
    """Recompute every figure and check the audit chain; exit 1 on a break."""
    from handlers.ledger.check import Verify
    from rules.access import SYSTEM
    from screens.problems import sentence

    settings = settings_or_exit()
    say = words(settings.locale)
    with reading(settings, say) as (desk, now):
        answer = desk.ask(SYSTEM, Verify(), now)
    for problem in answer.problems:
        out.print(sentence(say, problem))
    facts = {"entries": answer.entries, "members": answer.members, "audit": answer.audit}
    if answer.problems:
        out.print(say("{count} breaks found.", count=len(answer.problems)))
        raise typer.Exit(1)
    out.print(say("All is well: {entries} ledger entries, {members} members' figures, {audit} audit entries.", **facts))


@cli.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """What is stored, and what waits."""
    from handlers.overview import Status
    from rules.access import SYSTEM

    settings = settings_or_exit()
    say = words(settings.locale)
    with reading(settings, say) as (desk, now):
        facts = desk.ask(SYSTEM, Status(), now).facts
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        out.print(f"{name}: {value}")


def locked(settings: Settings, say: Say) -> IO[str]:
    """The lock on the data folder, or a sentence why it cannot be had."""
    from bot.app import FolderInUse, lock_folder

    try:
        return lock_folder(settings.data)
    except FolderInUse as error:
        out.print(say("Another process works in {folder}. End it first, or give another folder.", folder=settings.data))
        raise typer.Exit(1) from error
    except OSError as error:
        out.print(say("The folder {folder} cannot be used: {reason}", folder=settings.data, reason=error.strerror))
        raise typer.Exit(1) from error


def opened(settings: Settings, say: Say, start: datetime | None = None, lock: IO[str] | None = None) -> Parts:
    """The parts of the house."""
    from bot.app import open_parts, real_time
    from bot.clock import Clock

    return open_parts(settings, Clock(real_time, start), lock or locked(settings, say))


def reading(settings: Settings, say: Say) -> AbstractContextManager[tuple[Desk, datetime]]:
    """A desk that only reads, beside whatever process runs."""
    from bot.app import read_only

    if not settings.database.exists():
        out.print(say("There is no data in {folder} yet. Try: zhibu demo", folder=settings.data))
        raise typer.Exit(1)
    return read_only(settings)


def listening(settings: Settings, say: Say) -> socket.socket:
    """The port, taken before any work is done, or a sentence why it cannot be had."""
    door = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((settings.host, settings.port))
    except OSError as error:
        door.close()
        out.print(say("Port {port} is taken. Give another one, for example --port 8001.", port=settings.port))
        raise typer.Exit(1) from error
    return door


def serve(parts: Parts, door: socket.socket, *, demo: bool) -> None:
    """Serves until Ctrl+C."""
    import uvicorn

    from bot.app import build

    config = uvicorn.Config(build(parts, demo=demo), log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    uvicorn.Server(config).run(sockets=[door])


def _instant(text: str | None, settings: Settings, say: Say) -> datetime | None:
    """An instant from the command line; without a zone it is local."""
    if text is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        out.print(say("Give an instant such as 2026-12-01T08:30."))
        raise typer.Exit(2) from error
    local = given if given.tzinfo else given.replace(tzinfo=ZoneInfo(settings.timezone))
    return local.astimezone(UTC)
