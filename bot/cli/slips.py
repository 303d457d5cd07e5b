"""The command that makes invitation slips for printing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress

from bot.cli.frame import Acting, accepted, acting, cli, out, settings_or_exit
from bot.cli.wrong import reason
from bot.config import Settings
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from bot.slips import Card

SLICE = 100


@cli.command()
def slips(
    file: Annotated[Path, typer.Argument(help="Where the page goes, such as slips.html.")],
    unit: Annotated[str, typer.Option("--unit", help="Code of a unit; with all below. Else everybody.")] = "",
    days: Annotated[int, typer.Option("--days", help="How many days the slips are good, up to 30.")] = 7,
    new: Annotated[bool, typer.Option("--new", help="Leave out members who hold an invitation already.")] = False,
    telegram: Annotated[str | None, typer.Option("--telegram", help="Name of the bot, for a second QR code.")] = None,
    wechat: Annotated[bool, typer.Option("--wechat", help="A second QR code, for the official account.")] = False,
) -> None:
    """Make invitation slips with QR code and PIN for all members without an account, as a page to print."""
    from handlers.invitations import MOST_DAYS, ShowUninvited
    from handlers.setup import FindUnit

    settings = settings_or_exit()
    say = words(settings.locale)
    bot = "" if wechat else _bot(settings, telegram, say)
    if wechat and not settings.wechat_on:
        out.print(say("No official account is set up: set ZHIBU_WECHAT_APP_ID and what goes with it first."))
        raise typer.Exit(2)
    if not 1 <= days <= MOST_DAYS:
        out.print(say("An invitation is good for 1 to {most} days.", most=MOST_DAYS))
        raise typer.Exit(2)
    with acting(settings, say) as house:
        holder = accepted(say, house.ask(FindUnit(unit)))
        people = house.ask(ShowUninvited(holder.path, new)).people
        if not people:
            out.print(say("Everybody in {unit} has an account or an invitation; nothing to print.", unit=holder.name))
            return
        address = house.address()
        cards = _written(house, address.text, file, say, people=people, days=days, bot=bot, wechat=wechat)
    facts = {"count": len(cards), "file": file.absolute(), "days": days}
    out.print(say("{count} slips are in {file}, good for {days} days. Earlier slips of the same people end.", **facts))
    out.print(say("The file holds everybody's links and PINs: print it, hand the slips out, then delete it."))
    without = sum(card.wechat == "" for card in cards)
    if without:
        line = say(
            "{count} slips have no code for WeChat: the account gave none, or zhibu run is not running.", count=without
        )
        out.print(line)
    if not address.public:
        out.print(say("The links lead to {address}: this machine only. Set ZHIBU_PUBLIC_URL.", address=address.text))


def _bot(settings: Settings, given: str | None, say: Say) -> str:
    """The bot's name for the second QR code; none where Telegram may not be used."""
    from rules.setup import BOT_NAME
    from screens.privacy import UNFIT

    if not settings.telegram_allowed:
        if given:
            out.print(UNFIT["no_basis"](say, {}))
            raise typer.Exit(2)
        return ""
    bot = (settings.telegram_bot if given is None else given).removeprefix("@")
    if bot and not BOT_NAME.fullmatch(bot):
        out.print(say("The bot's name is what follows the @: letters, digits and _, 5 to 32."))
        raise typer.Exit(2)
    return bot


def _written(house: Acting, address: str, file: Path, say: Say, **wanted: Any) -> list[Card]:
    """The file is opened before anybody's earlier invitation ends, and is gone again when something fails."""
    from bot.slips import page, private_file

    try:
        with private_file(file) as opened:
            cards = _invited(house, say, wanted["people"], wanted["days"])
            cards = _coded(house, say, cards, wanted["days"]) if wanted["wechat"] else cards
            opened.write(page(say, cards, address, wanted["bot"], house.desk.house.zone))
            return cards
    except FileExistsError as error:
        out.print(say("{file} exists already; nothing was written. Give another name.", file=file), markup=False)
        raise typer.Exit(1) from error
    except OSError as error:
        out.print(
            say("The file {file} cannot be written: {reason}", file=file, reason=reason(say, error)), markup=False
        )
        raise typer.Exit(1) from error


def _invited(house: Acting, say: Say, people: tuple[Any, ...], days: int) -> list[Card]:
    """Secrets are drawn and hashed first; then the invitations are stored, some at a time."""
    from bot.slips import Card, draw_all
    from handlers.invitations import InviteAll, Slip

    with Progress(console=out.console, transient=True) as bar:
        task = bar.add_task(say("Drawing links and PINs"), total=len(people))
        drawn = draw_all(people, lambda: bar.advance(task))
    cards: list[Card] = []
    pairs = list(zip(people, drawn, strict=True))
    for start in range(0, len(pairs), SLICE):
        some = pairs[start : start + SLICE]
        made = tuple(Slip(person.member, each.token_hash, each.pin_hash) for person, each in some)
        answer = accepted(say, house.do(InviteAll(made, days)))
        invited = set(answer.members)
        cards += [Card(person, each, answer.until) for person, each in some if person.member in invited]
    return cards


def _coded(house: Acting, say: Say, cards: list[Card], days: int) -> list[Card]:
    """The same slips with the official account's codes; one that gives none is asked for no more."""
    from dataclasses import replace

    coded, given = [], True
    with Progress(console=out.console, transient=True) as bar:
        task = bar.add_task(say("Asking the official account for codes"), total=len(cards))
        for card in cards:
            text = house.scene(card.drawn.token, days) if given else ""
            given = bool(text)
            coded.append(replace(card, wechat=text))
            bar.advance(task)
    return coded
