"""What checking a scheme finds: the place, the problem there, and whether the scheme can be used all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rules.problems import Problem


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding (检查结果): an error keeps the scheme from being used, a warning does not."""

    path: tuple[str | int, ...]
    problem: Problem
    severity: Literal["error", "warning"] = "error"

    @property
    def code(self) -> str:
        """The code of its problem."""
        return self.problem.code
