"""A year of the ledger printed as facts gives, scored from the file, the totals that are stored."""

from __future__ import annotations

import sqlalchemy as sa

from bot.opening import EXAMPLES, Parts
from handlers.ledger.facts import FactsOfYear, YearOfFacts
from rules.access import SYSTEM
from rules.documents import read
from rules.schemes import Scheme, parse
from rules.schemes.versions import changes
from rules.scoring import Facts, score
from rules.scoring.file import facts_of
from screens.scoring import facts_as_json
from storage import ledger, members

SCHEME = EXAMPLES / "b1-member-points" / "scheme.yaml"


def facts(parts: Parts, scheme: Scheme) -> Facts:
    found = parts.desk.ask(SYSTEM, YearOfFacts(), parts.clock.now())
    assert isinstance(found, FactsOfYear)
    given = facts_of(read(facts_as_json(found)).value, scheme, parts.clock.now().date())
    assert isinstance(given, Facts), given
    return given


def parsed(*changed: tuple[str, str]) -> Scheme:
    text = SCHEME.read_text("utf-8")
    for old, new in changed:
        assert old in text
        text = text.replace(old, new, 1)
    scheme = parse(text)
    assert isinstance(scheme, Scheme)
    return scheme


def test_the_facts_of_a_year_give_the_totals_that_are_stored(parts: Parts):
    scheme = parsed()
    found = score(scheme, facts(parts, scheme))
    kept_in, who = ledger.summary.c, members.member.c
    query = sa.select(who.code, kept_in.counted).join_from(ledger.summary, members.member, who.id == kept_in.member_id)
    kept = dict(parts.database.read(lambda c: c.execute(query.where(kept_in.node == "*", kept_in.year == 2026)).all()))
    parts.close()
    assert len(kept) == 60
    assert {code: found[code].total for code in kept} == kept


def test_another_version_is_tried_on_what_really_happened(parts: Parts):
    old, new = parsed(), parsed(("caps: {month: 1, year: 8}", "caps: {month: 0.5, year: 8}"))
    given = facts(parts, old)
    parts.close()
    changed = changes(score(old, given), score(new, given))
    assert changed
    assert all(each.after < each.before for each in changed.values())
