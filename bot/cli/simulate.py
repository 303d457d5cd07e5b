"""The command that lets the house run ahead on an invented city."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import cli, out, settings_or_exit
from screens.texts import Say, words

if TYPE_CHECKING:  # imported where they are used: a command must answer at once
    from bot.simulation.run import Year

MOST_YEARS, MOST_MEMBERS = 50, 200_000


@cli.command()
def simulate(
    years: Annotated[int, typer.Option("--years", help="How many years, 1 to 50.")] = 10,
    members: Annotated[int, typer.Option("--members", help="How many members declare in the last year.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="The same number gives the same years.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Let years pass in an invented city of 97 organisations, in a temporary folder; exit 1 when something breaks."""
    import json

    from bot.simulation.acts import Broken
    from bot.simulation.city import Size
    from bot.simulation.run import Simulation
    from screens.simulation import broken_lines, year_lines

    say = words(settings_or_exit().locale)
    _check(say, years, members)

    def told(year: Year) -> None:
        if not as_json:
            out.print("\n".join(year_lines(say, year.year, year.figures, year.points)), markup=False)

    with TemporaryDirectory(prefix="zhibu-simulate-") as folder:
        simulation = Simulation(Path(folder), Size(members), years, seed)
        try:
            found = simulation.run(told)
        except Broken as error:
            out.print(say("A request was refused: {codes}", codes=error.args[0]), markup=False)
            raise typer.Exit(1) from error
        finally:
            simulation.close()
    if as_json:
        rows = [{"year": y.year, **y.figures, "points": y.points, "broken": y.broken} for y in found]
        typer.echo(json.dumps({"seed": seed, "members": members, "years": rows}))
    broken = [line for year in found for line in broken_lines(say, year.broken)]
    if not as_json:
        out.print(
            "\n".join(broken) or say("Nothing was doubled, nothing was missed, every sum is right."), markup=False
        )
    if broken:
        raise typer.Exit(1)


def _check(say: Say, years: int, members: int) -> None:
    if not 1 <= years <= MOST_YEARS:
        out.print(say("Between 1 and {most} years can be simulated, not {years}.", most=MOST_YEARS, years=years))
        raise typer.Exit(2)
    if not 0 <= members <= MOST_MEMBERS:
        facts = {"most": MOST_MEMBERS, "members": members}
        out.print(say("There can be 0 to {most} members, not {members}.", **facts))
        raise typer.Exit(2)
