"""Versions of a scheme: what a lower unit adds, what an older version knew, and what a new one would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.problems import Problem
from rules.schemes.criteria import Criterion
from rules.schemes.findings import Finding
from rules.schemes.nodes import Node
from rules.schemes.scheme import Overlay, Scheme
from rules.schemes.values import Value

if TYPE_CHECKING:
    from rules.scoring.result import Score


def with_overlay(scheme: Scheme, overlay: Overlay) -> Scheme | list[Finding]:
    """The scheme with what a unit adds to it, or every place where the unit goes beyond what it may."""
    found = [*_wrong_scheme(scheme, overlay), *_beyond(scheme, overlay)]
    if found:
        return found
    title = f"{scheme.title} · {overlay.title}"
    return replace(scheme, title=title, nodes=tuple(_added(node, overlay.add) for node in scheme.nodes))


def _wrong_scheme(scheme: Scheme, overlay: Overlay) -> list[Finding]:
    if (overlay.overlay, overlay.version) == (scheme.scheme, scheme.version):
        return []
    facts = {"scheme": overlay.overlay, "version": overlay.version, "given": f"{scheme.scheme} {scheme.version}"}
    return [Finding(("overlay",), Problem("overlay_of_another", facts))]


def _beyond(scheme: Scheme, overlay: Overlay) -> Iterable[Finding]:
    for code, criteria in overlay.add.items():
        node = scheme.every_node.get(code)
        if node is None:
            yield Finding(("add", code), Problem("overlay_category_unknown", {"name": code}))
            continue
        local = node.local
        if local is None:
            yield Finding(("add", code), Problem("overlay_not_allowed", {"category": node.name}))
            continue
        if len(criteria) > local.most:
            facts = {"category": node.name, "most": local.most, "count": len(criteria)}
            yield Finding(("add", code), Problem("overlay_too_many", facts))
        for index, criterion in enumerate(criteria):
            if criterion.code in scheme.criteria:
                yield Finding(("add", code, index, "code"), Problem("scheme_code_twice", {"code": criterion.code}))
            worth = most_of(criterion.value)
            if worth is None or worth > local.points:
                facts = {"name": criterion.name, "most": str(local.points)}
                yield Finding(("add", code, index, "value"), Problem("overlay_too_much", facts))


def most_of(value: Value) -> Decimal | None:
    """The most one occurrence is worth, without sign; None where the value does not say it beforehand."""
    if value.fixed is not None:
        return value.fixed
    if value.options is not None:
        return max((abs(points) for points in value.options.values()), default=Decimal(0))
    if value.range is not None:
        return max(abs(value.range.least), abs(value.range.most))
    return value.points if value.per is not None and not value.brackets else None


def _added(node: Node, added: Mapping[str, tuple[Criterion, ...]]) -> Node:
    inner = tuple(_added(each, added) for each in node.nodes)
    return replace(node, nodes=inner, criteria=node.criteria + added.get(node.code, ()))


def carried(newest: Scheme, older: Iterable[Scheme]) -> Scheme:
    """The newest version with the criteria it dropped, so that entries judged under an older one keep their rule.

    A dropped criterion stays in its category; a category the newest version has no more comes along, with those alone.
    """
    scheme = newest
    for other in older:
        missing = {code for code in other.criteria if code not in scheme.criteria}
        if not missing:
            continue
        gone: dict[str, tuple[Criterion, ...]] = {}
        lost: list[Node] = []
        for node in other.categories:
            kept = tuple(each for each in node.criteria if each.code in missing)
            if kept and node.code in scheme.every_node:
                gone[node.code] = kept
            elif kept:
                lost.append(replace(node, criteria=kept, nodes=()))
        scheme = replace(scheme, nodes=(*(_added(node, gone) for node in scheme.nodes), *lost))
    return scheme


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version makes of one subject: total and grade before and after."""

    before: Decimal
    after: Decimal
    grade_before: str | None
    grade_after: str | None


def changes(before: Mapping[int | str, Score], after: Mapping[int | str, Score]) -> dict[int | str, Change]:
    """The subjects whose total or grade differs; who is on one side only counts as nothing on the other."""
    found = {}
    for subject in {**before, **after}:
        old, new = before.get(subject), after.get(subject)
        change = Change(
            old.total if old else Decimal(0),
            new.total if new else Decimal(0),
            old.grade if old else None,
            new.grade if new else None,
        )
        if (change.before, change.grade_before) != (change.after, change.grade_after):
            found[subject] = change
    return found
