"""The commands for messages that could not be handled: inbox list, inbox show, inbox retry, inbox drop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import accepted, acting, cli, opened, out, reading, settings_or_exit
from bot.cli.help import Commands
from bot.cli.wrong import Worded
from bot.config import Settings
from screens.texts import Say, clean, moment, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from bot.parked import RetriedAll, RetryParked

MOST_TEXT, MOST_ERROR = 40, 100
YES = ("y", "yes", "是")

inbox = Commands(cls=Worded, no_args_is_help=True, help="Messages that could not be handled.")
cli.add_typer(inbox, name="inbox")

Number = Annotated[int, typer.Argument(help="Number of the message, from the list.")]


@inbox.command("list")
def list_parked() -> None:
    """What could not be handled: number, channel, time, who, error, the beginning of the text."""
    settings = settings_or_exit()
    say = words(settings.locale)
    found = _parked(settings, say)
    for each in found:
        out.print(each.line, markup=False)
    if not found:
        out.print(say("Every message was handled."))


@dataclass(frozen=True, slots=True)
class Parked:
    """One message in words: a line of the list, and all of it."""

    id: int
    line: str
    whole: tuple[str, ...]


def _parked(settings: Settings, say: Say) -> list[Parked]:
    """What waits, oldest first; control marks are left out, for anybody may have sent them."""
    from bot.parked import inbounds_of
    from screens.identities import channel_word
    from storage import members
    from storage.inbox import parked_rows

    with reading(settings, say) as (desk, _now):
        rows = desk.store.read(parked_rows)
        wanted = {row.member for row in rows if row.member is not None}
        names = desk.store.read(lambda connection: members.names(connection, wanted))
        zone = desk.house.zone
    found = []
    for row in rows:
        who = clean(row.address if row.member is None else names.get(row.member, row.address)) or say("unknown")
        error = clean(row.error) if inbounds_of(row) is not None else say("the message cannot be read")
        text = clean(str(row.said.get("text") or row.said.get("raw") or ""))
        at, channel = moment(say, row.received_at, zone), channel_word(say, row.channel)
        line = f"{row.id}  {channel}  {at}  {who}  {error[:MOST_ERROR]}  {text[:MOST_TEXT]}".rstrip()
        told = [(say("Received"), at), (say("Who sent it"), who), (say("Channel"), channel)]
        told += [(say("What went wrong"), clean(row.error)), (say("Text"), text)]
        whole = tuple(say("{name}: {value}", name=name, value=value) for name, value in told)
        found.append(Parked(row.id, line, whole))
    return found


@inbox.command("show")
def show(number: Number) -> None:
    """All of one message, as it came in."""
    settings = settings_or_exit()
    say = words(settings.locale)
    for each in _named(_parked(settings, say), [number], say):
        for line in each.whole:
            out.print(line, markup=False)


def _named(found: list[Parked], numbers: list[int], say: Say) -> list[Parked]:
    """Those with these numbers; where one of them waits no more that is said, and the command ends."""
    unknown = sorted(set(numbers) - {each.id for each in found})
    _none_parked(unknown, say)
    return [each for each in found if each.id in numbers]


def _none_parked(unknown: list[int], say: Say) -> None:
    for number in unknown:
        out.print(say("No parked message has the number {number}.", number=number))
    if unknown:
        raise typer.Exit(1)


@inbox.command("retry")
def retry(
    number: Annotated[int | None, typer.Argument(help="Number of the message, from the list.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Handle a parked message again, for example after an update; its reply is sent when the house runs."""
    from bot.parked import RetryParked

    settings = settings_or_exit()
    say = words(settings.locale)
    if number is None and not everything:
        out.print(say("Give the number of a message, or --all."))
        raise typer.Exit(2)
    request = RetryParked(() if number is None else (number,), everything)
    results = _retried(settings, say, request).results
    for each in results:
        if each.handled:
            out.print(say("{number}: handled", number=each.id))
        elif each.unreadable:
            told = say("{number}: the message cannot be read; trying again does not help.", number=each.id)
            out.print(told, say("Look at it: zhibu inbox show {number}", number=each.id), sep="\n")
            out.print(say("Give it up: zhibu inbox drop {number}", number=each.id))
        else:
            out.print(say("{number}: still not handled", number=each.id) + f" ({clean(each.error)[:MOST_ERROR]})")
    if number is not None and not results:
        out.print(say("No parked message has the number {number}.", number=number))
    if everything and not results:
        out.print(say("Every message was handled."))
    if not results or not all(each.handled for each in results):
        raise typer.Exit(0 if everything and not results else 1)


@inbox.command("drop")
def drop(
    numbers: Annotated[list[int], typer.Argument(metavar="NUMBER", help="Numbers of the messages, from the list.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give up messages that can never be handled; what came in is kept, and the audit trail says so."""
    from handlers.inbox import DropParked

    settings = settings_or_exit()
    say = words(settings.locale)
    for each in _named(_parked(settings, say), numbers, say):
        out.print(each.line, markup=False)
    if not yes and typer.prompt(say("Give them up? (y/n)"), default="n", show_default=False).lower() not in YES:
        raise typer.Abort
    with acting(settings, say) as house:
        dropped = accepted(say, house.do(DropParked(tuple(sorted(set(numbers)))))).numbers
    for number in dropped:
        out.print(say("{number}: given up", number=number))
    _none_parked(sorted(set(numbers) - set(dropped)), say)  # another command was faster


def _retried(settings: Settings, say: Say, request: RetryParked) -> RetriedAll:
    """By the process that serves the folder, or here when none does."""
    from bot.hatch import Unanswered, call
    from bot.parked import retry_parked
    from bot.router import Router

    caller = call(settings.data)
    if caller is not None:
        try:
            answer: RetriedAll = accepted(say, caller.do(request))
        except Unanswered as error:
            out.print(say("The running process gave no answer. See its log, then give the command again."))
            raise typer.Exit(1) from error
        finally:
            caller.close()
        return answer
    parts = opened(settings, say)
    try:
        router = Router(parts.desk, parts.clock, settings.locale, settings.address)
        return asyncio.run(retry_parked(router, request))
    finally:
        parts.close()
