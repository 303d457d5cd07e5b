"""The commands: each file holds those of one matter and is imported here, in the order of `zhibu --help`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import Typer


def commands() -> Typer:
    """All of them; imported here, because a process that makes a file loads this module and uses none of them."""
    # isort: off
    # in the order of `zhibu --help`: what is needed first comes first
    from bot.cli import install, schemes, scoring, scheme_tables, imports, slips, serving, care  # noqa: F401
    from bot.cli import inbox, backup, channels  # noqa: F401

    # isort: on
    from bot.cli.frame import cli

    return cli


def main() -> None:
    """Entry of `zhibu`."""
    import gc
    import logging
    import os

    from bot.logs import log_from

    gc.set_threshold(50_000, 20, 20)  # what is loaded stays; looking through it took a tenth of the start
    os.umask(0o077)  # what is made here holds people's data
    log_from(logging.WARNING)
    commands()()
