"""The hatch: a socket in the data folder through which a command reaches the process that serves the folder."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import structlog

from bot.config import Settings
from bot.parked import RetriedAll, RetryParked, retry_parked
from bot.router import Router
from handlers.context import Refused
from handlers.imports import BeginImport, FinishImport, Imported, Importing, ImportMembers, ImportUnits
from handlers.inbox import DropParked, Dropped
from handlers.invitations import InviteAll, InvitedAll
from handlers.members import Invitation, Invite
from handlers.periods import OpenPeriods, Publish, PublishedVersion, Ran
from handlers.tasks.issuing import IssuedPeriod, IssuePeriod, IssueTasks
from handlers.tasks.publishing import EndedPlan, EndPlan, PublishedPlan, PublishPlan
from handlers.undoing import UndoImport, Undone
from rules.access import OPERATOR

log = structlog.get_logger(__name__)
SOCKET = "zhibu.sock"
ELSEWHERE = "zhibu.sock.path"
LONGEST_PATH = 100  # bytes: a socket's address has 108 on Linux, 104 elsewhere, its end mark included
MOST_BYTES = 16 * 1024 * 1024
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class AskAddress:
    """Where people reach the pages; a command line's `--port` is known to the serving process alone."""


@dataclass(frozen=True, slots=True)
class Address:
    """The beginning of every link; `public` when it was set, not made of this machine's host and port."""

    text: str
    public: bool


@dataclass(frozen=True, slots=True)
class AskScene:
    """The official account's code for an invitation: only the serving process talks to the platform."""

    token: str
    days: int


@dataclass(frozen=True, slots=True)
class SceneGiven:
    """What stands in the code; "" when the platform gives none, or no account is set up."""

    text: str


# what may be asked through the hatch → what is answered when it is not refused
ANSWERS: dict[type, type] = {
    Invite: Invitation,
    Publish: PublishedVersion,
    OpenPeriods: Ran,
    PublishPlan: PublishedPlan,
    EndPlan: EndedPlan,
    IssueTasks: Ran,
    IssuePeriod: IssuedPeriod,
    BeginImport: Importing,
    ImportUnits: Imported,
    ImportMembers: Imported,
    FinishImport: Importing,
    UndoImport: Undone,
    InviteAll: InvitedAll,
    RetryParked: RetriedAll,
    DropParked: Dropped,
    AskAddress: Address,
    AskScene: SceneGiven,
}
NAMED = {kind.__name__: kind for kind in ANSWERS}


class NotAsked(LookupError):
    """The request is not one of those the hatch takes."""


class Unanswered(RuntimeError):
    """The serving process took the request and gave no answer: it ended, or the unit failed there."""


class Asked(msgspec.Struct, frozen=True):
    """A request as it travels: one line of JSON."""

    request: str
    fields: msgspec.Raw


class Told(msgspec.Struct, frozen=True):
    """An answer as it travels; `answer` is "" when there is none."""

    answer: str
    fields: msgspec.Raw = msgspec.Raw(b"null")


def request_of(line: bytes) -> Any:
    """The request in a line; raises NotAsked for what the hatch does not take."""
    try:
        asked = msgspec.json.decode(line, type=Asked)
        kind = NAMED.get(asked.request)
        if kind is None:
            raise NotAsked(asked.request)
        return msgspec.json.decode(asked.fields, type=kind)
    except msgspec.DecodeError as error:
        raise NotAsked(str(error)) from error


def answer_of(request: Any, line: bytes) -> Any:
    """The answer in a line; raises Unanswered when it holds none."""
    told = msgspec.json.decode(line, type=Told)
    kind = {each.__name__: each for each in (ANSWERS[type(request)], Refused)}.get(told.answer)
    if kind is None:
        raise Unanswered
    return msgspec.json.decode(told.fields, type=kind)


def _line(value: Any) -> bytes:
    return msgspec.json.encode(value) + b"\n"


class Hatch:
    """The serving side: each request is one write unit, done for the operator, or a retry of the router's."""

    def __init__(self, settings: Settings, router: Router, after: Callable[[], None]) -> None:
        self._settings = settings
        self._folder = folder = settings.data
        self._router = router
        self._after = after
        self._path = folder / SOCKET
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listens; a socket that a killed process left is replaced, for who holds the folder's lock is alone here.

        Some file systems have no sockets: the house serves nevertheless, and commands wait until it is closed.
        """
        for name in (SOCKET, ELSEWHERE):
            (self._folder / name).unlink(missing_ok=True)
        try:
            self._path = place_for(self._folder)
            door = bound(self._path)
        except OSError as error:
            log.warning("no hatch", path=str(self._path), reason=error.strerror)
            return
        self._server = await asyncio.start_unix_server(self._serve, sock=door, limit=MOST_BYTES)

    def close(self) -> None:
        """Takes the socket away."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)
        if self._path.parent != self._folder:
            (self._folder / ELSEWHERE).unlink(missing_ok=True)
            with suppress(OSError):
                self._path.parent.rmdir()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(_line(await self._answer(line)))
                await writer.drain()
        except (ConnectionError, ValueError):  # the command went away, or sent more than it may
            log.info("hatch left")
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> Told:
        try:
            request = request_of(line)
            answer = await self._done(request)
        except NotAsked as error:
            log.warning("hatch refuses", reason=str(error))
            return Told("")
        except Exception:
            log.exception("command failed")
            return Told("")
        self._after()
        return Told(type(answer).__name__, msgspec.Raw(msgspec.json.encode(answer)))

    async def _done(self, request: Any) -> Any:
        if isinstance(request, AskAddress):
            return address_of(self._settings)
        if isinstance(request, AskScene):
            scene = self._router.scene
            found = None if scene is None else await scene(request.token, timedelta(days=request.days))
            return SceneGiven(found or "")
        if isinstance(request, RetryParked):
            return await retry_parked(self._router, request)
        return await asyncio.wrap_future(self._router.desk.submit(OPERATOR, request, self._router.clock.now()))


def address_of(settings: Settings) -> Address:
    """Where a house with these settings is reached."""
    return Address(settings.address, bool(settings.public_url))


def bound(path: Path) -> socket.socket:
    """A socket at a path, for its owner alone from its first moment."""
    door = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        door.bind(str(path))
    except OSError:
        door.close()
        raise
    finally:
        os.umask(before)
    return door


def place_for(folder: Path) -> Path:
    """Where the socket goes: into the folder, or where its path is short enough, which the folder then tells."""
    inside = folder / SOCKET
    if len(os.fsencode(inside.absolute())) <= LONGEST_PATH:
        return inside.absolute()
    elsewhere = Path(tempfile.mkdtemp(prefix="zhibu-", dir=os.environ.get("XDG_RUNTIME_DIR") or None)) / SOCKET
    note = folder / ELSEWHERE
    note.touch(mode=0o600)
    note.write_text(str(elsewhere), encoding="utf-8")
    return elsewhere


class Caller:
    """The asking side: one connection to the process that serves a folder."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._answers = line.makefile("rb")

    def do(self, request: Any) -> Any:
        """Sends a request and waits until its answer is durable."""
        try:
            self._line.sendall(_line({"request": type(request).__name__, "fields": request}))
            got = self._answers.readline()
        except OSError as error:
            raise Unanswered from error
        if not got:
            raise Unanswered
        return answer_of(request, got)

    def close(self) -> None:
        """Ends the connection."""
        self._answers.close()
        self._line.close()


def call(folder: Path) -> Caller | None:
    """A connection to the process that serves a folder, None when none does."""
    note = folder / ELSEWHERE
    path = Path(note.read_text(encoding="utf-8")) if note.exists() else (folder / SOCKET).absolute()
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(PATIENCE_S)
    try:
        line.connect(str(path))
    except OSError:  # nobody listens: a process that was killed may have left its socket
        line.close()
        return None
    return Caller(line)
