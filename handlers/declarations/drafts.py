"""A batch of drafts: what stands in it, what it would bring, and what it still lacks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from handlers.context import Context, Refused
from handlers.declarations.declarer import Declarer
from handlers.declarations.forms import Draft, EvidenceQuestion
from handlers.declarations.view import LineView, views
from handlers.ledger import posting
from rules.declarations import Flag, check_matter, check_option, check_quantity, flag_part
from rules.periods import period_of, year_of
from rules.problems import Problem
from rules.schemes import Criterion
from rules.scoring import Entry, Id, day_of
from rules.scoring.worth import worth_of
from storage import declarations, evidence
from storage.declarations import Line

WAITING_EVIDENCE = timedelta(days=1)
Key = tuple[str, str, str]


class Item(Struct, frozen=True):
    """What is to be drafted; lines of a batch differ in criterion, option or matter."""

    criterion: str
    quantity: Decimal
    option: str = ""
    matter: str = ""

    @property
    def key(self) -> Key:
        """What tells it from other lines of its batch."""
        return self.criterion, self.option, self.matter


def key_of(line: Line) -> Key:
    """What tells a line from others of its batch."""
    return line.criterion, line.option or "", line.matter or ""


def check_items(desk: Declarer, items: Iterable[Item], *, lacking: bool = False) -> list[Problem]:
    """Why some of the items cannot be declared; with `lacking`, an option or matter may still be asked for."""
    scheme = desk.published.scheme
    problems: list[Problem] = []
    for item in _summed(desk, items).values():
        criterion = scheme.criteria.get(item.criterion)
        if criterion is None or not criterion.open_to("member"):
            problems.append(Problem("criterion_unknown", {"text": item.criterion}))
            continue
        problems += check_quantity(criterion, item.quantity)
        if item.option or not lacking:
            problems += check_option(criterion, item.option)
        if item.matter or (not lacking and item.criterion in scheme.by_matter):
            problems += check_matter(item.matter)
    return problems


def _summed(desk: Declarer, items: Iterable[Item]) -> dict[Key, Item]:
    """Items that are the same are one; what is judged within a range is not added up."""
    wanted: dict[Key, Item] = {}
    for item in items:
        before, criterion = wanted.get(item.key), desk.published.scheme.criteria.get(item.criterion)
        if before is not None and (criterion is None or criterion.value.range is None):
            item = replace(item, quantity=before.quantity + item.quantity)
        wanted[item.key] = item
    return wanted


def put_drafts(context: Context, desk: Declarer, items: Iterable[Item], batch: int) -> Refused | None:
    """Adds drafts, or none of them with every reason; what is already in the batch gets the new quantity."""
    wanted, criteria = _summed(desk, items), desk.published.scheme.criteria
    problems = check_items(desk, wanted.values())
    if problems:
        return Refused(tuple(problems))
    there = {key_of(line): line for line in declarations.of_batch(context.connection, desk.person.id, batch)}
    fresh: list[tuple[Criterion, Item]] = []
    for key, item in wanted.items():
        criterion = criteria[item.criterion]
        if key not in there:
            fresh.append((criterion, item))
            continue
        values = {"quantity": item.quantity, "points": worth_of(criterion, item.quantity, option=item.option)}
        declarations.change(context.connection, [(there[key].id, there[key].edition)], ("draft",), **values)
    if fresh:
        _add_drafts(context, desk, fresh, batch)
    return None


def _add_drafts(context: Context, desk: Declarer, fresh: list[tuple[Criterion, Item]], batch: int) -> None:
    period = period_of(context.today)
    person = desk.person
    declaration = declarations.declarations_for(
        context.connection, {person.id: person.unit}, desk.published.scheme.scheme, period, context.now
    )[person.id]
    same = {
        "declaration_id": declaration,
        "member_id": person.id,
        "unit_id": person.unit,
        "version_id": desk.published.id,
        "period": period,
        "note": "",
        "source": "member",
        "recorded_by": context.actor.member,
        "batch": batch,
        "state": "draft",
        "edition": 1,
        "created_at": context.now,
    }
    rows = [
        {
            **same,
            "criterion": each.code,
            "quantity": item.quantity,
            "points": worth_of(each, item.quantity, option=item.option),
            "option": item.option or None,
            "matter": item.matter or None,
        }
        for each, item in fresh
    ]
    numbers = declarations.add_all(context.connection, rows)
    evidence.attach_waiting(context.connection, context.actor.member, numbers[0], context.now - WAITING_EVIDENCE)


def next_step(context: Context, desk: Declarer, batch: int, filed: str = "") -> Draft | EvidenceQuestion:
    """The first line that still lacks required evidence, else the whole batch to confirm."""
    whole = whole_draft(context, desk, batch)
    missing = next((line for line in whole.lines if lacks_evidence(line)), None)
    if missing is not None:
        return EvidenceQuestion(missing, desk.person.id, required=True)
    return replace(whole, filed=filed)


def whole_draft(context: Context, desk: Declarer, batch: int) -> Draft:
    """A batch as it stands (all drafts when 0), and how many drafts there are besides."""
    period = period_of(context.today)
    everything = declarations.drafts(context.connection, desk.person.id, period)
    lines = [line for line in everything if batch in (0, line.batch)]
    shown = tuple(views(context, lines, cap_flags(context, lines)))
    month = max((line.period for line in lines), default=period)
    return Draft(desk.person, desk.own, month, batch, shown, len(everything) - len(lines))


def lacks_evidence(line: LineView) -> bool:
    """Whether a line cannot be submitted for want of evidence."""
    return line.criterion.evidence == "required" and not line.evidence and not line.note


def cap_flags(context: Context, lines: list[Line]) -> dict[int, tuple[Flag, ...]]:
    """Line → the flag that less would count, as if all these lines were posted now."""
    flags: dict[int, tuple[Flag, ...]] = {}
    by_year: dict[tuple[str, int], list[Line]] = {}
    for line in lines:
        key = (context.version(line.version).scheme.scheme, year_of(line.period))
        by_year.setdefault(key, []).append(line)
    for (scheme, year), some in by_year.items():
        extra: dict[int, list[Entry]] = {}
        tried: dict[Id, int] = {}
        for line in some:
            entry = _entry(line)
            tried[entry.id] = line.id
            extra.setdefault(line.member, []).append(entry)
        all_tried = posting.Tried(extra, frozenset(line.version for line in some))
        for _, result in posting.scored(context, scheme, year, extra.keys(), all_tried).values():
            for part in result.parts:
                if part.entry in tried and (found := flag_part(part.posted, part.counted, part.why)):
                    flags[tried[part.entry]] = tuple(found)
    return flags


def _entry(line: Line) -> Entry:
    """A line as if it were posted now."""
    told = (line.quantity, line.option, line.attendance, line.matter)
    return Entry(10**15 + line.id, line.criterion, day_of(line.period), line.points, None, *told)
