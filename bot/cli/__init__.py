"""The commands: each file holds those of one matter and is imported here, in the order of `zhibu --help`."""

from __future__ import annotations

import logging

from bot.cli import backup, care, imports, inbox, install, schemes, serving, slips
from bot.cli.frame import cli
from bot.logs import log_from

__all__ = ["backup", "care", "imports", "inbox", "install", "main", "schemes", "serving", "slips"]


def main() -> None:
    """Entry of `zhibu`."""
    log_from(logging.WARNING)
    cli()
