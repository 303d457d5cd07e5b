"""Evidence for those who may see it: its member, and who looks after the branch."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.context import Context, Handler, Refused, refuse
from storage import declarations, evidence, members


@dataclass(frozen=True, slots=True)
class OpenEvidence:
    """Opens one piece of evidence."""

    evidence: int


@dataclass(frozen=True, slots=True)
class Stored:
    """Where the file lies in the data folder, its type and its name."""

    stored: str
    media_type: str
    name: str


def open_evidence(context: Context, request: OpenEvidence) -> Stored | Refused:
    """Absent and forbidden look the same."""
    found = evidence.stored_file(context.connection, request.evidence)
    if found is None or found[0] is None:
        return refuse("line_unknown")
    number, stored, media_type, name = found
    line = declarations.by_ids(context.connection, [number])[number]
    unit = members.units_by_ids(context.connection, [line.unit])[line.unit]
    if line.member != context.actor.member and context.actor.may("reverse", unit.id, unit.path) is None:
        return refuse("line_unknown")
    return Stored(stored, media_type, name)


REQUESTS: dict[type, Handler] = {OpenEvidence: open_evidence}
