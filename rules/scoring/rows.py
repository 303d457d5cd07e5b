"""The rows of one criterion in one span: which entries count, and what is left of each after dedupe and caps."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from rules.expressions import Answer, compiled, number
from rules.schemes.criteria import Dedupe
from rules.schemes.values import Cumulative, Each
from rules.scoring import facts
from rules.scoring.facts import Entry
from rules.scoring.plan import Bound, Rule
from rules.scoring.spans import KEYS, add_months
from rules.scoring.worth import ZERO


class Row:
    """One entry on its way: what it is worth, what is left of it, why it does not count, and when its validity ends."""

    __slots__ = ("amount", "ends", "entry", "posted", "why")

    def __init__(self, entry: Entry, posted: Decimal, why: str = "") -> None:
        self.entry = entry
        self.posted = posted
        self.amount = posted if not why else ZERO
        self.why = why
        self.ends: date | None = date.min if why else None  # what was refused never was valid

    def lifts(self, entry: Entry) -> bool:
        """Whether it ends the effect of an entry about the same matter; what was lifted stays so."""
        return entry.matter is not None and self.entry.matter == entry.matter and self.why in ("", "expired")

    def drop(self, why: str) -> None:
        """The row stays for the trace and counts nothing."""
        self.why, self.amount = why, ZERO

    def drop_for(self, why: str) -> None:
        """Drops the row when there is a reason."""
        if why:
            self.drop(why)


def in_order(row: Row) -> tuple[date, int, str]:
    """Rows go as their entries do."""
    return facts.in_order(row.entry)


def valid_until(rule: Rule, entry: Entry, look: Callable[[str], Answer]) -> date | None:
    """The day an entry stops counting; None while its act lasts or when it never expires."""
    validity = rule.criterion.valid
    if validity is None:
        return None
    start = entry.on if validity.start == "on" else entry.until
    months = number(compiled(validity.months).value(look))
    return None if start is None or months is None else add_months(start, int(months))


def in_time(rule: Rule, entry: Entry) -> bool:
    """Whether an entry was recorded soon enough after its fact."""
    enter = rule.criterion.enter
    if enter is None or enter.late == "kept" or entry.recorded is None:
        return True
    return entry.recorded <= entry.on + timedelta(days=enter.within_days)


def dedupe(rows: Iterable[Row], policy: Dedupe, detail: Callable[[Entry, str], Answer]) -> None:
    """Of the rows about one matter only those the policy keeps go on counting."""
    matters: dict[Hashable, list[Row]] = {}
    for row in rows:
        if row.why:
            continue
        keys = tuple(detail(row.entry, name) for name in policy.by)
        window = KEYS[policy.per](row.entry.on) if policy.per in KEYS else row.entry.id
        lacking = bool(policy.by) and all(key is None for key in keys)
        matters.setdefault((row.entry.id,) if lacking else (window, keys), []).append(row)
    for some in matters.values():
        _keep(some, policy, detail)


def _keep(rows: list[Row], policy: Dedupe, detail: Callable[[Entry, str], Answer]) -> None:
    if policy.keep in ("highest", "lowest"):
        rows.sort(key=lambda row: row.amount, reverse=policy.keep == "highest")
    elif policy.keep == "last":
        rows.reverse()
    kept = 0
    taken: dict[str, int] = {}
    for row in rows:
        kinds = [kind for kind in policy.kinds if str(detail(row.entry, kind.split("=")[0])) == kind.partition("=")[2]]
        if kept >= policy.most or any(taken.get(kind, 0) >= policy.kinds[kind] for kind in kinds):
            row.drop("same_matter")
            continue
        kept += 1
        for kind in kinds:
            taken[kind] = taken.get(kind, 0) + 1


def cap(rows: Sequence[Row], bounds: Iterable[Bound]) -> None:
    """Each window bounds a running sum; a row is left with what it moves the bounded sum."""
    for key_of, least, most in bounds:
        if key_of is None:
            for row in rows:
                row.amount = bounded(row.amount, least, most)
            continue
        sums: dict[Hashable, Decimal] = {}
        for row in rows:
            key = key_of(row.entry.on)
            before = sums.get(key, ZERO)
            after = before + row.amount
            sums[key] = after
            row.amount = bounded(after, least, most) - bounded(before, least, most)


def bounded(value: Decimal, least: Decimal | None, most: Decimal | None) -> Decimal:
    """The value within its bounds."""
    if most is not None and value > most:
        return most
    return least if least is not None and value < least else value


def by_count(rule: Rule, rows: Sequence[Row]) -> bool:
    """Gives each row what its place in its window is worth; True when the category is to be zero."""
    value = rule.criterion.value.count
    if value is None:
        return False
    seen: dict[Hashable, int] = {}
    zero = False
    for row in rows:
        window = KEYS[value.per](row.entry.on) if value.per in KEYS else row.entry.id
        points = ZERO
        for _ in range(int(row.entry.quantity)):
            place = seen[window] = seen.get(window, 0) + 1
            points += value.points[place - 1] if place <= len(value.points) else value.then or ZERO
            zero = zero or (value.zero_from is not None and place >= value.zero_from)
        row.posted = row.amount = -points if rule.minus else points
    return zero


def by_sum(rule: Rule, rows: Sequence[Row]) -> None:
    """Gives each row what it moves the tier its window's running sum has reached."""
    value = rule.criterion.value.cumulative
    if value is None:
        return
    sums: dict[Hashable, Decimal] = {}
    for row in rows:
        window = KEYS[value.per](row.entry.on) if value.per in KEYS else row.entry.id
        before = sums.get(window, ZERO)
        sums[window] = before + row.entry.quantity
        moved = rule_of_sum(value, sums[window]) - rule_of_sum(value, before)
        row.posted = row.amount = -moved if rule.minus else moved


def rule_of_sum(value: Cumulative, total: Decimal) -> Decimal:
    """Points of a running sum: the tier reached, the rate under the first tier and beyond the last."""
    reached = [tier for tier in value.tiers if tier.start <= total]
    if not reached:
        return ZERO if value.under is None else _rate(value.under, total)
    tier = max(reached, key=lambda each: each.start)
    last = max(value.tiers, key=lambda each: each.start)
    extra = ZERO if value.beyond is None or tier is not last else _rate(value.beyond, total - tier.start)
    return tier.points + extra


def _rate(rate: Each, quantity: Decimal) -> Decimal:
    return rate.points * (quantity / rate.every).to_integral_value(ROUND_FLOOR)


def round_to(value: Decimal, places: int) -> Decimal:
    """Half up to so many decimal places."""
    return value.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
