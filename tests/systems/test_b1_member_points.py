"""B1: the member point system, run from its example as it stands."""

from collections import defaultdict
from decimal import Decimal

import sqlalchemy as sa

from bot.opening import EXAMPLES, Parts
from bot.sample.files import read
from handlers.ledger.check import Verify
from rules.access import SYSTEM
from rules.schemes import Scheme
from storage import declarations, ledger, members, schemes

FOLDER = EXAMPLES / "b1-member-points"


def scheme() -> Scheme:
    return read(FOLDER)[2]


def test_the_scheme_has_fifty_standards_under_four_categories():
    found = scheme()
    assert len(found.criteria) == 50
    assert [node.name for node in found.nodes] == ["政治合格", "执行纪律合格", "品德合格", "发挥作用合格"]
    assert [grade.name for grade in found.grades] == ["优秀", "合格", "基本合格", "不合格"]
    assert found.total.base == 60
    assert found.total.base + sum(node.max or 0 for node in found.nodes) == 100


def test_the_sample_has_three_branches_of_sixty_members():
    sample = read(FOLDER)[0]
    branches = {unit.code for unit in sample.units if unit.kind == "branch"}
    assert len(branches) == 3
    assert sum(person.unit in branches for person in sample.people) == 60


def test_a_year_of_history_is_there_and_the_current_month_is_untouched(parts: Parts):
    read_from = parts.database.read
    months = read_from(lambda c: c.execute(sa.select(ledger.entry.c.period).distinct()).scalars().all())
    states = read_from(declarations.all_state_counts)
    unclosed = read_from(lambda c: schemes.unclosed(c, "b1-member-points"))
    parts.close()
    assert sorted(months) == ["2025-11", "2025-12", *(f"2026-{month:02d}" for month in range(1, 11))]
    assert states.keys() == {"approved"}
    assert unclosed == ["2026-11"]


def test_every_total_agrees_with_a_plain_recount(parts: Parts):
    """Sums by hand: months and years under their caps, categories under their bounds, then the base."""
    found, e, kept_in = scheme(), ledger.entry.c, ledger.summary.c
    entries = sa.select(e.member_id, e.criterion, e.period, e.points).where(e.year == 2026)
    totals_kept = sa.select(kept_in.member_id, kept_in.counted).where(kept_in.node == "*", kept_in.year == 2026)
    rows = parts.database.read(lambda c: c.execute(entries).all())
    kept = {row[0]: row[1] for row in parts.database.read(lambda c: c.execute(totals_kept).all())}
    verified = parts.desk.ask(SYSTEM, Verify(), parts.clock.now())
    parts.close()
    months: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
    for member, criterion, period, points in rows:
        months[member, criterion, period] += points
    years: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for (member, code, _), points in months.items():
        cap = found.criteria[code].caps.month
        years[member, code] += points if cap is None or found.criteria[code].sign == "minus" else min(points, cap)
    categories: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for (member, code), points in years.items():
        cap = found.criteria[code].caps.year
        counted = points if cap is None or found.criteria[code].sign == "minus" else min(points, cap)
        categories[member, found.category[code].code] += counted
    totals: dict[int, Decimal] = defaultdict(lambda: Decimal(60))
    for (member, node), points in categories.items():
        bounds = next(each for each in found.nodes if each.code == node)
        assert bounds.max is not None
        assert bounds.min is not None
        totals[member] += max(bounds.min, min(points, bounds.max))
    assert {member: min(max(total, Decimal(0)), Decimal(100)) for member, total in totals.items()} == kept
    assert len(kept) == 60
    assert verified.problems == ()
    assert verified.members == 60


def test_members_without_a_phone_have_no_address(parts: Parts):
    count = sa.select(sa.func.count()).select_from(members.identity)
    bound = parts.database.read(lambda c: c.execute(count).scalar())
    parts.close()
    assert bound == 62
