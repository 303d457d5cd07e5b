"""Circles between figures: what waits for itself can never be worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rules.schemes.checking.formulas import names_in
from rules.schemes.checking.outline import Outline, Path, error
from rules.schemes.checking.sites import sites_of
from rules.schemes.findings import Finding
from rules.schemes.nodes import Node


class Link(NamedTuple):
    """What a figure waits for: `level` says of whom (0 the same subject, 1 the unit above, -1 those below)."""

    name: str
    level: int
    said: str


Links = Mapping[str, tuple[Link, ...]]


def found_in(outline: Outline) -> Iterator[Finding]:
    """One finding for each set of figures that wait for one another."""
    places = _places(outline)
    links = _links(outline)
    same = {name: tuple(link for link in each if link.level == 0) for name, each in links.items()}
    told: set[str] = set()
    for name in links:
        way = () if name in told else _way(same, name, name)
        if way:
            told |= {name, *(link.name for link in way)}
            yield _circle(places, name, way)
    levels = {link.level for each in links.values() for link in each}
    for name in links if {1, -1} <= levels else ():  # without both ways no circle can go up and come down
        way = () if name in told else _up_and_down(links, name)
        if way:
            told |= {name, *(link.name for link in way)}
            yield _circle(places, name, way)


def _circle(places: dict[str, Path], start: str, way: tuple[Link, ...]) -> Finding:
    names = [start, *(link.said for link in way)]
    at = next((places[name] for name in (start, *(link.name for link in way)) if name in places), ("nodes",))
    return error(at, "scheme_formulas_circle", circle=" → ".join(names))


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
            found.setdefault(site.owner, []).extend(_named(name) for name in names_in(site.formula))
    return {name: tuple(dict.fromkeys(links)) for name, links in found.items()}


def _inner(node: Node) -> list[Link]:
    """What a category adds up, unless a formula stands in place of that."""
    if node.formula is not None:
        return []
    names = [f"node.{inner.code}" for inner in _counted(node.nodes)]
    names += [f"points.{criterion.code}" for criterion in node.criteria]
    return [Link(name, 0, name) for name in names]


def _counted(nodes: tuple[Node, ...]) -> list[Node]:
    return [node for node in nodes if node.counts != "aside"]


def _named(name: str) -> Link:
    """A name of a formula as a link; several levels up, or down, are as one."""
    rest, level = name, 0
    while (first := rest.partition(".")[0]) in ("unit", "children") and "." in rest:
        level += 1 if first == "unit" else -1
        rest = rest.partition(".")[2]
    return Link(rest, (level > 0) - (level < 0), name)


def _places(outline: Outline) -> dict[str, Path]:
    """The first formula of each figure."""
    found: dict[str, Path] = {}
    for site in sites_of(outline):
        if site.owner and names_in(site.formula):
            found.setdefault(site.owner, site.path)
    return found
