"""What `--help` prints: the sentences that stand with the commands, in the reader's language."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from pydantic import ValidationError
from typer.core import TyperCommand, TyperGroup

from bot.config import Settings
from screens.texts import Say, words

F = TypeVar("F", bound=Callable[..., Any])
LEFT = 30


class WordedCommand(TyperCommand):
    """A command whose help is in the language of the settings."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Writes its help."""
        formatter.write(help_of(self, ctx, words(wished())))


class Commands(typer.Typer):
    """Commands of one matter; their docstrings and the help of their options are what `--help` says of them."""

    def command(self, name: str | None = None, **more: Any) -> Callable[[F], F]:
        """Registers a function as a command."""
        return super().command(name, **{"cls": WordedCommand, **more})


def wished() -> str:
    """The language of the settings, as far as they can be read."""
    try:
        return Settings().locale
    except (ValidationError, OSError, UnicodeDecodeError):
        return "zh_CN"


def help_of(command: TyperCommand | TyperGroup, ctx: Any, say: Say) -> str:
    """How a command is called, what it does, and what it takes."""
    pieces = _named(" ".join(command.collect_usage_pieces(ctx)))
    pieces = pieces.replace("COMMAND [ARGS]...", say("COMMAND ...")).replace("[OPTIONS]", say("[OPTIONS]"))
    lines = [say("Usage: {call}", call=f"{ctx.command_path} {pieces}")]
    lines += [told] if (told := _sentence(command.help, say)) else []
    if isinstance(command, TyperGroup):
        inside = [(name, command.commands[name].help) for name in command.list_commands(ctx)]
        lines += ["", say("Commands:"), *(_row(name, _sentence(told, say)) for name, told in inside)]
    params = [param for param in command.get_params(ctx) if "--help" not in param.opts]
    for title, kind in ((say("Arguments:"), "argument"), (say("Options:"), "option")):
        rows = [_row(*_told(param, ctx, say)) for param in params if param.param_type_name == kind]
        rows += [_row("--help", say("Say this and end."))] if kind == "option" else []
        lines += ["", title, *rows] if rows else []
    return "\n".join(lines) + "\n"


def _told(param: Any, ctx: Any, say: Say) -> tuple[str, str]:
    """How a parameter is written, and what it means."""
    name = "" if getattr(param, "is_flag", False) else f" {param.name.upper()}"
    argument = param.param_type_name == "argument"
    left = _named(" ".join(param.get_usage_pieces(ctx))) if argument else ", ".join(param.opts) + name
    told = _sentence(param.help, say)
    if told and param.default not in (None, "", False):
        told = say("{told} If none is given: {value}.", told=told, value=param.default)
    return left, told


def _named(pieces: str) -> str:
    """The library writes {file} for what people read as FILE."""
    return re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), pieces)


def _sentence(text: str | None, say: Say) -> str:
    return say(inspect.cleandoc(text)) if text else ""


def _row(left: str, told: str) -> str:
    return f"  {left:<{LEFT}}{told}".rstrip()
