"""Builds a document from what the YAML parser meets, one event after another: no depth and no alias can exhaust it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from rules.documents.document import Document, Fault, Path, Place, Spot
from rules.documents.scalars import UNPRINTABLE, plain
from rules.problems import Problem

DEEPEST = 64
MOST_NODES = 50_000
MOST_ALIASED = 10_000
MOST_FAULTS = 1_000


class Fatal(Exception):
    """The document is not read any further."""

    def __init__(self, code: str, path: Path, place: Place, **facts: object) -> None:
        super().__init__(code)
        self.fault = Fault(path, Problem(code, facts), place)


@dataclass(slots=True)
class Anchored:
    """What a name with & stands for; without a spot it is not whole yet."""

    value: Any = None
    spot: Spot | None = None
    size: int = 0


@dataclass(slots=True)
class Holder:
    """A mapping or list that is being read, and which of its fields comes next."""

    value: dict[str, Any] | list[Any]
    spot: Spot
    path: Path
    begun: int
    anchored: Anchored | None = None
    key: str | None = None
    key_place: Place = (1, 1)
    doubled: bool = False


@dataclass(slots=True)
class Building:
    """The document as far as it is read."""

    text: str
    document: Document = field(init=False)
    holders: list[Holder] = field(default_factory=list)
    anchors: dict[str, Anchored] = field(default_factory=dict)
    nodes: int = 0
    aliased: int = 0
    begun: bool = False

    def __post_init__(self) -> None:
        self.document = Document(self.text)

    def take(self, event: yaml.Event) -> None:
        """The next event of the parser."""
        mark: Any = event.start_mark
        place = (mark.line + 1, mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, place)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event, place)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), place)
        elif isinstance(event, yaml.DocumentStartEvent):
            if self.begun:
                raise Fatal("document_several", (), place)
            self.begun = True
        elif isinstance(event, yaml.StreamEndEvent) and not isinstance(self.document.value, dict):
            empty = self.document.value is None and not self.document.faults
            raise Fatal("document_empty" if empty else "document_top", (), self.document.root.place)

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        holder = self.holders[-1] if self.holders else None
        if holder is not None and holder.key is None and isinstance(holder.value, dict):
            self._key(holder, event, place)
            return
        path = self._path()
        self._no_tag(event.tag, path, place)
        value = plain(event.value) if event.implicit[0] else event.value
        if isinstance(value, str) and UNPRINTABLE.search(value):  # written as an escape
            value = Problem("document_control")
        if isinstance(value, Problem):
            self._blind(value.code, path, place, **value.facts)
            value = 0
        bare = event.value == "" and event.implicit[0]
        spot = Spot(holder.key_place if bare and holder is not None and holder.key is not None else place)
        if event.value:
            self.document.texts[event.value] = place
        if event.anchor is not None:
            self.anchors[event.anchor] = Anchored(value, spot, 1)
        self._put(value, spot, place)

    def _key(self, holder: Holder, event: yaml.ScalarEvent, place: Place) -> None:
        """A field's name is always a text, as it is written: people write 5: and not "5":."""
        name = event.value
        self._no_tag(event.tag, (*holder.path, name), place)
        if event.anchor is not None:
            raise Fatal("document_key", holder.path, place)
        holder.key, holder.key_place = name, place
        holder.doubled = name in holder.spot.inside
        if holder.doubled:
            problem = Problem("document_key_twice", {"field": name, "other": holder.spot.inside[name].name[0]})
            self._tell(Fault((*holder.path, name), problem, place))
        elif name == "<<" and event.implicit[0]:
            self._blind("document_merge", holder.path, place)
        self.document.texts[name] = place

    def _open(self, event: yaml.CollectionStartEvent, place: Place) -> None:
        holder = self.holders[-1] if self.holders else None
        if holder is not None and holder.key is None and isinstance(holder.value, dict):
            raise Fatal("document_key", holder.path, place)
        path = self._path()
        if len(self.holders) >= DEEPEST:
            raise Fatal("document_too_deep", (), place, most=DEEPEST)
        self._no_tag(event.tag, path, place)
        if holder is None and isinstance(event, yaml.SequenceStartEvent):
            raise Fatal("document_top", (), place)
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        named = holder is not None and holder.key is not None
        spot = Spot(holder.key_place if named and holder is not None else place)
        anchored = None if event.anchor is None else Anchored()
        if event.anchor is not None and anchored is not None:
            self.anchors[event.anchor] = anchored
        begun = self.nodes
        self._put(value, spot, place)
        self.holders.append(Holder(value, spot, path, begun, anchored))

    def _close(self) -> None:
        holder = self.holders.pop()
        if holder.anchored is not None:
            holder.anchored.value, holder.anchored.spot = holder.value, holder.spot
            holder.anchored.size = self.nodes - holder.begun

    def _alias(self, name: str, place: Place) -> None:
        holder = self.holders[-1] if self.holders else None
        if holder is None or (holder.key is None and isinstance(holder.value, dict)):
            raise Fatal("document_key", (), place)
        anchored = self.anchors.get(name)
        if anchored is None:
            self._blind("document_alias_unknown", self._path(), place, name=name)
            self._put(0, Spot(place), place)
            return
        if anchored.spot is None:
            raise Fatal("document_alias_itself", self._path(), place, name=name)
        self.aliased += anchored.size
        self.nodes += anchored.size - 1
        deepest = len(self.holders) + _depth(anchored.spot)
        if self.aliased > MOST_ALIASED or deepest > DEEPEST:
            raise Fatal("document_alias_many", self._path(), place)
        self._put(anchored.value, Spot(place, place, anchored.spot.inside), place)

    def _put(self, value: Any, spot: Spot, place: Place) -> None:
        """A value goes where it belongs: into the mapping or list that is open, or it is the whole."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise Fatal("document_too_many", (), place, most=MOST_NODES)
        spot.name = place
        if not self.holders:
            self.document.value, self.document.root = value, spot
            return
        holder = self.holders[-1]
        if isinstance(holder.value, list):
            holder.spot.inside[len(holder.value)] = spot
            holder.value.append(value)
            return
        assert holder.key is not None  # a value follows its name
        spot.name = holder.key_place
        if not holder.doubled and holder.key != "<<":
            holder.spot.inside[holder.key], holder.value[holder.key] = spot, value
        holder.key = None

    def _path(self) -> Path:
        if not self.holders:
            return ()
        holder = self.holders[-1]
        return (*holder.path, len(holder.value) if isinstance(holder.value, list) else str(holder.key))

    def _no_tag(self, tag: str | None, path: Path, place: Place) -> None:
        if tag is not None:
            self._blind("document_tag", path, place, tag=tag.rpartition(":")[2] or tag)

    def _blind(self, code: str, path: Path, place: Place, **facts: object) -> None:
        """A fault after which nothing is known of what stands there."""
        self._tell(Fault(path, Problem(code, facts), place))
        self.document.blind.append(path)

    def _tell(self, fault: Fault) -> None:
        self.document.faults.append(fault)
        if len(self.document.faults) >= MOST_FAULTS and fault.place is not None:
            raise Fatal("document_faults_many", (), fault.place, most=MOST_FAULTS)


def _depth(spot: Spot) -> int:
    return 1 + max(map(_depth, spot.inside.values()), default=-1)
