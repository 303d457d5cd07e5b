"""A refusal is a value: a code and the facts its sentence needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something is not accepted (不通过原因); `screens.problems` has the sentence for each code."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
