"""What is wrong in a call, in words: an option, a file, a setting."""

from __future__ import annotations

import errno
import re
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup
from typer.exceptions import TyperException

from bot.cli.help import help_of, wished
from bot.cli.out import out
from bot.config import FILE
from screens.texts import Say, words

REASONS: dict[int, Callable[[Say], str]] = {
    errno.ENOENT: lambda say: say("there is no such file or folder"),
    errno.EACCES: lambda say: say("this user has no right to it"),
    errno.EPERM: lambda say: say("this user has no right to it"),
    errno.EISDIR: lambda say: say("it is a folder"),
    errno.ENOTDIR: lambda say: say("it is not in a folder"),
    errno.EROFS: lambda say: say("the disk can only be read"),
    errno.ENOSPC: lambda say: say("the disk is full"),
    errno.ENAMETOOLONG: lambda say: say("the name is too long"),
}
# the settings' own reasons, then those of pydantic that the settings' types can give
SETTINGS: dict[str, Callable[[Say, Mapping[str, Any]], str]] = {
    "timezone_unknown": lambda say, f: say("No time zone has this name. For example: Asia/Shanghai."),
    "address_unfit": lambda say, f: say(
        "An address looks like https://zhibu.example.cn: http or https, a host name, no path."
    ),
    "telegram_bot_unfit": lambda say, f: say("The bot's name is what follows the @: letters, digits and _, 5 to 32."),
    "basis_unfit": lambda say, f: say(
        "say which assessment, consent or export path it is, who decided and when: at least {least} characters", **f
    ),
    "database_unserved": lambda say, f: say(
        "give sqlite:///FILE or {form}; leave it empty for the data folder", form=f["form"]
    ),
    "database_unfit": lambda say, f: say(
        "give it as {form}; inside the password write @ : / # and the percent sign as %40 %3A %2F %23 %25",
        form=f["form"],
    ),
    "secret_unfit": lambda say, f: say("webhook mode needs a secret of 16 to 256 letters, digits, _ or -"),
    "api_unfit": lambda say, f: say("give the address the platform is asked at, beginning with https://"),
    "template_unfit": lambda say, f: say("give the template's id, or id and fields as ID:thing1,thing2,time3"),
    "account_half": lambda say, f: say("the account is only half set up: give {missing}, too", **f),
    "aes_key_unfit": lambda say, f: say("{name} is the EncodingAESKey of the platform: 43 letters and digits", **f),
    "keep_unfit": lambda say, f: say("give days/weeks/months, for example 7/4/12; at least one day"),
    "int_parsing": lambda say, f: say("give a whole number"),
    "less_than_equal": lambda say, f: say("give a whole number from 0 to {most}", most=f["le"]),
    "greater_than_equal": lambda say, f: say("give a whole number from {least} on", least=f["ge"]),
    "literal_error": lambda say, f: say(
        "give one of: {choices}", choices=", ".join(re.findall("'(.*?)'", f["expected"]))
    ),
    "extra_forbidden": lambda say, f: say("{file} has no setting of this name; correct or delete it", file=FILE),
}

# why a database server cannot be used; the facts name host, port, user and database, never the password
SERVER: dict[str, Callable[[Say, Mapping[str, Any]], str]] = {
    "no_answer": lambda say, f: say("it does not answer. Does it run there, and may this machine reach it?"),
    "not_let_in": lambda say, f: say("it does not let the user “{user}” in. Check name and password.", **f),
    "no_database": lambda say, f: say("it has no database “{database}”. Make it first (docs/postgres.md).", **f),
    "no_right": lambda say, f: say("the user “{user}” may not make tables in “{database}”. Make it the owner.", **f),
    "wrong_encoding": lambda say, f: say("the database “{database}” must be made with ENCODING 'UTF8'.", **f),
    "not_encrypted": lambda say, f: say("the encrypted connection fails. Check sslmode and sslrootcert."),
    "full": lambda say, f: say("it takes no more connections. See max_connections."),
}


def server_problem(say: Say, code: str, facts: Mapping[str, Any]) -> str:
    """Why a database server cannot be used, and where it was looked for."""
    told = SERVER[code](say, facts) if code in SERVER else say("its own log says why.")
    where = say("PostgreSQL on {host}, port {port}, cannot be used (ZHIBU_DATABASE_URL)", **facts)
    return say("{where}: {told}", where=where, told=told)


def reason(say: Say, error: OSError) -> str:
    """Why a file or folder cannot be used; what is not known here is left as the system says it."""
    if isinstance(error, socket.gaierror):
        return say("no machine has this name")
    known = REASONS.get(error.errno or 0)
    return known(say) if known is not None else str(error.strerror or error)


def settings_problems(error: ValidationError) -> list[str]:
    """A sentence for each setting that is wrong, in the default language: which one is wished may be what is wrong."""
    say = words("zh_CN")
    told = []
    for each in error.errors(include_url=False, include_input=False):
        name = "_".join(str(part) for part in each["loc"]).upper().removeprefix("ZHIBU_")
        worded = SETTINGS.get(each["type"])
        text = say("this value does not fit") if worded is None else worded(say, each.get("ctx", {}))
        told.append(say("ZHIBU_{name}: {told}", name=name, told=text) if name else text)
    return told


def call_problem(say: Say, error: TyperException) -> str:
    """What is wrong in how a command was called."""
    context = getattr(error, "ctx", None)
    facts = {"command": "zhibu" if context is None else context.command_path}
    if hasattr(error, "option_name"):
        facts["option"] = error.option_name
        if hasattr(error, "possibilities"):
            return say("There is no option {option}. See: {command} --help", **facts)
        return say("The option {option} needs a value. See: {command} --help", **facts)
    param = getattr(error, "param", None)
    if param is None:
        return say("There is no such command, or too much was given. See: {command} --help", **facts)
    facts["option"] = next((each for each in param.opts if each.startswith("-")), (param.metavar or param.name).upper())
    if hasattr(error, "param_type"):
        return say("{option} is missing. See: {command} --help", **facts)
    return say("The value of {option} does not fit. See: {command} --help", **facts)


class Worded(TyperGroup):
    """The commands; a wrong call ends with a sentence and 2, Ctrl+C at a question with 1."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Writes the help of all of them."""
        formatter.write(help_of(self, ctx, words(wished())))

    def main(  # type: ignore[override]  # the library's own has more that is never given by name
        self, args: Any = None, prog_name: Any = None, *, standalone_mode: bool = True, **extra: Any
    ) -> Any:
        """Runs a command."""
        say = words(wished())
        try:
            code = super().main(args, prog_name, standalone_mode=False, **extra)
        except TyperException as error:
            if type(error).__name__ == "NoArgsIsHelpError":
                out.print(error.message, markup=False, end="")
            else:
                out.print(call_problem(say, error), markup=False)
            code = error.exit_code
        except typer.Abort:
            out.print("\n" + say("Ended; nothing was changed."))
            code = 1
        if not standalone_mode:
            return code
        sys.exit(code or 0)
