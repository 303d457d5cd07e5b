"""A command as an operator types it, run in this process: the words go in, what is printed comes out."""

from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import commands


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def zhibu(folder: Path, *words: str, typed: str | None = None, **env: str) -> Ran:
    """Runs a command on a data folder; an error it did not expect is raised here."""
    result = CliRunner().invoke(commands(), words, input=typed, env={"ZHIBU_DATA": str(folder), **env})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)
