"""A document held against a type: every place where it does not fit, not the first."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from itertools import islice
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from rules.documents.building import MOST_FAULTS
from rules.documents.document import Document, Fault, Path
from rules.documents.scalars import NUMBER, number_problems
from rules.problems import Problem, Unfit

T = TypeVar("T")
DAYS = (datetime.datetime, datetime.date)
HOLDING = (Mapping, list)


def fitted(value: Any, kind: type[T]) -> T | list[Fault]:
    """The value as its type, or every fault in it, as far as anybody reads them."""
    found = list(islice(faults(value, kind), MOST_FAULTS))
    if len(found) == MOST_FAULTS:
        found[-1] = Fault(found[-1].path, Problem("document_faults_many", {"most": MOST_FAULTS}))
    if found:
        return found
    try:
        return msgspec.convert(value, kind, builtin_types=DAYS)
    except msgspec.ValidationError as error:
        return [Fault((), _problem(error, kind))]


def examined(document: Document, kind: type[T]) -> T | list[Fault]:
    """A document as its type, or everything that is wrong with how it is written and what it holds, in its order."""
    if document.value is None:
        return document.faults
    found = fitted(document.value, kind)
    if isinstance(found, list):
        faults = [*document.faults, *document.seen(found)]
        return sorted(faults, key=document.place)
    return document.faults or found


def faults(value: Any, kind: Any, path: Path = ()) -> Iterator[Fault]:
    """Every place where the value does not fit."""
    kind = _meant(value, kind)
    bare = _bare(kind)
    if _is_struct(bare) and isinstance(value, Mapping):
        yield from _of_struct(value, bare, path)
    elif get_origin(bare) is dict and isinstance(value, Mapping):
        yield from _of_mapping(value, kind, path)
    elif get_origin(bare) is tuple and isinstance(value, list):
        yield from _of_list(value, kind, path)
    else:
        yield from _of_value(value, kind, path)


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _meant(value: Any, kind: Any) -> Any:
    """Of several types the one that is meant: for fields with values, a list or a plain value."""
    if get_origin(_bare(kind)) not in (Union, UnionType) or value is None:
        return kind
    others = [each for each in get_args(_bare(kind)) if each is not NoneType]
    if len(others) == 1:
        return others[0]
    if isinstance(value, HOLDING):
        return next((each for each in others if _holds(each, value)), kind)
    plain = [each for each in others if not _holds(each, {}) and not _holds(each, [])]
    return plain[0] if plain == [Decimal] else kind


def _holds(kind: Any, value: Any) -> bool:
    kind = _bare(kind)
    if isinstance(value, list):
        return get_origin(kind) is tuple
    return get_origin(kind) is dict or _is_struct(kind)


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _of_struct(value: Mapping[str, Any], kind: type[msgspec.Struct], path: Path) -> Iterator[Fault]:
    """A value that contradicts itself is told beside what is wrong within it, unless its plain fields are wrong."""
    fields = _fields(kind)
    sound = True
    kept = {}
    for name, each in value.items():
        if name not in fields:
            sound = False
            yield Fault((*path, name), Problem("document_field_unknown", {"field": name, "known": list(fields)}))
            continue
        found = list(faults(each, fields[name].type, (*path, name)))
        yield from found
        if not found:
            kept[name] = each
        elif not isinstance(each, HOLDING) or fields[name].required:
            sound = False
    for name, field in fields.items():
        if field.required and name not in value:
            sound = False
            yield Fault(path, Problem("document_field_missing", {"field": name}))
    if sound and hasattr(kind, "__post_init__"):
        yield from _of_value(kept, kind, path)


def _of_mapping(value: Mapping[str, Any], kind: Any, path: Path) -> Iterator[Fault]:
    name_kind, inner = get_args(_bare(kind))
    found = False
    for name, each in value.items():
        for fault in (*_of_value(name, name_kind, (*path, name)), *faults(each, inner, (*path, name))):
            found = True
            yield fault
    if not found and kind is not _bare(kind):
        yield from _of_value(value, kind, path)


def _of_list(value: list[Any], kind: Any, path: Path) -> Iterator[Fault]:
    kinds = get_args(_bare(kind))
    if kinds[-1:] == (...,):
        kinds = kinds[:1] * len(value)
    elif len(kinds) != len(value):
        yield Fault(path, Problem("document_length", {"length": str(len(kinds))}))
        return
    found = False
    for index, (each, inner) in enumerate(zip(value, kinds, strict=True)):
        for fault in faults(each, inner, (*path, index)):
            found = True
            yield fault
    if not found and kind is not _bare(kind):
        yield from _of_value(value, kind, path)


def _of_value(value: Any, kind: Any, path: Path) -> Iterator[Fault]:
    if _bare(kind) is Decimal and isinstance(value, str) and not NUMBER.fullmatch(value):
        # Decimal itself takes far more than people write.
        yield Fault(path, Problem("document_type", {"expected": "decimal", "got": "str"}))
        return
    try:
        msgspec.convert(value, kind, builtin_types=DAYS)
    except msgspec.ValidationError as error:
        yield Fault(path, _problem(error, kind))
        return
    if (isinstance(value, int | Decimal) and not isinstance(value, bool)) or _bare(kind) is Decimal:
        yield from (Fault(path, problem) for problem in number_problems(value))


def _problem(error: msgspec.ValidationError, kind: Any) -> Problem:
    if isinstance(error.__cause__, Unfit):
        return error.__cause__.problem
    if get_origin(kind) is Literal:
        return Problem("document_choice", {"choices": "、".join(map(str, get_args(kind)))})
    for pattern, problem in MESSAGES:
        if found := pattern.search(str(error)):
            return problem(*found.groups())
    return Problem("document_value", {})


# What msgspec says → the problem, the first that fits.
MESSAGES: tuple[tuple[re.Pattern[str], Callable[..., Problem]], ...] = (
    (
        re.compile(r"Expected `([^`]+)`, got `([^`]+)`"),
        lambda expected, got: Problem("document_type", {"expected": expected, "got": got}),
    ),
    (
        re.compile(r"Expected `str` of length (.+?)(?: - at .*)?$"),
        lambda length: Problem("document_text_length", {"length": length}),
    ),
    (
        re.compile(r"Expected `(?:array|object)` of length (.+?)(?: - at .*|, got .*)?$"),
        lambda length: Problem("document_length", {"length": length}),
    ),
    (re.compile("matching regex"), lambda: Problem("document_pattern")),
    (re.compile(r"Expected `[^`]+` (.+?)(?: - at .*)?$"), lambda bound: Problem("document_bound", {"bound": bound})),
)
