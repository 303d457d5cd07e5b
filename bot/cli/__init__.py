"""The commands: each file holds those of one matter, and only the file of the command that was called is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import Typer

FILES: dict[str, tuple[str, ...]] = {
    "init": ("install",),
    "slips": ("slips",),
    "demo": ("serving",),
    "run": ("serving",),
    "backup": ("backup",),
    "restore": ("backup",),
    "invite": ("care",),
    "verify": ("care",),
    "status": ("care",),
    "simulate": ("simulate",),
    "scheme": ("schemes", "scoring", "scheme_tables"),
    "tasks": ("tasks", "task_issue"),
    "import": ("imports",),
    "inbox": ("inbox",),
    "channels": ("channels",),
}
"""Command → its files, in the order of `zhibu --help`: what is needed first comes first, groups last."""


def commands(called: str = "") -> Typer:
    """Those beside the one that is called; all of them when it is none of them, as for `--help`.

    Imported here, because a process that makes a file loads this module and uses none of them.
    """
    from importlib import import_module

    from bot.cli.frame import cli

    files = FILES.get(called) or dict.fromkeys(file for each in FILES.values() for file in each)
    for file in files:
        import_module(f"bot.cli.{file}")
    return cli


def main() -> None:
    """Entry of `zhibu`."""
    import gc
    import logging
    import os
    import sys

    from bot.logs import log_from

    gc.set_threshold(300_000, 20, 20)  # what is loaded stays, 200,000 things; looking through it took time of the start
    os.umask(0o077)  # what is made here holds people's data
    log_from(logging.WARNING)
    commands(*sys.argv[1:2])()
