"""The commands for tasks; the group they stand in."""

from __future__ import annotations

from bot.cli.frame import cli
from bot.cli.help import Commands
from bot.cli.wrong import Worded

tasks = Commands(cls=Worded, no_args_is_help=True, help="Tasks: check a plan, publish it, issue a period of it.")
cli.add_typer(tasks, name="tasks")
