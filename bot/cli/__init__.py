"""The commands: each file holds those of one matter and is imported here, in the order of `zhibu --help`."""

from __future__ import annotations

import logging
import os

# isort: off
# in the order of `zhibu --help`: what is needed first comes first
from bot.cli import install, schemes, imports, slips, serving, care, inbox, backup

# isort: on
from bot.cli.frame import cli
from bot.logs import log_from

__all__ = ["backup", "care", "imports", "inbox", "install", "main", "schemes", "serving", "slips"]


def main() -> None:
    """Entry of `zhibu`."""
    os.umask(0o077)  # what is made here holds people's data
    log_from(logging.WARNING)
    cli()
