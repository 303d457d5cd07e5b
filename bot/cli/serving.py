"""The commands that serve: demo and run."""

from __future__ import annotations

import errno
import logging
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import cli, instant, locked, made_or_opened, needs_house, opened, out, settings_or_exit
from bot.cli.wrong import reason
from bot.config import Settings
from bot.logs import log_from
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from bot.opening import Parts

MOST_SEED_S = 600.0
PORT_TAKEN = 3

Port = Annotated[int | None, typer.Option(help="Port to listen on.")]


@cli.command()
def demo(
    port: Port = None,
    data: Annotated[Path | None, typer.Option(help="Folder for the demo's data; kept for the next time.")] = None,
    now: Annotated[str | None, typer.Option(help="Where the demo's clock starts, e.g. 2026-11-22T09:00.")] = None,
) -> None:
    """Try everything with sample people: no token, no account, no server."""
    from bot.sample.marks import remove_unfinished
    from storage.audit import last_at

    given = settings_or_exit()
    folder = data or (given.data if "data" in given.model_fields_set else given.data / "demo")
    settings = settings_or_exit(data=folder, port=port)
    say = words(settings.locale)
    profile_kept(settings, say)
    start = instant(now, settings, say)
    with listening(settings, say) as door:
        lock = locked(settings, say)
        if not settings.on_server:
            remove_unfinished(settings.data)
        parts = made_or_opened(settings, say, lock, start)
        if now is None and (last := parts.database.read(last_at)) is not None:
            parts.clock.move(last)  # a demo whose clock was moved goes on from there
        if not filled(parts, say):
            parts.close()
            where = say("the database") if settings.on_server else settings.data
            out.print(say("{folder} holds real people; the demo would open it to everybody.", folder=where))
            raise typer.Exit(1)
        out.line(say("The demo is open at {address} (Ctrl+C ends it)", address=settings.address))
        serve(parts, door, demo=True)


def filled(parts: Parts, say: Say) -> bool:
    """Fills an empty house with the sample year, one process at a time; False when real people are in it."""
    from bot.sample.marks import is_demo, remove_unfinished_there
    from storage.members import is_empty

    database, settings = parts.database, parts.settings
    turn = database.lease("seed")
    if not turn.wait(MOST_SEED_S):
        return False
    try:
        if settings.on_server:
            remove_unfinished_there(database)
        if database.read(is_empty):
            seed(parts, say)
        return is_demo(database, settings.data, on_server=settings.on_server)
    finally:
        turn.give_up()


def seed(parts: Parts, say: Say) -> None:
    """Makes the sample year; what a kill leaves half done is thrown away at the next start."""
    from rich.progress import Progress

    from bot.opening import EXAMPLES
    from bot.sample.history import Loader, Unusable
    from bot.sample.marks import marked, marked_there
    from screens.problems import sentence

    now = parts.clock.now()
    marking = marked_there(parts.database, now) if parts.settings.on_server else marked(parts.settings.data)
    with Progress(console=out.console, transient=True) as bar, marking:
        task = bar.add_task(say("Preparing a year of sample data"), total=None)
        try:
            loader = Loader(parts.desk, EXAMPLES / "b1-member-points", now)
        except Unusable as error:
            for problem in error.problems:
                out.print(sentence(say, problem))
            raise typer.Exit(1) from error
        loader.load(lambda done, total: bar.update(task, completed=done, total=total))


@cli.command()
def run(port: Port = None) -> None:
    """Run the house: web chat, schedule and sending."""
    from handlers.privacy import RecordBasis
    from rules.access import OPERATOR
    from storage.members import is_empty

    settings = settings_or_exit(port=port)
    say = words(settings.locale)
    needs_house(settings, say)
    profile_kept(settings, say)
    with listening(settings, say) as door:
        parts = opened(settings, say)
        if parts.database.read(is_empty):
            parts.close()
            out.print(say("There are no units yet. First: zhibu init"))
            raise typer.Exit(1)
        parts.desk.do(OPERATOR, RecordBasis(settings.telegram_basis), parts.clock.now())
        out.line(say("Open at {address}/chat (Ctrl+C ends it)", address=settings.address))
        log_from(logging.INFO)
        serve(parts, door, demo=False)


def profile_kept(settings: Settings, say: Say) -> None:
    """Ends the command when what the profile asks for is not there: what is missing is said, nothing is served."""
    from bot.notice import problems_of
    from screens.privacy import UNFIT

    told = [UNFIT[problem.code](say, problem.facts) for problem in problems_of(settings)]
    if settings.telegram_token.get_secret_value() and not settings.telegram_allowed:
        told.append(UNFIT["no_basis"](say, {}))
    for sentence in told:
        out.print(sentence, markup=False)
    if told:
        raise typer.Exit(2)


def listening(settings: Settings, say: Say) -> socket.socket:
    """The port, taken before any work is done, or a sentence why it cannot be had."""
    door = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((settings.host, settings.port))
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            out.print(say("Port {port} is taken. Give another one, for example --port 8001.", port=settings.port))
            raise typer.Exit(PORT_TAKEN) from error
        facts = {"host": settings.host, "port": settings.port, "reason": reason(say, error)}
        out.print(say("Cannot listen on {host}, port {port}: {reason}. See ZHIBU_HOST and ZHIBU_PORT.", **facts))
        raise typer.Exit(1) from error
    return door


def serve(parts: Parts, door: socket.socket, *, demo: bool) -> None:
    """Serves until Ctrl+C."""
    import uvicorn

    from bot.app import build
    from bot.opening import settle

    app = build(parts, demo=demo)
    settle()
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    uvicorn.Server(config).run(sockets=[door])
