"""What things are called that a record knows by number or code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers.context import Context
from storage import lists, naming
from storage.naming import Thing

Key = tuple[str, str]
"""A kind of thing with its number or code, both as a form and a record have them."""
Names = Mapping[Key, Thing]
FILTERED = ("unit", "criterion", "announcement")
"""The filters of lists that stand for a thing of their name."""
LONGEST = 18  # digits


def names_of(context: Context, keys: Iterable[Key]) -> dict[Key, Thing]:
    """What each is called, asked once a kind; what is gone or was never there is left out."""
    ids: dict[str, set[int]] = {}
    for kind, number in keys:
        if kind in naming.NAMES and number.isascii() and number.isdigit() and len(number) <= LONGEST:
            ids.setdefault(kind, set()).add(int(number))
        elif kind == "criterion":
            ids.setdefault(kind, set())
    found: dict[Key, Thing] = {}
    for kind, wanted in ids.items():
        if kind == "criterion":
            found |= {(kind, code): Thing(name) for code, name in criteria(context).items()}
            continue
        for each, thing in naming.names(context.connection, kind, wanted).items():
            titled = thing if kind != "scheme_version" else thing._replace(name=context.version(each).scheme.title)
            found[kind, str(each)] = titled
    return found


def filtered(narrowed: Mapping[str, object]) -> set[Key]:
    """The things that the filters of a list stand for."""
    return {(name, str(value)) for name, value in narrowed.items() if name in FILTERED}


def criteria(context: Context) -> dict[str, str]:
    """Code → name of every criterion in the newest version of each rulebook."""
    named: dict[str, str] = {}
    for number in lists.scheme_texts(context.connection):
        named |= {each.code: each.name for each in context.version(number).scheme.criteria.values()}
    return named
