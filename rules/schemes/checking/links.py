"""Circles between figures: what waits for itself can never be worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rules.schemes.checking.formulas import names_in
from rules.schemes.checking.outline import CriterionPlace, Outline, Path, error
from rules.schemes.checking.sites import sites_of
from rules.schemes.checking.worth import can_bring
from rules.schemes.findings import Finding
from rules.schemes.nodes import Node
from rules.schemes.scheme import Scheme
from rules.schemes.standing import standing


class Link(NamedTuple):
    """What a figure waits for: `level` says of whom (0 the same subject, 1 the unit above, -1 those below).

    `said` is how the file says it, nothing for what is not written but follows; `at` the place of it.
    """

    name: str
    level: int = 0
    said: str = ""
    at: Path = ()


Links = Mapping[str, tuple[Link, ...]]


def found_in(outline: Outline) -> Iterator[Finding]:
    """One finding for each place where figures begin to wait for one another."""
    links = _links(outline)
    same = {name: tuple(link for link in each if link.level == 0) for name, each in links.items()}
    told: set[str] = set()
    places: set[Path] = set()
    for name in links:
        way = () if name in told else _way(same, name, name)
        if way:
            told |= {name, *(link.name for link in way)}
            yield from _circle(places, name, way)
    levels = {link.level for each in links.values() for link in each}
    for name in links if {1, -1} <= levels else ():  # without both ways no circle can go up and come down
        way = () if name in told else _up_and_down(links, name)
        if way:
            told |= {name, *(link.name for link in way)}
            yield from _circle(places, name, way)


def _circle(places: set[Path], start: str, way: tuple[Link, ...]) -> Iterator[Finding]:
    """The circle at its first place; nothing where another circle was told at all of its places."""
    at = next((link.at for link in way if link.at and link.at not in places), None)
    if at is None:
        return
    places.add(at)
    head, _, code = start.partition(".")
    first = f"points.{code}" if head == "entries" else start
    said = [first, *(link.said for link in way[:-1] if link.said), way[-1].said or first]
    names = [name for index, name in enumerate(said) if not index or name != said[index - 1]]
    yield error(at, "scheme_formulas_circle", circle=" → ".join(names))


def _up_and_down(links: Links, start: str) -> tuple[Link, ...]:
    """A way from a figure back to itself that goes up to the unit above and down to those below."""
    around = {start} | {name for name in links if _way(links, start, name) and _way(links, name, start)}
    inside = [(name, link) for name in links if name in around for link in links[name] if link.name in around]
    up = next((each for each in inside if each[1].level == 1), None)
    down = next((each for each in inside if each[1].level == -1), None)
    if up is None or down is None:
        return ()
    (below, rise), (above, fall) = up, down
    return (
        *_between(links, start, below),
        rise,
        *_between(links, rise.name, above),
        fall,
        *_between(links, fall.name, start),
    )


def _between(links: Links, start: str, goal: str) -> tuple[Link, ...]:
    """The way between two figures; none is needed when they are one."""
    return () if start == goal else _way(links, start, goal)


def _way(links: Links, start: str, goal: str) -> tuple[Link, ...]:
    """The shortest way from a figure to another (or back to itself), nothing when there is none."""
    waiting: list[tuple[str, tuple[Link, ...]]] = [(start, ())]
    seen: set[str] = set()
    for name, way in waiting:
        for link in links.get(name, ()):
            if link.name == goal:
                return (*way, link)
            if link.name not in seen:
                seen.add(link.name)
                waiting.append((link.name, (*way, link)))
    return ()


def _links(outline: Outline) -> Links:
    found: dict[str, list[Link]] = {}
    for place in outline.nodes:
        found.setdefault(f"node.{place.code}", []).extend(_inner(place.node))
    if outline.scheme.total.formula is None:
        found["total"] = [Link(f"node.{node.code}", 0, f"node.{node.code}") for node in _counted(outline.scheme.nodes)]
    for site in sites_of(outline):
        if site.owner:
            named = [_named(name, site.path) for name in names_in(site.formula)]
            found.setdefault(site.owner, []).extend(named)
    for at in outline.criteria:
        for name, link in _of_criterion(outline.scheme, at):
            found.setdefault(name, []).append(link)
    return {name: tuple(dict.fromkeys(links)) for name, links in found.items()}


def _of_criterion(scheme: Scheme, at: CriterionPlace) -> Iterator[tuple[str, Link]]:
    """A criterion waits for its entries, for what competes or is capped with it, and for what lifts or suspends it."""
    criterion, code = at.criterion, at.criterion.code
    yield f"points.{code}", Link(f"count.{code}" if criterion.pool is None else f"pool.{criterion.pool}")
    yield f"sum.{code}", Link(f"count.{code}")
    yield f"count.{code}", Link(f"entries.{code}" if criterion.group is None else f"group.{criterion.group}")
    yield f"pool.{criterion.pool}", Link(f"count.{code}")
    yield f"group.{criterion.group}", Link(f"entries.{code}")
    for index, lifted in enumerate(criterion.lifts):
        yield f"entries.{lifted}", Link(f"entries.{code}", 0, f"points.{code}", (*at.path, "lifts", index))
    for index, suspension in enumerate(scheme.suspend):
        if not standing(criterion.value) and can_bring(criterion, suspension.sign):
            yield f"entries.{code}", Link(f"suspend.{index}", 0, "suspend")


def _inner(node: Node) -> list[Link]:
    """What a category adds up; where a formula stands in place of that, what is added after it or sets it to zero."""
    replaced = node.formula is not None
    names = [f"node.{each.code}" for each in _counted(node.nodes) if not replaced or each.counts == "outside"]
    names += [f"points.{each.code}" for each in node.criteria if not replaced or each.value.zeroes]
    return [Link(name, 0, name) for name in names]


def _counted(nodes: tuple[Node, ...]) -> list[Node]:
    return [node for node in nodes if node.counts != "aside"]


def _named(name: str, at: Path) -> Link:
    """A name of a formula as a link; several levels up, or down, are as one."""
    rest, level = name, 0
    while (first := rest.partition(".")[0]) in ("unit", "children") and "." in rest:
        level += 1 if first == "unit" else -1
        rest = rest.partition(".")[2]
    return Link(rest, (level > 0) - (level < 0), name, at)
