"""One subject over one span: the rows of each criterion and the value of each category, worked out when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rules.expressions import Answer, compiled, number
from rules.schemes.criteria import Factor
from rules.schemes.nodes import Node
from rules.scoring import rows as steps
from rules.scoring.entries import EntryNames, refusal
from rules.scoring.facts import Entry, Facts, Id
from rules.scoring.figuring import node_value
from rules.scoring.plan import Plan, Rule
from rules.scoring.rows import Row
from rules.scoring.spans import Span, key_in, label, parts_of
from rules.scoring.worth import ZERO, measured

if TYPE_CHECKING:
    from rules.scoring.board import Sheet

Look = Callable[[str], Answer]


class Slice:
    """One subject's entries of one span. Everything is figured once, and only when something asks for it."""

    def __init__(self, sheet: Sheet, span: Span, entries: dict[str, list[Entry]]) -> None:
        self.sheet = sheet
        self.span = span
        self.entries = entries
        self.plan: Plan = sheet.board.plan
        self.facts: Facts = sheet.board.facts
        self.subject_id: Id = sheet.subject.id
        self.begun: dict[str, list[Row]] = {}
        self._kept: dict[str, list[Row]] = {}
        self._final: dict[str, list[Row]] = {}
        self._standing: dict[str, Decimal] = {}
        self._zeroed: set[str] = set()
        self._nodes: dict[str, Decimal | None] = {}
        self._busy: set[str] = set()

    # -- criteria

    def rows(self, code: str) -> list[Row]:
        """The rows of a criterion after everything: own caps, then the cap it shares."""
        found = self._final.get(code)
        if found is None:
            rule = self.plan.rules[code]
            found = self._final[code] = self._capped(rule)
            if rule.criterion.pool is not None:
                self._share(rule.criterion.pool)
        return found

    def points(self, code: str) -> Decimal:
        """What a criterion brings in the span."""
        if code not in self.entries and code not in self.plan.standing:
            return ZERO
        total = sum([row.amount for row in self.rows(code)], ZERO)
        return total + self.standing(code) if code in self.plan.standing else total

    def standing(self, code: str) -> Decimal:
        """What a criterion brings without an entry: by a measure, by ballots, or for what was expected and lacks."""
        if code not in self._standing:
            self._standing[code] = ZERO  # a formula that comes back to itself finds nothing
            self._standing[code] = self._stands(self.plan.rules[code])
        return self._standing[code]

    def zeroed(self, node: Node) -> bool:
        """Whether an entry sets a category to zero."""
        for criterion in node.criteria:
            if criterion.value.zeroes and criterion.code in self.entries:
                self.rows(criterion.code)
        return node.code in self._zeroed

    def kept(self, code: str) -> list[Row]:
        """The rows of a criterion with what each is worth, after dedupe, before caps."""
        found = self._kept.get(code)
        if found is None:
            if code in self._busy:
                return []
            self._busy.add(code)
            found = self._kept[code] = self._live(self.plan.rules[code])
            self._busy.discard(code)
            group = self.plan.rules[code].criterion.group
            if group is not None:
                self._compete(group)
        return found

    def _live(self, rule: Rule) -> list[Row]:
        entries = self.entries.get(rule.criterion.code, ())
        if rule.plain:
            return [Row(e, self.worth(rule, e)) for e in entries]
        found = self.begun.setdefault(rule.criterion.code, [])  # what comes later asks what was before
        for index, entry in enumerate(entries):
            found.append(self._row(rule, entry, index))
        if rule.criterion.dedupe is not None:
            steps.dedupe(found, rule.criterion.dedupe, self.detail)
        if rule.windowed:
            self._windowed(rule, found, settled=rule.criterion.group is None)
        return found

    def _row(self, rule: Rule, entry: Entry, index: int) -> Row:
        look = EntryNames(self, rule, entry, index).look
        why = refusal(self, rule, entry, look)
        if not why and rule.criterion.winners is not None:
            why = "no_place" if entry.id in self.sheet.board.beyond_winners(rule.criterion.code) else ""
        if why:
            return Row(entry, entry.points or ZERO, why)
        if entry.points is not None and not rule.windowed:
            row = Row(entry, entry.points)
        else:
            points = rule.worth(rule.criterion, entry, look, self)
            row = Row(entry, -points if rule.minus else points)
        self._multiply(rule, row, look)
        row.drop_for(self._after(rule, row, look))
        if not row.why and entry.option is not None and entry.option in rule.criterion.value.zero:
            self._zeroed.add(rule.node.code)
        return row

    def _multiply(self, rule: Rule, row: Row, look: Look) -> None:
        """Factors, then rounding."""
        for factor in rule.criterion.factors:
            row.amount *= self._factor(factor, row.entry, look)
        if rule.criterion.round is not None:
            row.amount = steps.round_to(row.amount, rule.criterion.round)

    def _after(self, rule: Rule, row: Row, of_entry: Look) -> str:
        """Why an entry with points does not count on the day of reading: expired, lifted, suspended; else nothing."""
        entry = row.entry

        def look(name: str) -> Answer:
            return row.amount if name == "points" else of_entry(name)

        row.ends = steps.valid_until(rule, entry, look)
        if row.ends is not None and row.ends <= self.facts.as_of:
            return "expired"
        for code in rule.lifted_by:
            if any(each.lifts(entry) for each in self.kept(code)):
                return "lifted"
        for suspension in self.plan.scheme.suspend:
            hit = (row.amount or rule.ahead) * (1 if suspension.sign == "plus" else -1) > 0
            if hit and self.sheet.whole_look(suspension.when) is True:
                return "suspended"
        return ""

    def _factor(self, factor: Factor, entry: Entry, look: Look) -> Decimal:
        if factor.when is not None and compiled(factor.when).value(look) is not True:
            return Decimal(1)
        if factor.by is not None:
            return factor.of.get(str(self.detail(entry, factor.by)), Decimal(1))
        times = number(compiled(factor.times or 1).value(look))
        return Decimal(1) if times is None else times

    def _windowed(self, rule: Rule, all_rows: Sequence[Row], *, settled: bool) -> None:
        """Rows that do not count take no place in their window; `settled` when no more of them will be dropped."""
        value = rule.criterion.value
        rows = [row for row in all_rows if not row.why]
        if value.count is not None and steps.by_count(rule, rows) and settled:
            self._zeroed.add(rule.node.code)
        if value.cumulative is not None:
            steps.by_sum(rule, rows)
        if value.expected is not None:
            self._hits(rule, rows)
        for index, row in enumerate(all_rows if rule.criterion.factors or rule.criterion.round is not None else ()):
            if not row.why:
                self._multiply(rule, row, EntryNames(self, rule, row.entry, index).look)

    def _hits(self, rule: Rule, rows: Sequence[Row]) -> None:
        """Each expected time that happened earns its points."""
        expected = rule.criterion.value.expected
        if expected is None:
            return
        limit = None if expected.extra else number(compiled(expected.times).value(self.look))
        key_of = key_in(self.span, expected.per)
        seen: dict[Any, Decimal] = {}
        for row in rows:
            key = key_of(row.entry.on)
            before = seen.get(key, ZERO)
            after = seen[key] = before + row.entry.quantity
            hits = after - before if limit is None else min(after, limit) - min(before, limit)
            points = hits * expected.each
            row.posted = row.amount = -points if rule.minus else points

    def _compete(self, group: str) -> None:
        together = [row for code in self.plan.groups[group] for row in self.kept(code)]
        together.sort(key=steps.in_order)
        if all(code in self._kept for code in self.plan.groups[group]):
            steps.dedupe(together, self.plan.group_rules[group], self.detail)
            for code in self.plan.groups[group]:
                if self.plan.rules[code].windowed:
                    self._windowed(self.plan.rules[code], self._kept[code], settled=True)

    def _capped(self, rule: Rule) -> list[Row]:
        kept = self.kept(rule.criterion.code)
        if rule.bounds:
            steps.cap(kept, rule.bounds)
        return kept

    def _share(self, pool: str) -> None:
        codes = self.plan.pools[pool]
        for code in codes:
            if code not in self._final:
                self._final[code] = self._capped(self.plan.rules[code])
        together = [row for code in codes for row in self._final[code]]
        together.sort(key=steps.in_order)
        steps.cap(together, self.plan.pool_bounds[pool])

    def _stands(self, rule: Rule) -> Decimal:
        value, criterion = rule.criterion.value, rule.criterion
        if criterion.classes and not self.sheet.subject.in_class(criterion.classes, self.day):
            return ZERO
        if criterion.when is not None and rule.standing and compiled(criterion.when).value(self.look) is not True:
            return ZERO
        if value.expected is not None:
            points = -self._missing(rule) * abs(value.expected.missing)
        elif value.survey is not None:
            points = self.sheet.board.outcome(criterion.code, self.subject_id, label(self.span)) or ZERO
        elif value.formula is not None:
            points = number(compiled(value.formula).value(self.look)) or ZERO
        else:
            points = measured(value, None, self.look) or ZERO
        if criterion.round is not None:
            points = steps.round_to(points, criterion.round)
        least, most = self._standing_bounds(rule)
        return steps.bounded(-points if rule.minus and value.expected is None else points, least, most)

    def _standing_bounds(self, rule: Rule) -> tuple[Decimal | None, Decimal | None]:
        least = [each[1] for each in rule.bounds if each[1] is not None]
        most = [each[2] for each in rule.bounds if each[2] is not None]
        return max(least, default=None), min(most, default=None)

    def _missing(self, rule: Rule) -> Decimal:
        """How many expected times lack, over the windows that are over."""
        expected = rule.criterion.value.expected
        if expected is None:
            return ZERO
        times = number(compiled(expected.times).value(self.look)) or ZERO
        counted = [row.entry for row in self.kept(rule.criterion.code) if not row.why]
        lacking = ZERO
        for first, last in parts_of(self.span, expected.per):
            if last > self.facts.as_of:
                break
            done = sum((entry.quantity for entry in counted if first <= entry.on <= last), ZERO)
            lacking += max(ZERO, times - done)
        return lacking

    # -- categories

    @property
    def day(self) -> Any:
        """The day on which a standing fact is looked at: the last of the span, not later than the reading."""
        return min(self.span[1], self.facts.as_of)

    def node(self, code: str) -> Decimal | None:
        """A category's value; None where it does not apply."""
        if code not in self._nodes:
            self._nodes[code] = ZERO
            self._nodes[code] = node_value(self, self.plan.scheme.every_node[code])
        return self._nodes[code]

    # -- names

    def look(self, name: str) -> Answer:
        """A name of the subject's side, in this span."""
        return self.sheet.look(name, self)

    def detail(self, entry: Entry | None, name: str) -> Answer:
        """A detail of the entry, else of its subject."""
        if entry is not None:
            if name in ("option", "matter", "state"):
                found: Answer = getattr(entry, name)
                return found
            if name == "on":
                return entry.on.isoformat()
            if name in entry.details:
                return entry.details[name]
        return self.sheet.detail(name)

    def worth(self, rule: Rule, entry: Entry) -> Decimal:
        """Signed points of an entry before anything else."""
        if entry.points is not None:
            return entry.points
        look = self.look if rule.plain else EntryNames(self, rule, entry, 0).look
        points = rule.worth(rule.criterion, entry, look, self)
        return -points if rule.minus else points
