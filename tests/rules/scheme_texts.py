"""Small scheme files for the checks, and what is found in them."""

from __future__ import annotations

from rules.documents import fitted
from rules.schemes import Scheme, check
from tests.texts import values_of

HEAD = 'scheme: s\nversion: "1"\ntitle: 办法\n'
Row = tuple[str, tuple[str | int, ...], str]


def criterion(value: str = "{fixed: 1}", rest: str = "", code: str = "B1", name: str = "服务") -> str:
    """A criterion on one line."""
    return f"{{code: {code}, name: {name}, value: {value}, {rest}}}"


def one(*criteria: str, node: str = "", rest: str = "") -> str:
    """A scheme of one category."""
    return f"{HEAD}nodes: [{{code: A, name: 甲, {node} criteria: [{', '.join(criteria)}]}}]\n{rest}"


def nodes(*written: str, rest: str = "") -> str:
    """A scheme of these categories."""
    return f"{HEAD}nodes: [{', '.join(written)}]\n{rest}"


def read(text: str) -> Scheme:
    """A scheme that is read and not yet checked."""
    scheme = fitted(values_of(text), Scheme)
    assert isinstance(scheme, Scheme), scheme
    return scheme


def found(text: str) -> list[Row]:
    """What checking a scheme finds: code, path, severity."""
    return [(finding.code, finding.path, finding.severity) for finding in check(read(text))]
