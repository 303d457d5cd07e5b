"""Whatever a plan of tasks says, checking it neither breaks nor lets through what never falls."""

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.documents import read
from rules.periods import weekdays
from rules.tasks.cadences import upcoming
from rules.tasks.plan import Plan
from rules.tasks.reading import judge, parse
from screens.documents import wrong_at
from screens.texts import words

TODAY = date(2026, 3, 2)
WEEKDAYS = weekdays()
LISTS = st.lists(st.sampled_from(["02-29", "02-30", "07-01", "2025-01-01", "2027-05-04"]), max_size=3)
OBLIGATIONS = st.fixed_dictionaries(
    {"code": st.sampled_from("abc"), "name": st.just("甲")},
    optional={
        "every": st.sampled_from(["month", "two_months", "quarter", "half_year", "year", "week"]),
        "dates": LISTS,
        "months": st.lists(st.integers(0, 13), max_size=3),
        "due": st.fixed_dictionaries(
            {},
            optional={
                "month": st.integers(-13, 13),
                "day": st.integers(0, 32),
                "working_day": st.integers(-24, 24),
                "after": st.sampled_from(["", "a", "b", "c", "d"]),
                "days": st.integers(-366, 366),
                "move": st.sampled_from(["", "next", "before", "up"]),
            },
        ),
        "lead": st.integers(-1, 400),
        "for": st.fixed_dictionaries(
            {}, optional={"members": st.booleans(), "roles": st.just(["officer"]), "classes": st.just(["full"])}
        ),
        "terms": st.fixed_dictionaries(
            {},
            optional={
                "still": st.integers(0, 181),
                "remind": st.lists(st.integers(0, 91), max_size=3),
                "overdue": st.lists(
                    st.fixed_dictionaries(
                        {"after": st.integers(1, 60), "to": st.sampled_from(["self", "officer", "committee"])},
                        optional={"times": st.integers(1, 12), "every": st.integers(1, 30)},
                    ),
                    max_size=3,
                ),
            },
        ),
    },
)


@given(st.lists(OBLIGATIONS, max_size=3))
def test_no_plan_breaks_the_checks_and_what_passes_them_falls(some: list[Any]):
    text = json.dumps({"plan": "p", "title": "计划", "version": "1", "obligations": some})
    judgement = judge(read(text), TODAY, WEEKDAYS)
    for each in judgement.wrong:
        assert all(wrong_at(words(locale), each)[0] for locale in ("en", "zh_CN"))
    if judgement.found is not None and not judgement.errors:
        for obligation in judgement.found.obligations:
            assert upcoming(judgement.found, obligation, TODAY, WEEKDAYS, 1), obligation
    assert isinstance(parse(text, TODAY, WEEKDAYS), Plan) is not bool(judgement.errors)
