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


class Unfit(ValueError):
    """Raised where a document is read into a value that contradicts itself: msgspec hands on a ValueError only."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(f"{code} {facts}")
        self.problem = Problem(code, facts)
