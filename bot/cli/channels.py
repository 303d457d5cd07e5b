"""The command that looks at the channels: channels check."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import accepted, cli, out, reading, settings_or_exit
from bot.cli.help import Commands
from bot.cli.wrong import Worded
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from rules.checks import Checked

channels = Commands(
    cls=Worded, no_args_is_help=True, help="The channels to members: web chat, Telegram, WeChat, WeCom."
)
cli.add_typer(channels, name="channels")


@channels.command("check")
def check(
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no platform; look at settings and data only.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Say for each channel what works and what is missing; it changes nothing and may be given at any time."""
    from bot.checks import Check
    from handlers.channels import AskChannels
    from rules.access import OPERATOR

    settings = settings_or_exit()
    say = words(settings.locale)
    with reading(settings, say) as (desk, now):
        rows = accepted(say, desk.ask(OPERATOR, AskChannels(), now))
    found = asyncio.run(Check(settings, rows).run(offline=offline))
    if as_json:
        typer.echo(json.dumps(_written(found, say), ensure_ascii=False, indent=2))
    else:
        _print(found, say)
    if any(each.missing for each in found):
        raise typer.Exit(1)


def _print(found: list[Checked], say: Say) -> None:
    from screens.checks import told

    for each in found:
        for line in told(say, each):
            out.print(line, markup=False)
    missing = sum(each.missing for each in found)
    out.print(say("{count} things are missing.", count=missing) if missing else say("Nothing is missing."))


def _written(found: list[Checked], say: Say) -> dict[str, object]:
    """For programs: the codes and the words."""
    from screens.checks import finding_words

    return {
        "missing": sum(each.missing for each in found),
        "channels": [
            {
                "name": each.name,
                "on": not each.off,
                "missing": each.missing,
                "findings": [
                    {"code": finding.code, "state": finding.state, "text": finding_words(say, finding)}
                    for finding in each.findings
                ],
            }
            for each in found
        ],
    }
