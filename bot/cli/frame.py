"""What every command needs: settings, the lock, an open house, and where words go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, NoReturn

import typer
from pydantic import ValidationError

from bot.cli.help import Commands
from bot.cli.out import out as out
from bot.cli.wrong import Worded, reason, server_problem, settings_problems
from bot.config import FILE, Settings
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from bot.hatch import Address, Caller
    from bot.opening import Parts
    from handlers.desk import Desk

cli = Commands(cls=Worded, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@cli.callback()
def several() -> None:
    # Also where one command alone is loaded, its name is given first. (No docstring: `zhibu --help` would say it.)
    pass


def settings_or_exit(**given: Any) -> Settings:
    """The settings, or a sentence for each that is wrong."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        for told in settings_problems(error):
            out.print(told, markup=False)
        raise typer.Exit(2) from error
    except (OSError, UnicodeDecodeError) as error:  # the folder's zhibu.env: another's, or not text
        say = words("zh_CN")
        why = reason(say, error) if isinstance(error, OSError) else say("it is not in UTF-8")
        out.print(say("The file {file} cannot be read: {reason}", file=FILE, reason=why), markup=False)
        raise typer.Exit(2) from error


def locked(settings: Settings, say: Say) -> IO[str]:
    """The lock on the data folder, or a sentence why it cannot be had."""
    from bot.opening import FolderInUse, lock_folder

    try:
        return lock_folder(settings.data, shared=settings.on_server)
    except FolderInUse as error:
        out.print(say("Another process works in {folder}. End it first, or give another folder.", folder=settings.data))
        raise typer.Exit(1) from error
    except OSError as error:
        out.print(say("The folder {folder} cannot be used: {reason}", folder=settings.data, reason=reason(say, error)))
        raise typer.Exit(1) from error


def opened(settings: Settings, say: Say) -> Parts:
    """The parts of a house that is there; where none is, that is said and nothing is made."""
    needs_house(settings, say)
    return made_or_opened(settings, say, locked(settings, say))


def made_or_opened(settings: Settings, say: Say, lock: IO[str], start: datetime | None = None) -> Parts:
    """The parts of the house, its tables made where there are none yet."""
    from bot.clock import Clock
    from bot.opening import open_parts, real_time

    with database_told(say):
        parts = open_parts(settings, Clock(real_time, start), lock)
    return parts


@contextmanager
def reading(settings: Settings, say: Say) -> Iterator[tuple[Desk, datetime]]:
    """A desk that only reads, beside whatever process runs."""
    from bot.opening import NothingThere, read_only

    with database_told(say):
        try:
            with read_only(settings) as found:
                yield found
        except NothingThere as error:
            _nothing_there(settings, say, error)


def needs_house(settings: Settings, say: Say) -> None:
    """Ends the command where no house is; a folder that was mistyped is neither locked nor filled."""
    with reading(settings, say):
        pass


def _nothing_there(settings: Settings, say: Say, cause: Exception) -> NoReturn:
    """Says that no house is there yet, and ends the command."""
    where = say("the database") if settings.on_server else str(settings.database.parent.absolute())
    facts = {"folder": where, "setting": "ZHIBU_DATABASE_URL" if settings.database_url else "ZHIBU_DATA"}
    out.print(
        say(
            "There is no data in {folder}. Check {setting}, or make a house with zhibu init (to try: zhibu demo).",
            **facts,
        ),
        markup=False,
    )
    raise typer.Exit(1) from cause


@contextmanager
def database_told(say: Say) -> Iterator[None]:
    """Says why a database server cannot be used."""
    from storage.opening import Unreachable

    try:
        yield
    except Unreachable as error:
        out.print(server_problem(say, error.code, error.facts), markup=False)
        raise typer.Exit(1) from error


@dataclass(slots=True)
class Acting:
    """What a writing command does: through the process that serves the folder, or itself when none does."""

    settings: Settings
    desk: Desk
    now: datetime
    caller: Caller | None

    def address(self) -> Address:
        """Where links lead: the serving process knows, whatever port it was given; else the settings tell."""
        from bot.hatch import AskAddress, address_of

        if self.caller is None:
            return address_of(self.settings)
        answer: Address = self.caller.do(AskAddress())
        return answer

    def scene(self, token: str, days: int) -> str:
        """What stands in the official account's code for an invitation; "" when none can be had."""
        from bot.hatch import AskScene, SceneGiven

        if self.caller is None:
            return ""
        answer: SceneGiven = self.caller.do(AskScene(token, days))
        return answer.text

    def do(self, request: Any) -> Any:
        """Runs a request as the operator and waits until it is durable."""
        from rules.access import OPERATOR

        return self.desk.do(OPERATOR, request, self.now) if self.caller is None else self.caller.do(request)

    def ask(self, query: Any) -> Any:
        """Runs a query as the operator."""
        from rules.access import OPERATOR

        return self.desk.ask(OPERATOR, query, self.now)


@contextmanager
def acting(settings: Settings, say: Say) -> Iterator[Acting]:
    """A desk that writes, whether or not a process serves the folder; what goes wrong there is said."""
    from bot.hatch import Unanswered
    from storage.engine import Busy

    try:
        with _through_the_hatch(settings, say) as house:
            yield house
    except Unanswered as error:
        out.print(say("The running process gave no answer. See its log, then give the command again."))
        raise typer.Exit(1) from error
    except Busy as error:
        out.print(say("The database took nothing: is the disk full? Make room, then give the command again."))
        raise typer.Exit(1) from error


@contextmanager
def _through_the_hatch(settings: Settings, say: Say) -> Iterator[Acting]:
    from bot.hatch import call

    caller = call(settings.data)
    if caller is None:
        parts = opened(settings, say)
        try:
            yield Acting(settings, parts.desk, parts.clock.now(), None)
        finally:
            parts.close()
        return
    try:
        with reading(settings, say) as (desk, now):
            yield Acting(settings, desk, now, caller)
    finally:
        caller.close()


def accepted(say: Say, answer: Any) -> Any:
    """The answer; of a refusal every reason is said, and the command ends."""
    from handlers.context import Refused
    from screens.problems import sentence

    if isinstance(answer, Refused):
        for problem in answer.problems:
            out.print(sentence(say, problem))
        raise typer.Exit(1)
    return answer


def instant(text: str | None, settings: Settings, say: Say) -> datetime | None:
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
