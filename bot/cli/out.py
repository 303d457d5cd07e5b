"""Where words go. What draws them is loaded with the first that need it: a house that serves says one plain line."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status


class Out:
    """The terminal, or the file the words are led to."""

    @cached_property
    def console(self) -> Console:
        """What draws tables and progress, and reads markup."""
        from rich.console import Console

        return Console(soft_wrap=True, highlight=False)

    def line(self, text: str) -> None:
        """Says a line as it is."""
        typer.echo(text)

    def print(self, *told: Any, **how: Any) -> None:
        """Says words, which may hold markup, or shows what is drawn."""
        self.console.print(*told, **how)

    def status(self, told: str) -> Status:
        """Says what goes on, until it is done."""
        return self.console.status(told)


out = Out()
