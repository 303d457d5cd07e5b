"""The commands for messages that could not be handled: inbox list, inbox retry."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import cli, opened, out, reading, settings_or_exit
from bot.cli.wrong import Worded
from bot.config import Settings
from screens.texts import Say, clean, moment, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from bot.parked import RetriedAll, RetryParked

MOST_TEXT, MOST_ERROR = 40, 100

inbox = typer.Typer(cls=Worded, no_args_is_help=True, help="Messages that could not be handled.")
cli.add_typer(inbox, name="inbox")


@inbox.command("list")
def list_parked() -> None:
    """What could not be handled: number, channel, time, who, error."""
    from storage import members
    from storage.inbox import parked_rows

    settings = settings_or_exit()
    say = words(settings.locale)
    with reading(settings, say) as (desk, _now):
        rows = desk.store.read(parked_rows)
        wanted = {row.member for row in rows if row.member is not None}
        names = desk.store.read(lambda connection: members.names(connection, wanted))
        zone = desk.house.zone
    for row in rows:
        who = row.address if row.member is None else names.get(row.member, row.address)
        text = clean(str(row.said.get("text", "")))[:MOST_TEXT]
        at = moment(say, row.received_at, zone)
        line = f"{row.id}  {row.channel}  {at}  {who}  {clean(row.error)[:MOST_ERROR]}  {text}"
        out.print(line.rstrip(), markup=False)
    if not rows:
        out.print(say("Every message was handled."))


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
        else:
            out.print(say("{number}: still not handled", number=each.id) + f" ({clean(each.error)[:MOST_ERROR]})")
    if number is not None and not results:
        out.print(say("No parked message has the number {number}.", number=number))
    if everything and not results:
        out.print(say("Every message was handled."))
    if not results or not all(each.handled for each in results):
        raise typer.Exit(0 if everything and not results else 1)


def _retried(settings: Settings, say: Say, request: RetryParked) -> RetriedAll:
    """By the process that serves the folder, or here when none does."""
    from bot.hatch import Unanswered, call
    from bot.parked import RetriedAll, retry_parked
    from bot.router import Router

    caller = call(settings.data)
    if caller is not None:
        try:
            answer = caller.do(request)
        except Unanswered as error:
            out.print(say("The running process gave no answer. See its log, then give the command again."))
            raise typer.Exit(1) from error
        finally:
            caller.close()
        return answer if isinstance(answer, RetriedAll) else RetriedAll(())
    parts = opened(settings, say)
    try:
        router = Router(parts.desk, parts.clock, settings.locale, settings.address)
        return asyncio.run(retry_parked(router, request))
    finally:
        parts.close()
