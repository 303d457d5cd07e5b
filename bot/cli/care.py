"""The commands that look after a house: invite, verify, status."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot.cli.frame import accepted, acting, cli, out, reading, settings_or_exit
from screens.texts import words


@cli.command()
def invite(member: Annotated[str, typer.Argument(help="Code of the member.")]) -> None:
    """Make a personal link and PIN for a member, for example the first secretary."""
    from dataclasses import asdict

    from bot.secrets import draw
    from handlers.members import FindMember, Invite
    from screens.identities import channel_word

    settings = settings_or_exit()
    say = words(settings.locale)
    drawn = asdict(draw())
    with acting(settings, say) as house:
        found = accepted(say, house.ask(FindMember(member)))
        answer = accepted(say, house.do(Invite(found.member, **drawn)))
    out.print(
        say("Link for {name}: {link}", name=answer.person.name, link=f"{settings.address}/chat/enter/{answer.token}")
    )
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
    from rules.access import SYSTEM

    settings = settings_or_exit()
    say = words(settings.locale)
    with reading(settings, say) as (desk, now):
        facts = desk.ask(SYSTEM, Status(), now).facts
        facts["backup"] = state(settings, desk.house, desk.ask(SYSTEM, CountFailures(), now), now)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        out.print(f"{name}: {value}")
