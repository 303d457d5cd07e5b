"""The commands that look after a house: invite, verify, status."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer

from bot.cli.backup import megabytes
from bot.cli.frame import accepted, acting, cli, out, reading, settings_or_exit
from screens.texts import Say, words


@cli.command()
def invite(member: Annotated[str, typer.Argument(help="Code of the member.")]) -> None:
    """Make a personal link and PIN for a member, for example the first secretary."""
    from dataclasses import asdict

    from bot.secrets import draw
    from handlers.members import FindMember, Invite
    from handlers.setup import FindUnit
    from screens.identities import channel_word

    settings = settings_or_exit()
    say = words(settings.locale)
    drawn = asdict(draw())
    with acting(settings, say) as house:
        accepted(say, house.ask(FindUnit()))  # of a folder without a house that is said, not that nobody has the code
        found = accepted(say, house.ask(FindMember(member)))
        address = house.address().text
        answer = accepted(say, house.do(Invite(found.member, **drawn)))
    link = f"{address}/chat/enter/{answer.token}"
    out.print(say("Link for {name}: {link}", name=answer.person.name, link=link))
    for channel, link in answer.links.items():
        out.print(say("In {channel}: {link}", channel=channel_word(say, channel), link=link))
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
    if answer.unlinked:
        out.print(say("{count} new audit entries are linked in a moment.", count=answer.unlinked))
    facts = {"entries": answer.entries, "members": answer.members, "audit": answer.audit}
    if answer.problems:
        out.print(say("{count} breaks found.", count=len(answer.problems)))
        raise typer.Exit(1)
    out.print(say("All is well: {entries} ledger entries, {members} members' figures, {audit} audit entries.", **facts))


@cli.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """What is stored, and what waits."""
    from bot.backup import state
    from handlers.backup import CountFailures
    from handlers.overview import Status
    from handlers.unsent import Unsent
    from rules.access import SYSTEM

    settings = settings_or_exit()
    say = words(settings.locale)
    with reading(settings, say) as (desk, now):
        facts = desk.ask(SYSTEM, Status(), now).facts
        facts["not_sent"] = desk.ask(SYSTEM, Unsent(), now)
        facts["backup"] = state(settings, desk.house, desk.ask(SYSTEM, CountFailures(), now), now)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    for line in status_lines(say, facts):
        out.print(line, markup=False)


def status_lines(say: Say, facts: dict[str, Any]) -> list[str]:
    """The facts of a house in words, one a line."""
    from screens.declarations.lines import state_word
    from screens.deliveries import state_of
    from screens.reminding import matter

    def counted(counts: dict[str, int], word: Callable[[Say, str], str]) -> str:
        return say(", ").join(f"{word(say, state)} {count}" for state, count in counts.items()) or say("none")

    lines = [
        say("Messages received: {count}", count=facts["messages"]),
        say("Messages that could not be handled: {count}", count=facts["parked"]),
        say("Lines: {counts}", counts=counted(facts["lines"], state_word)),
        say("Ledger entries: {count}", count=facts["entries"]),
        say("Messages to be sent: {counts}", counts=counted(facts["outbox"], state_of)),
        say("Audit entries: {count}", count=facts["audit"]),
        say("Tables: {revision}", revision=facts["revision"]),
        *_backup_lines(say, facts["backup"]),
    ]
    lines += [say("Not sent: {matter}", matter=matter(say, *found)) for found in facts["not_sent"].items()]
    if facts["parked"]:
        lines.append(say("See what could not be handled: zhibu inbox list"))
    return lines


def _backup_lines(say: Say, backup: dict[str, Any]) -> list[str]:
    if backup["folder"] == "off":
        return [say("Backups are off (ZHIBU_BACKUP_DIR=off).")]
    lines = [say("Backups: {count} in {folder}", count=backup["kept"], folder=backup["folder"])]
    if "newest" in backup:
        lines.append(say("Newest backup: {file}, {size} MB", file=backup["newest"], size=megabytes(backup["size"])))
    if backup["failed"]:
        lines.append(say("Backups that failed in thirty days: {count}", count=backup["failed"]))
    if backup["too_old"]:
        lines.append(say("There is no backup of the last two days. Make one: zhibu backup"))
    return lines
