"""What a check of the channels finds: one thing that works, is missing, or is worth knowing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["ok", "missing", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, with its facts; its sentence stands in `screens.checks`."""

    code: str
    state: State
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found about one channel, or about the house; an `off` one is not set up, and misses nothing."""

    name: str
    findings: tuple[Finding, ...]
    off: bool = False

    @property
    def missing(self) -> int:
        """How many things are missing."""
        return sum(finding.state == "missing" for finding in self.findings)
