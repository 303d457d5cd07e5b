"""The commands: each file holds those of one matter and is imported here, in the order of `zhibu --help`."""

from __future__ import annotations

import logging

from bot.cli import care, inbox, serving
from bot.cli.frame import cli
from bot.logs import log_from

__all__ = ["care", "inbox", "main", "serving"]


def main() -> None:
    """Entry of `zhibu`."""
    log_from(logging.WARNING)
    cli()
