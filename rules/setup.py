"""A new house as its file tells it: the organisation, its first administrator, its units, and how it is reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from rules.documents import Fault, Path
from rules.members import KIND_WORDS, MOST_UNIT_NAME, UnitLine, code_problems, kind_of, name_problems, read_tree
from rules.problems import Problem

ADDRESS = re.compile(r"https?://[^/\s]+/?")
BOT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,31}")
BOT_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")


class Administrator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first administrator; he invites the others."""

    code: str
    name: str


class Telegram(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bot as Telegram knows it; the token is a secret."""

    bot: str
    token: str


class HouseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new house; `units` is one line a unit, indented below its parent: code, kind (unless its name tells), name."""

    name: str
    administrator: Administrator
    code: str = "top"
    kind: str = ""
    units: str = ""
    timezone: str = "Asia/Shanghai"
    locale: Literal["zh_CN", "en"] = "zh_CN"
    public_url: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8000
    telegram: Telegram | None = None

    @property
    def top(self) -> UnitLine:
        """The unit above all others."""
        kind = KIND_WORDS.get(self.kind) or kind_of(self.name) or "committee"
        return UnitLine(0, self.code, kind, self.name, "")

    @property
    def tree(self) -> list[UnitLine]:
        """All units, each after its parent."""
        return [self.top, *read_tree(self.units, self.code)[0]]


def address_problems(text: str) -> list[Problem]:
    """What keeps a text from being the address people open; "" is the port of this machine."""
    return [] if not text or ADDRESS.fullmatch(text) else [Problem("address_unfit")]


def check(house: HouseFile) -> list[Fault]:
    """Everything in a house's file that cannot be, by place; a line of the tree counts from 1 within `units`."""
    return [Fault(path, problem) for path, problem in _problems(house)]


def _problems(house: HouseFile) -> Iterator[tuple[Path, Problem]]:
    checked: tuple[tuple[Path, list[Problem]], ...] = (
        (("name",), name_problems(house.name, MOST_UNIT_NAME)),
        (("code",), code_problems(house.code)),
        (("administrator", "code"), code_problems(house.administrator.code)),
        (("administrator", "name"), name_problems(house.administrator.name)),
        (("public_url",), address_problems(house.public_url)),
    )
    for path, problems in checked:
        for problem in problems:
            yield path, problem
    if house.kind and house.kind not in KIND_WORDS:
        yield ("kind",), Problem("unit_kind_unclear", {"name": house.kind})
    for line, problem in read_tree(house.units, house.code)[1]:
        yield ("units", line), problem
    if house.telegram is not None and not BOT_NAME.fullmatch(house.telegram.bot):
        yield ("telegram", "bot"), Problem("telegram_bot_unfit")
    if house.telegram is not None and not BOT_TOKEN.fullmatch(house.telegram.token):
        yield ("telegram", "token"), Problem("telegram_token_unfit")
