"""The Bot API as its published description has it: reads the parameters of a call and names what does not fit."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DESCRIPTION = Path(__file__).with_name("telegram-bot-api.json")
ARRAY = "Array of "
RANGE = re.compile(r"\b(\d+)-(\d+) (characters|bytes)")
WHOLE = re.compile(r"-?\d{1,18}")
TRUTHS = {"true": True, "false": False, "1": True, "0": False}
ATTACHED = "attach://"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a method or a part of a type."""

    types: tuple[str, ...]
    required: bool
    least: int
    most: int | None
    unit: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A method or a type; a type with subtypes is one of them."""

    fields: dict[str, Field]
    subtypes: tuple[str, ...]


@cache
def shapes() -> tuple[dict[str, Shape], dict[str, Shape]]:
    """Methods and types by name."""
    written = json.loads(DESCRIPTION.read_text("utf-8"))
    methods = {name: _shape(each) for name, each in written["methods"].items()}
    return methods, {name: _shape(each) for name, each in written["types"].items()}


def _shape(written: dict[str, Any]) -> Shape:
    fields = {each["name"]: _field(each) for each in written.get("fields", ())}
    return Shape(fields, tuple(written.get("subtypes", ())))


def _field(written: dict[str, Any]) -> Field:
    found = RANGE.search(written["description"])
    if found is None or "pars" in written["description"]:  # what is counted after parsing, the methods count
        return Field(tuple(written["types"]), written["required"], 0, None, "")
    return Field(tuple(written["types"]), written["required"], int(found[1]), int(found[2]), found[3])


def exists(method: str) -> bool:
    """Whether the Bot API has the method."""
    return method in shapes()[0]


def read(method: str, raw: dict[str, Any], uploads: dict[str, Upload]) -> tuple[dict[str, Any], list[str]]:
    """The parameters of a call with their types, and a sentence for each that the description does not allow."""
    fields = shapes()[0][method].fields
    given: dict[str, Any] = {}
    faults = [f"{name}: {method} has no such parameter" for name in raw if name not in fields]
    for name, value in raw.items():
        if name in fields:
            given[name] = _typed(value, fields[name].types, uploads)
    used = {value.removeprefix(ATTACHED) for value in raw.values() if isinstance(value, str)}
    for name, upload in uploads.items():
        if name in fields:
            given[name] = upload
        elif name not in used and not any(name in str(value) for value in raw.values()):
            faults.append(f"{name}: {method} has no such parameter")
    return given, faults + _of_fields(fields, given, "")


def wrong(name: str, value: Any) -> list[str]:
    """What does not fit in a value of a type: an update, for example."""
    return fits((name,), value, name)


def _typed(value: Any, types: tuple[str, ...], uploads: dict[str, Upload]) -> Any:
    """A form knows only text: the description says what is meant."""
    if not isinstance(value, str):
        return value
    if "InputFile" in types and value.startswith(ATTACHED):
        return uploads.get(value.removeprefix(ATTACHED), value)
    if "Integer" in types and WHOLE.fullmatch(value):
        return int(value)
    if "Boolean" in types and value.lower() in TRUTHS:
        return TRUTHS[value.lower()]
    if "String" in types:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _of_fields(fields: dict[str, Field], given: dict[str, Any], where: str) -> list[str]:
    faults = [f"{where}{name}: is required" for name, each in fields.items() if each.required and name not in given]
    for name, value in given.items():
        if name not in fields:
            faults.append(f"{where}{name}: there is no such field")
        else:
            faults += fits(fields[name].types, value, where + name) or _length(fields[name], value, where + name)
    return faults


def _length(field: Field, value: Any, where: str) -> list[str]:
    if field.most is None or not isinstance(value, str):
        return []
    length = len(value.encode()) if field.unit == "bytes" else units(value)
    if field.least <= length <= field.most:
        return []
    return [f"{where}: {length} {field.unit}, allowed are {field.least}-{field.most}"]


def fits(types: tuple[str, ...], value: Any, where: str) -> list[str]:
    """The sentences of that type which fits best."""
    best: list[str] | None = None
    for name in types:
        faults = _fits_one(name, value, where)
        if not faults:
            return []
        best = faults if best is None or len(faults) < len(best) else best
    return best or [f"{where}: fits nothing"]


def _fits_one(name: str, value: Any, where: str) -> list[str]:
    if name.startswith(ARRAY):
        if not isinstance(value, list):
            return [f"{where}: is not a list"]
        inner = (name.removeprefix(ARRAY),)
        return [fault for index, each in enumerate(value) for fault in fits(inner, each, f"{where}[{index}]")]
    if name in SCALARS:
        return [] if isinstance(value, SCALARS[name]) and _exactly(name, value) else [f"{where}: is not of type {name}"]
    shape = shapes()[1][name]
    if shape.subtypes:
        return fits(shape.subtypes, value, where)
    if not isinstance(value, dict):
        return [f"{where}: is not of type {name}"]
    return _of_fields(shape.fields, value, f"{where}.")


def _exactly(name: str, value: Any) -> bool:
    if name == "True":
        return value is True
    return isinstance(value, bool) == (name == "Boolean")


SCALARS: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
    "InputFile": (Upload,),
}


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
