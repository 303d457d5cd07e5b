"""A scheme from its text, or everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rules.documents import Document, Fault, Place, Placed, examined, read
from rules.problems import Problem
from rules.schemes.checking import check
from rules.schemes.findings import Finding
from rules.schemes.mending import mended, untouched
from rules.schemes.scheme import Overlay, Scheme


@dataclass(frozen=True, slots=True)
class Judged:
    """A scheme's file: what it holds, None when it does not read, and everything that is wrong, by place."""

    found: Scheme | Overlay | None
    wrong: list[Placed]

    @property
    def errors(self) -> list[Placed]:
        """What keeps the file from being used."""
        return [each for each in self.wrong if each.severity == "error"]


def parse(text: bytes | str) -> Scheme | list[Problem]:
    """The scheme in a YAML file, or every problem that keeps it from being used; warnings do not."""
    document = read(text)
    found = examined(document, Scheme)
    if isinstance(found, list):
        return [_unreadable(document, fault) for fault in found]
    return [finding.problem for finding in check(found) if finding.severity == "error"] or found


def judge(document: Document) -> Judged:
    """Everything that is wrong in a scheme's file, or in one that adds to a scheme (`overlay`)."""
    added = isinstance(document.value, dict) and "overlay" in document.value
    found = examined(document, Overlay) if added else examined(document, Scheme)
    if isinstance(found, list):
        wrong = [Placed(document.place(fault), fault.path, fault.problem) for fault in found]
        rest = [] if added else _beside(document, found)
        return Judged(None, _in_order([*wrong, *_placed(document, rest)]))
    return Judged(found, _in_order(_placed(document, check(found) if isinstance(found, Scheme) else [])))


def _beside(document: Document, faults: list[Fault]) -> list[Finding]:
    """The contradictions in the parts of a scheme that have no fault."""
    scheme = mended(document.value, faults)
    return [] if scheme is None else untouched(check(scheme), faults)


def _placed(document: Document, findings: Iterable[Finding]) -> list[Placed]:
    return [Placed(_place(document, each), each.path, each.problem, each.severity) for each in findings]


def _place(document: Document, finding: Finding) -> Place:
    """What has no path stands where the code or name it speaks of stands."""
    if finding.path:
        return document.place_of(finding.path)
    named = [finding.problem.facts[name] for name in ("code", "name") if name in finding.problem.facts]
    return document.place_of_text(*named) if named else document.place_of(("grades",))


def _in_order(wrong: list[Placed]) -> list[Placed]:
    return sorted(wrong, key=lambda each: each.place)


def _unreadable(document: Document, fault: Fault) -> Problem:
    line, column = document.place(fault)
    facts = {"line": line, "column": column, "code": fault.problem.code, "facts": dict(fault.problem.facts)}
    return Problem("scheme_unreadable", facts)
