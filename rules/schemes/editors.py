"""The scheme language as a JSON Schema, for editors that complete and mark while a rulebook is written."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from rules.schemes.scheme import Scheme

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of a rulebook's file; the types' docstrings are its descriptions."""
    found: dict[str, Any] = _as_written(msgspec.json.schema(Scheme))
    return {"$schema": DIALECT, "title": "Zhibu scheme.yaml", **found}


def _as_written(part: Any) -> Any:
    """A decimal is written as a number; what a part that is left out consists of, stands with that part."""
    if isinstance(part, list):
        return [_as_written(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _as_written(each) for name, each in part.items()}
    if isinstance(part.get("default"), dict):
        del kept["default"]
    if part.get("format") == "decimal":
        del kept["format"]
        kept["type"] = "number"
        if "default" in part:
            kept["default"] = json.loads(part["default"])
    return kept
