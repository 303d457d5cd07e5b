"""What a start loads: a house that serves loads what it serves with, a command loads its own file."""

import os
import subprocess
import sys
from dataclasses import is_dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import FILES, commands
from handlers.desk import REQUESTS

HOUSE = Path(__file__).parents[2]
SERVING = """
import sys
from bot.cli import commands
commands('run')
import bot.opening, bot.app, uvicorn
print(*sys.modules)
"""
NAMED = """
from typer.main import get_command
from bot.cli import commands
print(*get_command(commands()).commands)
"""
NOT_SERVING = {
    "PIL",
    "alembic",
    "bot.cli.backup",
    "bot.cli.imports",
    "bot.cli.install",
    "bot.cli.schemes",
    "bot.sample.history",
    "openpyxl",
    "psycopg",
    "pypinyin",
    "rich",
    "rules.schemes.checking",
    "rules.schemes.reading",
    "sqlalchemy.orm",
    "telegram",
    "xlsxwriter",
}


def answered(*call: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHIBU_")}
    done = subprocess.run(
        [sys.executable, *call], cwd=HOUSE, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_house_that_serves_loads_only_what_it_serves_with():
    loaded = set(answered("-c", SERVING).split())
    assert {"bot.app", "console.app", "handlers.desk", "uvicorn"} <= loaded
    assert loaded & NOT_SERVING == set()


def test_requests_cost_no_generated_code():
    """A dataclass is compiled anew at each start, a millisecond each; a Struct takes a fortieth of that."""
    generated = {request.__name__ for request in REQUESTS if is_dataclass(request)}
    of_ledger = {request.__name__ for request in REQUESTS if request.__module__.startswith("handlers.ledger.")}
    assert generated <= of_ledger


def test_every_command_has_its_files_in_the_order_of_help():
    """In a process of its own: other tests load single files, in an order of theirs."""
    assert answered("-c", NAMED).split() == list(FILES)


@pytest.mark.parametrize("name", ["init", "scheme", "import", "slips", "run", "inbox"])
def test_a_command_loaded_alone_is_called_as_among_all(name: str):
    alone = answered("-m", "bot", name, "--help")
    among = CliRunner().invoke(commands(), [name, "--help"], prog_name="python -m bot").stdout
    assert alone == among
