"""Facts as a file gives them: read, held against the scheme, and made into what scoring takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from rules.documents import Fault, Path, faults
from rules.periods import Calendar
from rules.problems import Problem
from rules.schemes import Scheme
from rules.scoring.facts import Ballot, Decision, Detail, Entry, Exempted, Facts, Id, Membership, Past, Subject
from rules.scoring.names import plain


class FileSubject(msgspec.Struct, frozen=True):
    """A subject of the file; keys that are not named here are its details."""

    id: str
    name: str = ""
    kind: str = "member"
    class_: str | None = msgspec.field(name="class", default=None)
    classes: tuple[Membership, ...] = ()
    unit: str | None = None
    exempt: tuple[Exempted, ...] = ()
    past: tuple[Past, ...] = ()
    vetoes: dict[str, int] = {}


class FileEntry(msgspec.Struct, frozen=True):
    """An entry of the file; `points` is what somebody judged; keys that are not named here are its details."""

    subject: str
    criterion: str
    on: date
    id: str | None = None
    quantity: Decimal = Decimal(1)
    option: str | None = None
    state: str | None = None
    matter: str | None = None
    points: Decimal | None = None
    reverses: str | None = None
    until: date | None = None
    done: date | None = None
    recorded: date | None = None
    evidence: bool = True


class FileDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days that are not worked though they fall on Monday to Friday, and days that are though they do not."""

    off: tuple[date, ...] = ()
    on: tuple[date, ...] = ()


class FileCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cycle's first and last day, where an event sets them."""

    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")


class FileBallot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ballot; `answer` when the round has one question."""

    round: str
    subject: str
    answers: dict[str, str | int | float] = {}
    answer: str | int | float | None = None
    voter: str | None = None
    audience: str = ""
    ranked: tuple[str, ...] = ()


class FactsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a class (see `docs/scheme.md`)."""

    subjects: tuple[dict[str, Any], ...] = ()
    entries: tuple[dict[str, Any], ...] = ()
    imported: dict[str, dict[str, Any]] = {}
    as_of: date | None = None
    cycle: FileCycle | None = None
    promises: dict[str, dict[str, Decimal]] = {}
    ballots: tuple[FileBallot, ...] = ()
    rolls: dict[str, int] = {}
    decisions: tuple[Decision, ...] = ()
    allotted: dict[str, int] = {}
    lifted: dict[str, tuple[str, ...]] = {}
    days: FileDays = FileDays()


KNOWN_OF_SUBJECT = {field.encode_name for field in msgspec.structs.fields(FileSubject)}
DAYS = frozenset({"as_of", "from", "to", "since", "until", "on", "done", "recorded", "off"})
KNOWN_OF_ENTRY = {field.encode_name for field in msgspec.structs.fields(FileEntry)}


def facts_of(value: Any, scheme: Scheme, as_of: date) -> Facts | list[Fault]:
    """The facts in a document, or every fault; `as_of` holds where the document names no day."""
    value = _dated(value)
    found = list(_all_faults(value))
    if found:
        return found
    file = msgspec.convert(value, FactsFile, builtin_types=(date,))
    subjects = [_convert(each, FileSubject, KNOWN_OF_SUBJECT) for each in file.subjects]
    entries = [_convert(each, FileEntry, KNOWN_OF_ENTRY) for each in file.entries]
    return list(_against(scheme, subjects, entries)) or _facts(file, subjects, entries, as_of)


def _dated(value: Any) -> Any:
    """JSON has no days: texts that are days become days where a day is meant."""
    if isinstance(value, Mapping):
        return {key: _day(each) if key in DAYS else _dated(each) for key, each in value.items()}
    return [_dated(each) for each in value] if isinstance(value, list) else value


def _day(value: Any) -> Any:
    if isinstance(value, list):
        return [_day(each) for each in value]
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _dated(value)
    except ValueError:
        return value  # no day: told as such, with its place


def _all_faults(value: Any) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault((), Problem("facts_not_a_mapping"))
        return
    yield from faults(value, FactsFile)
    for name, kind, known in (("subjects", FileSubject, KNOWN_OF_SUBJECT), ("entries", FileEntry, KNOWN_OF_ENTRY)):
        rows = value.get(name, ())
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, Mapping):
                yield from faults({k: v for k, v in row.items() if k in known}, kind, (name, index))


def _convert(row: Mapping[str, Any], kind: type[Any], known: set[str]) -> tuple[Any, dict[str, Detail]]:
    there = {name: value for name, value in row.items() if name in known}
    return msgspec.convert(there, kind, builtin_types=(date,)), {
        name: _detail(value) for name, value in row.items() if name not in known
    }


def _detail(value: object) -> Detail:
    if isinstance(value, date):
        return value.isoformat()
    found = plain(value)
    return None if isinstance(found, tuple) else found


def _against(scheme: Scheme, subjects: list[Any], entries: list[Any]) -> Iterator[Fault]:
    """What names something that is not there."""
    known = {subject.id for subject, _ in subjects}
    if len(known) < len(subjects):
        yield Fault(("subjects",), Problem("facts_subject_twice"))
    yield from _ids(entries)
    for index, (entry, _) in enumerate(entries):
        place: Path = ("entries", index)
        if entry.subject not in known:
            yield Fault((*place, "subject"), Problem("facts_subject_unknown", {"name": entry.subject}))
        criterion = scheme.criteria.get(entry.criterion)
        if criterion is None:
            yield Fault((*place, "criterion"), Problem("facts_criterion_unknown", {"name": entry.criterion}))
            continue
        options = criterion.value.options
        if options is not None and entry.option not in options:
            facts = {"name": entry.option or "", "known": "、".join(options)}
            yield Fault((*place, "option"), Problem("facts_option_unknown", facts))


def _ids(entries: list[Any]) -> Iterator[Fault]:
    """Ids that stand twice."""
    seen: set[str] = set()
    for index, (entry, _) in enumerate(entries):
        if entry.id in seen:
            yield Fault(("entries", index, "id"), Problem("facts_entry_twice", {"name": entry.id}))
        seen.update([entry.id] if entry.id else ())


def _facts(file: FactsFile, subjects: list[Any], entries: list[Any], as_of: date) -> Facts:
    by_subject: dict[Id, list[Entry]] = {}
    given = {entry.id for entry, _ in entries}
    for place, (entry, details) in enumerate(entries, 1):
        by_subject.setdefault(entry.subject, []).append(_entry(place, _id(place, entry, given), entry, details))
    return Facts(
        file.as_of or as_of,
        by_subject,
        {subject.id: _subject(subject, details) for subject, details in subjects},
        {name: {who: _detail(value) for who, value in some.items()} for name, some in file.imported.items()},
        dict(file.promises.items()),
        tuple(_ballot(ballot) for ballot in file.ballots),
        file.rolls,
        {decision.subject: decision for decision in file.decisions},
        file.allotted,
        dict(file.lifted.items()),
        None if file.cycle is None else (file.cycle.first, file.cycle.last),
        _calendar(file.days),
    )


def _id(place: int, entry: FileEntry, given: set[str | None]) -> str:
    """The id in the file, else the entry's place; with marks before it where another entry has that as its id."""
    found = entry.id or str(place)
    while not entry.id and found in given:
        found = f"#{found}"
    return found


def _entry(place: int, id_: str, entry: FileEntry, details: dict[str, Detail]) -> Entry:
    return Entry(
        id_,
        entry.criterion,
        entry.on,
        None,
        entry.reverses,
        entry.quantity,
        entry.option,
        entry.state,
        entry.matter,
        entry.points,
        entry.until,
        entry.done,
        entry.recorded,
        entry.evidence,
        details,
        place,
    )


def _subject(subject: FileSubject, details: dict[str, Detail]) -> Subject:
    classes = subject.classes if subject.class_ is None else (Membership(subject.class_), *subject.classes)
    same = (subject.unit, subject.exempt, subject.past, subject.vetoes)
    return Subject(subject.id, subject.name, subject.kind, classes, *same, details)


def _ballot(ballot: FileBallot) -> Ballot:
    answers = ballot.answers if ballot.answer is None else {"": ballot.answer, **ballot.answers}
    return Ballot(ballot.round, ballot.subject, answers, ballot.voter, ballot.audience, ballot.ranked)


def _calendar(days: FileDays) -> Calendar:
    off, on = set(days.off), set(days.on)
    return Calendar(
        working=lambda day: day in on or (day.weekday() < 5 and day not in off), known=lambda year: bool(off or on)
    )
