"""Something wrong at a place of a file that somebody wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rules.documents.document import Path, Place
from rules.problems import Problem


@dataclass(frozen=True, slots=True)
class Placed:
    """Something wrong in a file: where, and whether the file can be used all the same."""

    place: Place
    path: Path
    problem: Problem
    severity: Literal["error", "warning"] = "error"
