"""A whole class on one board: a sheet for each subject, and the figures that need all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from rules.expressions import Answer, compiled, number
from rules.schemes.bounds import Formula
from rules.schemes.nodes import Node, Periods, Total
from rules.schemes.scheme import Scheme
from rules.schemes.subjects import Exemption, Pass
from rules.scoring import names
from rules.scoring.credit import credited
from rules.scoring.entries import claims as claims_of
from rules.scoring.facts import Entry, Facts, Id, Subject, in_order
from rules.scoring.figuring import combined, inner_sums, rounded
from rules.scoring.plan import Plan, plan_of
from rules.scoring.rows import Row, bounded
from rules.scoring.slice import Slice
from rules.scoring.spans import Span, cycle_span, parts_of
from rules.scoring.worth import ZERO

if TYPE_CHECKING:
    from rules.surveys import Outcome


class Sheet:
    """One subject: its entries of the cycle, the slices that were asked for, its exemption and its total."""

    board: Board
    subject: Subject

    def __init__(self, board: Board, subject: Subject, entries: Iterable[Entry]) -> None:
        self.board = board
        self.subject = subject
        self.all = entries if isinstance(entries, list) else list(entries)
        self._slices: dict[Span, Slice] = {}
        self._total: Decimal | None = None
        self._busy = False

    @cached_property
    def dropped(self) -> list[Row]:
        """Entries that no criterion sees: taken back, not of this cycle, of a criterion nobody knows."""
        return self._sorted_out[1]

    @cached_property
    def live(self) -> list[Entry]:
        """Entries that stand, in order of their day, then of posting."""
        return self._sorted_out[0]

    @cached_property
    def _sorted_out(self) -> tuple[list[Entry], list[Row]]:
        taken = {entry.reverses for entry in self.all if entry.reverses is not None}
        first, last = self.board.span
        last = min(last, self.board.facts.as_of)
        known = self.board.plan.rules
        live: list[Entry] = []
        dropped: list[Row] = []
        for entry in self.all:
            if entry.reverses is not None or entry.id in taken:
                dropped.append(Row(entry, entry.points or ZERO, "reversed"))
            elif not first <= entry.on <= last:
                dropped.append(Row(entry, entry.points or ZERO, "outside_cycle"))
            elif entry.criterion not in known:
                dropped.append(Row(entry, entry.points or ZERO, "criterion_gone"))
            else:
                live.append(entry)
        live.sort(key=in_order)
        return live, dropped

    @cached_property
    def whole(self) -> Slice:
        """The whole cycle."""
        return self.slice(self.board.span)

    def slice(self, span: Span) -> Slice:
        """The subject's entries of a span."""
        found = self._slices.get(span)
        if found is None:
            first, last = span
            by_code: dict[str, list[Entry]] = {}
            for entry in self.live:
                if first <= entry.on <= last:
                    by_code.setdefault(entry.criterion, []).append(entry)
            found = self._slices[span] = Slice(self, span, by_code)
        return found

    def asked(self, name: str) -> Answer:
        """A name over the whole cycle, for who asks later."""
        return self.whole.look(name)

    def forget(self) -> None:
        """Lets go of everything that can be figured again: a large class would fill the memory with it."""
        self._slices.clear()
        for kept in ("whole", "live", "dropped", "_sorted_out"):
            self.__dict__.pop(kept, None)

    def slices_of(self, node: Node) -> list[Slice]:
        """The slices a category's rows stand in."""
        slices = [self.whole]
        for periods in (*self.board.plan.above[node.code], *((node.periods,) if node.periods else ())):
            slices = [inner for each in slices for inner in self.parts(each.span, periods)]
        return slices

    def value(self, code: str) -> Decimal | None:
        """A category's value over the whole cycle, also where it is figured by sub-periods further out."""
        above = self.board.plan.above[code]
        return self._chained(self.whole, above, code) if above else self.whole.node(code)

    def _chained(self, slice_: Slice, above: tuple[Periods, ...], code: str) -> Decimal | None:
        if not above:
            return slice_.node(code)
        inner = [self._chained(each, above[1:], code) for each in self.parts(slice_.span, above[0])]
        values = [value for value in inner if value is not None]
        unbounded = msgspec.structs.replace(above[0], min=None, max=None)
        return combined(unbounded, values) if values else None

    def parts(self, span: Span, periods: Periods) -> list[Slice]:
        """A slice for each sub-period that has begun (or for all)."""
        as_of = self.board.facts.as_of
        begun = [each for each in parts_of(span, periods.per) if periods.whole or each[0] <= as_of]
        return [self.slice((span[0], each[1]) if periods.running else each) for each in begun]

    @cached_property
    def state(self) -> str:
        """Whether the subject is scored, scored without a grade, or not scored."""
        found = {rule.effect for rule in self.exemptions}
        return next((effect for effect in ("not_scored", "not_graded") if effect in found), "scored")

    @cached_property
    def exemptions(self) -> tuple[Exemption, ...]:
        """The exemptions that hold on the day of reading."""
        return tuple(rule for rule in self.board.plan.scheme.subjects.exempt if names.exempt(self, rule))

    @property
    def total(self) -> Decimal:
        """The total before grading."""
        if self._total is None:
            if self._busy:
                return ZERO
            self._busy = True
            self._total = ZERO if self.state == "not_scored" else self._figured()
            self._busy = False
        return self._total

    def _figured(self) -> Decimal:
        scheme, total = self.board.plan.scheme, self.board.plan.scheme.total
        if total.periods is None:
            value = self._plain(self.whole, total)
        else:
            inner = [self._plain(each, total) for each in self.parts(self.board.span, total.periods)]
            value = combined(total.periods, inner)
        value += inner_sums(self.whole, scheme.nodes)[1]
        return rounded(rounded(value, total.rounding) if total.rounding else value, scheme.rounding)

    def _plain(self, slice_: Slice, total: Total) -> Decimal:
        if total.formula is not None:
            value = number(compiled(total.formula).value(slice_.look)) or ZERO
        else:
            value = self.base + inner_sums(slice_, self.board.plan.scheme.nodes)[0]
        return bounded(value, total.min, total.max)

    @cached_property
    def base(self) -> Decimal:
        """What the cycle starts with: the base, and the share of last cycle's total that is carried over."""
        total = self.board.plan.scheme.total
        if total.carry is None or not self.subject.past:
            return total.base
        return total.base + total.carry * self.subject.past[0].total

    def look(self, name: str, slice_: Slice) -> Answer:
        """A name of formulas, in a span."""
        return names.answer(self, name, slice_)

    def whole_look(self, formula: Formula) -> Answer:
        """A formula over the whole cycle."""
        return compiled(formula).value(self.whole.look)

    def detail(self, name: str) -> Answer:
        """A detail of the subject."""
        return names.detail(self, name)


class Board:
    """All subjects of a class, and what is figured over all of them, once."""

    def __init__(self, scheme: Scheme, facts: Facts) -> None:
        self.plan: Plan = plan_of(scheme)
        self.facts = facts
        self.span: Span = cycle_span(scheme.cycle, facts.as_of, facts.cycle)
        known = facts.subjects
        self.sheets: dict[Id, Sheet] = {}
        entries = credited(self.plan, facts) if self.plan.credited else facts.entries
        for number_ in {**dict.fromkeys(known), **dict.fromkeys(entries)}:
            subject = known.get(number_) or Subject(number_)
            self.sheets[number_] = Sheet(self, subject, entries.get(number_, ()))
        self._figures: dict[str, dict[Id, Answer]] = {}
        self._outcomes: dict[tuple[str, str], dict[Id, Outcome]] = {}
        self._rounds = {ballot.round for ballot in facts.ballots}
        self._means: dict[str, dict[Id, Decimal | None]] = {}
        self._winners: dict[str, frozenset[Id]] = {}

    @cached_property
    def below(self) -> dict[Id, list[Sheet]]:
        """Subject → the sheets of those right below it."""
        found: dict[Id, list[Sheet]] = {}
        for sheet in self.sheets.values():
            if sheet.subject.unit is not None and sheet.state != "not_scored":
                found.setdefault(sheet.subject.unit, []).append(sheet)
        return found

    def figure(self, name: str, subject: Id) -> Answer:
        """A pass's figure for a subject."""
        if name not in self._figures:
            self._figures[name] = {}
            self._figures[name] = self._passed(self.plan.passes[name])
        return self._figures[name].get(subject)

    def _passed(self, rule: Pass) -> dict[Id, Answer]:
        groups: dict[tuple[Answer, ...], list[tuple[Id, Decimal]]] = {}
        for number_, sheet in self.sheets.items():
            if sheet.state == "not_scored" or not sheet.subject.in_class(rule.classes, self.day):
                continue
            value = number(sheet.whole_look(rule.of))
            if value is None and rule.absent == "zero":
                value = ZERO
            group = groups.setdefault(tuple(sheet.detail(each) for each in rule.among), [])
            if value is not None:
                group.append((number_, value))
        figures = {key: names.Population(rule, group) for key, group in groups.items()}
        nobody = names.Population(rule, ())
        mine = {number_: tuple(sheet.detail(each) for each in rule.among) for number_, sheet in self.sheets.items()}
        return {number_: figures.get(key, nobody).answer(number_) for number_, key in mine.items()}

    def mean_of_node(self, code: str, subject: Id) -> Decimal | None:
        """What a category brings on average to those to whom it applies."""
        if code not in self._means:
            self._means[code] = {}
            node = self.plan.scheme.every_node[code]
            formula = compiled(node.absent_when or "false")
            there = [s for s in self.sheets.values() if s.state != "not_scored"]
            values = [s.whole.node(code) for s in there if formula.value(s.whole.look) is not True]
            found = [value for value in values if value is not None]
            mean = sum(found, ZERO) / len(found) if found else None
            self._means[code] = dict.fromkeys(self.sheets, mean)
        return self._means[code].get(subject)

    def outcome(self, code: str, subject: Id, part: str = "") -> Decimal | None:
        """The outcome of a criterion's ballots for a subject."""
        return None if (found := self.survey(code, part).get(subject)) is None else found.value

    def survey(self, code: str, part: str = "") -> dict[Id, Outcome]:
        """All outcomes of a criterion's ballots; of those of a sub-period (round@2026Q1) where there are any."""
        survey = self.plan.rules[code].criterion.value.survey
        if survey is None:
            return {}
        if (own := f"{survey.round}@{part}") in self._rounds:
            survey = msgspec.structs.replace(survey, round=own)
        if (code, survey.round) not in self._outcomes:
            mine = [ballot for ballot in self.facts.ballots if ballot.round == survey.round]
            from rules.surveys import outcomes  # few rulebooks count ballots

            self._outcomes[code, survey.round] = outcomes(survey, mine, self.facts.rolls, self.sheets.keys())
        return self._outcomes[code, survey.round]

    def beyond_winners(self, code: str) -> frozenset[Id]:
        """Entries of a criterion that so many others had before that no place is left."""
        if code not in self._winners:
            rule = self.plan.rules[code]
            most = rule.criterion.winners or 0
            there = [(n, s) for n, s in self.sheets.items() if s.state != "not_scored"]
            claims = [(in_order(each), n, each.id) for n, s in there for each in claims_of(s.whole, rule)]
            places: set[Id] = set()
            beyond: set[Id] = set()
            for _, who, entry in sorted(claims, key=lambda claim: claim[0]):
                if who in places or len(places) < most:
                    places.add(who)
                else:
                    beyond.add(entry)
            self._winners[code] = frozenset(beyond)
        return self._winners[code]

    @property
    def day(self) -> date:
        """The day on which standing facts are looked at."""
        return min(self.span[1], self.facts.as_of)
