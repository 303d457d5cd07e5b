"""A scheme from its text, or every problem that keeps it from being used."""

from __future__ import annotations

import msgspec

from rules.problems import Problem
from rules.schemes.checking import check
from rules.schemes.scheme import Scheme


def parse(text: bytes | str) -> Scheme | list[Problem]:
    """The scheme in a YAML file, or every problem that keeps it from being used; warnings do not."""
    try:
        scheme = msgspec.yaml.decode(text, type=Scheme)
    except msgspec.DecodeError as error:
        return [Problem("scheme_unreadable", {"detail": str(error)})]
    return [finding.problem for finding in check(scheme) if finding.severity == "error"] or scheme
