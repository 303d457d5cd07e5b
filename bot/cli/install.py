"""The command that makes a new house: init."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli.frame import accepted, cli, locked, made_or_opened, out, settings_or_exit
from bot.cli.wrong import reason
from bot.config import Settings, known_zone, write_file
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from handlers.members import Invitation
    from rules.documents import Document, Fault
    from rules.problems import Problem
    from rules.setup import HouseFile

File = Annotated[Path | None, typer.Argument(help="A YAML file with all answers; without it they are asked for.")]


@cli.command()
def init(
    file: File = None,
    example: Annotated[bool, typer.Option("--example", help="Print an example of the file and end.")] = False,
) -> None:
    """Make a new house: organisation, first administrator, units, settings."""
    if example:
        from bot.opening import EXAMPLES

        typer.echo((EXAMPLES / "own-committee" / "house.yaml").read_text(encoding="utf-8"), nl=False)
        return
    settings = settings_or_exit()
    say = words(settings.locale)
    house = asked(settings, say) if file is None else from_file(file, say)
    invitation = make(settings, house, say)
    _tell(settings_or_exit(), house, invitation, say)


def from_file(file: Path, say: Say) -> HouseFile:
    """The house in a file, or every problem with its line; then the command ends."""
    from rules.documents import Fault, examined
    from rules.problems import Problem
    from rules.setup import HouseFile, check

    document = opened_document(file, say)
    house = examined(document, HouseFile)
    found = house if isinstance(house, list) else check(house)
    if isinstance(house, HouseFile) and not known_zone(house.timezone):
        found = [*found, Fault(("timezone",), Problem("timezone_unknown"))]
    if isinstance(house, list) or found:
        refuse_document(file, [_placed(document, fault) for fault in found], say)
    return house


def _placed(document: Document, fault: Fault) -> tuple[int, Fault]:
    """A fault with its line in the file; the lines of the tree are counted from the one that says `units:`."""
    from rules.documents import Fault
    from rules.problems import Problem

    if fault.path[:1] != ("units",) or len(fault.path) == 1:
        return document.place(fault)[0], fault
    above = document.line_of(("units",))
    facts = dict(fault.problem.facts)
    if facts.get("other"):
        facts["other"] += above
    return above + int(fault.path[1]), Fault(("units",), Problem(fault.problem.code, facts))


def document_in(file: Path, say: Say) -> Document:
    """A file people wrote that reads; what is wrong with how it is written is said, and the command ends."""
    document = opened_document(file, say)
    if document.faults:
        refuse_document(file, [(document.place(fault)[0], fault) for fault in document.faults], say)
    return document


def opened_document(file: Path, say: Say) -> Document:
    """A file people wrote, whatever is wrong in it; when it cannot be opened, that is said and the command ends."""
    from bot.documents import read

    try:
        return read(file)
    except OSError as error:
        out.print(say("The file {file} cannot be read: {reason}", file=file, reason=reason(say, error)), markup=False)
        raise typer.Exit(2) from error


def refuse_document(file: Path, faults: list[tuple[int, Fault]], say: Say) -> NoReturn:
    """Says what is wrong in a file, in the order of its lines, and ends the command."""
    from screens.documents import on_line
    from screens.problems import sentence

    for line, fault in sorted(faults, key=lambda pair: pair[0]):
        out.print(on_line(say, line, fault.path, sentence(say, fault.problem)), markup=False)
    out.print(say("{file}: {count} problems; nothing was changed.", file=file, count=len(faults)), markup=False)
    raise typer.Exit(2)


def make(settings: Settings, house: HouseFile, say: Say) -> Invitation:
    """Settings file first, then everything else in one unit: who is cut short begins again."""
    from dataclasses import asdict

    from bot.secrets import draw
    from handlers.setup import NewUnit, SetUp
    from rules.access import OPERATOR
    from storage.members import is_empty

    units = tuple(NewUnit(unit.code, unit.kind, unit.name, unit.parent) for unit in house.tree)
    request = SetUp(units, house.administrator.code, house.administrator.name, **asdict(draw()))
    parts = made_or_opened(settings, say, locked(settings, say))
    try:
        if parts.database.read(is_empty):
            write_file(settings.data, _kept(house))
        answer: Invitation = accepted(say, parts.desk.do(OPERATOR, request, parts.clock.now()))
    finally:
        parts.close()
    return answer


def _kept(house: HouseFile) -> dict[str, object]:
    kept: dict[str, object] = {
        "timezone": house.timezone,
        "locale": house.locale,
        "public_url": house.public_url,
        "host": house.host,
        "port": house.port,
    }
    if house.telegram is not None:
        kept |= {"telegram_bot": house.telegram.bot, "telegram_token": house.telegram.token}
    return kept


def _tell(settings: Settings, house: HouseFile, invitation: Invitation, say: Say) -> None:
    """The administrator's link and PIN, and what comes next."""
    facts = {"name": house.name, "folder": settings.data.absolute(), "count": len(house.tree)}
    out.print(say("{name} is set up in {folder}: {count} units, one administrator.", **facts), markup=False)
    link = f"{settings.address}/chat/enter/{invitation.token}"
    out.print(say("Link for {name}: {link}", name=invitation.person.name, link=link), markup=False)
    out.print(say("PIN: {pin}", pin=invitation.pin))
    out.print(say("The link opens once the house runs; it is good for seven days and one entry. Next:"))
    for command, told in (
        ("zhibu scheme publish FILE.yaml", say("publish your rulebook")),
        ("zhibu import template people.xlsx", say("get the table for your people, fill it in, then")),
        ("zhibu import members people.xlsx", say("import them")),
        ("zhibu slips slips.html", say("print their invitations")),
        ("zhibu run", say("open the house")),
    ):
        out.print(f"  {command:<36}{told}", markup=False)


def asked(settings: Settings, say: Say) -> HouseFile:
    """The house as answered at the terminal; each answer is asked for until it fits."""
    from rules.members import MOST_UNIT_NAME, code_problems, name_problems
    from rules.problems import Problem
    from rules.setup import Administrator, HouseFile, address_problems

    def zone(name: str) -> list[Problem]:
        return [] if known_zone(name) else [Problem("timezone_unknown")]

    def port(text: str) -> list[Problem]:
        fits = text.isdecimal() and 1 <= int(text) <= 65535
        return [] if fits else [Problem("document_bound", {"bound": "1–65535"})]

    def unit_name(text: str) -> list[Problem]:
        return name_problems(text, MOST_UNIT_NAME)

    name = ask(say, say("Name of the organisation"), "", unit_name)
    administrator = Administrator(
        ask(say, say("Code of the first administrator (not an identity or phone number)"), "a01", code_problems),
        ask(say, say("Name of the first administrator"), "", name_problems),
    )
    return HouseFile(
        name=name,
        administrator=administrator,
        units=_tree(say, "top"),
        timezone=ask(say, say("Time zone"), settings.timezone, zone),
        locale=settings.locale,
        public_url=ask(say, say("Address people will open (empty: this machine only)"), "", address_problems),
        host=settings.host,
        port=int(ask(say, say("Port"), str(settings.port), port)),
        telegram=_telegram(say),
    )


def ask(
    say: Say, question: str, default: str, problems: Callable[[str], list[Problem]], *, hidden: bool = False
) -> str:
    """An answer that fits; what is wrong with another is said, and the question is put again."""
    from screens.problems import sentence

    while True:
        text: str = typer.prompt(question, default=default, show_default=bool(default), hide_input=hidden).strip()
        found = problems(text)
        if not found:
            return text
        for problem in found:
            out.print(sentence(say, problem), markup=False)


def _tree(say: Say, top: str) -> str:
    """Units as lines, until an empty one."""
    from rules.members import read_tree
    from screens.documents import on_line
    from screens.problems import sentence

    out.print(say("Units: one a line, code and name, each indented below its parent, such as"), markup=False)
    out.print("  water 市水务局机关党委\n    water-1 水务局第一党支部", markup=False)
    out.print(say("An empty line ends. Leave all empty to import them from a table."), markup=False)
    lines: list[str] = []
    while line := typer.prompt(f"{len(lines) + 1}", default="", show_default=False, prompt_suffix=" "):
        wrong = [problem for number, problem in read_tree("\n".join([*lines, line]), top)[1] if number > len(lines)]
        for problem in wrong:
            out.print(on_line(say, len(lines) + 1, (), sentence(say, problem)), markup=False)
        if not wrong:
            lines.append(line)
    return "\n".join(lines)


def _telegram(say: Say) -> Any:
    """The bot in Telegram, when there is one; the token is not shown while it is typed."""
    from rules.problems import Problem
    from rules.setup import BOT_NAME, BOT_TOKEN, Telegram

    def bot(text: str) -> list[Problem]:
        return [] if not text or BOT_NAME.fullmatch(text) else [Problem("telegram_bot_unfit")]

    def token(text: str) -> list[Problem]:
        return [] if BOT_TOKEN.fullmatch(text) else [Problem("telegram_token_unfit")]

    name = ask(say, say("Name of your Telegram bot (empty: web chat only)"), "", bot).removeprefix("@")
    return Telegram(name, ask(say, say("Its token"), "", token, hidden=True)) if name else None
