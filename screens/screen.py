"""A screen (界面): what every channel draws as well as it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Expects = Literal["text", "number", "evidence", "marks", "writing", "pin"]
"""What a question takes; "writing" is a text of any words, even those that begin like a command."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: pressing it makes the request."""

    label: str
    request: Any


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question that may be answered by typing: the answer fills `field` of the request."""

    request: Any
    field: str
    expects: Expects = "text"


@dataclass(frozen=True, slots=True)
class Screen:
    """Title, lines and choices; a picture (data address or path) and a link to a page where they help.

    `once` screens hold a secret: the stored reply keeps only that they were shown.
    """

    title: str
    lines: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    prompt: Prompt | None = None
    image: str | None = None
    link: str | None = None
    once: bool = False


Draw = Callable[[Callable[..., str], Any], Screen]
"""What makes an answer's screen: a function of the words and the answer."""
