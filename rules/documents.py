"""A document (a YAML file as plain values) held against a type: every place where it does not fit, not the first."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from rules.problems import Problem, Unfit

T = TypeVar("T")
Path = tuple[str | int, ...]
TYPES = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
BOUND = re.compile(r"Expected `[^`]+` (.+?)(?: - at .*)?$")
DAYS = (datetime.datetime, datetime.date)


@dataclass(frozen=True, slots=True)
class Fault:
    """One place of a document and what is wrong there."""

    path: Path
    problem: Problem


def fitted(value: Any, kind: type[T]) -> T | list[Fault]:
    """The value as its type, or every fault in it."""
    found = list(faults(value, kind))
    return found or msgspec.convert(value, kind, builtin_types=DAYS)


def faults(value: Any, kind: Any, path: Path = ()) -> Iterator[Fault]:
    """Every place where the value does not fit; a place that holds others is only judged when those fit."""
    kind = _chosen(value, kind)
    within = []
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, Mapping):
        within = list(_of_struct(value, kind, path))
    elif get_origin(kind) is tuple and isinstance(value, list):
        within = [
            fault for index, each in enumerate(value) for fault in faults(each, get_args(kind)[0], (*path, index))
        ]
    yield from within
    if not within:
        yield from _of_value(value, kind, path)


def _chosen(value: Any, kind: Any) -> Any:
    """Of `T | None` the part that is meant."""
    if get_origin(kind) not in (Union, UnionType) or value is None:
        return kind
    others = [each for each in get_args(kind) if each is not NoneType]
    return others[0] if len(others) == 1 else kind


def _of_struct(value: Mapping[Any, Any], kind: type[msgspec.Struct], path: Path) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in value.keys() - fields.keys():
        yield Fault((*path, name), Problem("document_field_unknown", {"field": str(name), "known": "、".join(fields)}))
    for name, field in fields.items():
        if name in value:
            yield from faults(value[name], field.type, (*path, name))
        elif field.required:
            yield Fault(path, Problem("document_field_missing", {"field": name}))


def _of_value(value: Any, kind: Any, path: Path) -> Iterator[Fault]:
    try:
        msgspec.convert(value, kind, builtin_types=DAYS)
    except msgspec.ValidationError as error:
        yield Fault(path, _problem(error, kind))


def _problem(error: msgspec.ValidationError, kind: Any) -> Problem:
    if isinstance(error.__cause__, Unfit):
        return error.__cause__.problem
    if get_origin(kind) is Literal:
        return Problem("document_choice", {"choices": "、".join(map(str, get_args(kind)))})
    if types := TYPES.search(str(error)):
        return Problem("document_type", {"expected": types[1], "got": types[2]})
    if bound := BOUND.search(str(error)):
        return Problem("document_bound", {"bound": bound[1]})
    return Problem("document_value", {})
