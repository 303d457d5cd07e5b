"""What is wrong in plans of tasks: each finding with its place, its severity, its sentence and its hint."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.holidays import CHINA
from rules.documents import read
from rules.periods import weekdays
from rules.problems import Problem
from rules.tasks.checking import SURE_DAYS
from rules.tasks.kept import kept_plan
from rules.tasks.plan import Plan
from rules.tasks.reading import Judged, judge, parse
from screens.documents import wrong_at
from screens.problems import HINTS, WORDS, sentence
from screens.texts import words
from tests.flows.town import HEAD, PLAN

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 2)
WEEKDAYS = weekdays()
MONTHLY = "every: month"
OTHER = "{code: b, name: 乙, every: month}"
Row = tuple[str, str, str]


def judged(text: str, today: date = TODAY) -> Judged:
    return judge(read(text), today, WEEKDAYS)


def plan(*obligations: str) -> str:
    """A plan whose first obligation is 甲 with what is given; others are written whole."""
    first, *others = obligations
    lines = [f"{{code: a, name: 甲, {first}}}", *others]
    return HEAD + "".join(f"  - {line}\n" for line in lines)


def found(text: str) -> list[Row]:
    """Code, path within the obligations, severity."""
    return [(each.problem.code, ".".join(map(str, each.path[1:])), each.severity) for each in judged(text, TODAY).wrong]


# what is written of the first obligation, others, then code, path, severity
TABLE: list[tuple[str, tuple[str, ...], str, str, str]] = [
    ("about: 无", (), "plan_never", "0", "error"),
    ("every: month, dates: [03-08]", (), "plan_every_and_dates", "0.dates", "error"),
    ("dates: [07-01], months: [7]", (), "plan_months_left", "0.months", "error"),
    ("every: quarter, months: [2, 3]", (), "plan_months_never", "0.months", "error"),
    ("every: quarter, months: [1, 3]", (), "plan_months_never", "0.months", "warning"),
    ("every: year, months: [12]", (), "plan_months_never", "0.months", "error"),
    ("dates: [02-30]", (), "plan_date_missing", "0.dates.0", "error"),
    ("dates: [07-01, 04-31]", (), "plan_date_missing", "0.dates.1", "error"),
    ("dates: ['2026-02-29']", (), "plan_date_missing", "0.dates.0", "error"),
    ("dates: ['2026-02-27']", (), "plan_date_past", "0.dates.0", "error"),
    ("dates: ['2026-02-27', '2026-05-04']", (), "plan_date_past", "0.dates.0", "warning"),
    ("dates: ['2026-02-27', 05-04]", (), "plan_date_past", "0.dates.0", "warning"),
    ("every: month, due: {day: 5, working_day: 3}", (), "plan_due_unclear", "0.due", "error"),
    ("every: month, due: {day: 5, after: b}", (OTHER,), "plan_due_unclear", "0.due", "error"),
    ("dates: [07-01], due: {day: 5}", (), "plan_due_of_dates", "0.due", "error"),
    ("every: month, due: {working_day: 0}", (), "plan_working_day_none", "0.due.working_day", "error"),
    ("every: month, due: {working_day: 23}", (), "plan_working_day_late", "0.due.working_day", "warning"),
    ("every: month, due: {working_day: -16}", (), "plan_working_day_late", "0.due.working_day", "warning"),
    ("every: quarter, due: {month: 5, day: 3}", (), "plan_month_outside", "0.due.month", "error"),
    ("every: half_year, due: {month: -7, day: 3}", (), "plan_month_outside", "0.due.month", "error"),
    ("every: month, due: {month: 0}", (), "plan_month_outside", "0.due.month", "error"),
    ("every: month, due: {working_day: 1, move: next}", (), "plan_key_left", "0.due.move", "warning"),
    ("every: month, due: {day: 1, days: 3}", (), "plan_key_left", "0.due.days", "warning"),
    ("every: month, due: {day: 1, working: true}", (), "plan_key_left", "0.due.working", "warning"),
    ("dates: [07-01], due: {month: 7}", (), "plan_key_left", "0.due.month", "warning"),
    ("every: month, due: {after: c}", (OTHER,), "plan_after_unknown", "0.due.after", "error"),
    ("every: month, due: {after: a}", (), "plan_after_circle", "0.due.after", "error"),
    ("every: quarter, due: {after: b}", (OTHER,), "plan_after_shorter", "0.due.after", "error"),
    (
        "every: two_months, due: {after: b}",
        ("{code: b, name: 乙, every: quarter}",),
        "plan_after_shorter",
        "0.due.after",
        "error",
    ),
    (
        "every: quarter, months: [1], due: {after: b}",
        ("{code: b, name: 乙, every: quarter, months: [4]}",),
        "plan_falls_never",
        "0.due.after",
        "error",
    ),
    (
        "dates: [07-01], due: {after: b}",
        ("{code: b, name: 乙, dates: [07-02]}",),
        "plan_falls_never",
        "0.due.after",
        "error",
    ),
    (f"{MONTHLY}, for: {{members: true, roles: [officer]}}", (), "plan_audience_unclear", "0.for", "error"),
    (f"{MONTHLY}, for: {{classes: [full]}}", (), "plan_classes_left", "0.for.classes", "error"),
    (f"{MONTHLY}, for: {{members: true, by: officer}}", (), "plan_key_left", "0.for.by", "warning"),
    (f"{MONTHLY}, for: {{units: grid, roles: [officer]}}", (), "plan_key_left", "0.for.units", "warning"),
    (f"{MONTHLY}, lead: 32", (), "plan_lead_longer", "0.lead", "warning"),
    (f"{MONTHLY}, lead: 23, lead_working: true", (), "plan_lead_longer", "0.lead", "warning"),
    (f"{MONTHLY}, lead: 5, terms: {{remind: [5, 1]}}", (), "plan_remind_early", "0.terms.remind", "warning"),
    (f"{MONTHLY}, terms: {{still: 7}}", (), "plan_still_never", "0.terms.still", "warning"),
    (
        f"{MONTHLY}, terms: {{overdue: [{{after: 9, to: self}}, {{after: 3, to: officer}}]}}",
        (),
        "plan_steps_circle",
        "0.terms.overdue.0",
        "error",
    ),
    (
        f"{MONTHLY}, terms: {{overdue: [{{after: 1, to: self, times: 3, every: 3}}, {{after: 7, to: self}}]}}",
        (),
        "plan_step_twice",
        "0.terms.overdue.1",
        "error",
    ),
    (
        f"{MONTHLY}, terms: {{overdue: [{{after: 1, to: self, times: 12}}, {{after: 3, to: officer}}]}}",
        (),
        "plan_steps_many",
        "0.terms.overdue",
        "error",
    ),
    (
        f"{MONTHLY}, terms: {{sheet: [{{code: s, name: 听, max: 5}}, {{code: s, name: 查, max: 5}}]}}",
        (),
        "plan_item_twice",
        "0.terms.sheet.1.code",
        "error",
    ),
    (
        f"{MONTHLY}, terms: {{sheet: [{{code: s, name: 听, max: 0}}]}}",
        (),
        "plan_item_worthless",
        "0.terms.sheet.0.max",
        "error",
    ),
    (
        f"{MONTHLY}, terms: {{figure: {{name: 人数, least: 5, most: 3}}}}",
        (),
        "plan_figure_bounds",
        "0.terms.figure",
        "error",
    ),
    (f"{MONTHLY}, terms: {{posts: {{scheme: s}}}}", (), "plan_posts_nothing", "0.terms.posts", "error"),
    (
        f"{MONTHLY}, terms: {{verify: nobody, posts: {{done: T1}}}}",
        (),
        "plan_posts_unverified",
        "0.terms.posts",
        "warning",
    ),
    (MONTHLY, ("{code: a, name: 乙, every: year}",), "plan_code_twice", "1.code", "error"),
]


@pytest.mark.parametrize(("first", "others", "code", "path", "severity"), TABLE, ids=lambda value: str(value)[:60])
def test_a_contradiction_is_found_alone_at_its_place(
    first: str, others: tuple[str, ...], code: str, path: str, severity: str
):
    assert found(plan(first, *others)) == [(code, path, severity)]


@pytest.mark.parametrize(("first", "others", "code", "path", "severity"), TABLE, ids=lambda value: str(value)[:60])
def test_it_is_told_in_words_with_a_hint_and_refused_unless_it_is_a_note(
    first: str, others: tuple[str, ...], code: str, path: str, severity: str
):
    text = plan(first, *others)
    (wrong,) = judged(text).wrong
    told, hint = wrong_at(words("en"), wrong)
    assert re.match(r"Line \d+, column \d+( \(note\))?: ", told)
    assert told.endswith(sentence(words("en"), wrong.problem))
    assert not re.search(r"[{}]", told + hint), "every fact is in its place"
    assert hint.strip()
    answer = parse(text, TODAY, WEEKDAYS)
    assert isinstance(answer, Plan) is (severity == "warning")
    if not isinstance(answer, Plan):
        (problem,) = answer
        assert (problem.code, problem.facts["code"], problem.facts["line"]) == ("plan_wrong", code, wrong.place[0])
        assert sentence(words("en"), problem) == told


def test_every_finding_has_a_row_a_sentence_and_a_hint():
    files = [ROOT / "rules/tasks" / name for name in ("checking.py", "terms.py")]
    codes = set(re.findall(r'"(plan_\w+)"', "".join(path.read_text("utf-8") for path in files)))
    rows = {row[2] for row in TABLE} | {"plan_empty", "plan_after_broken"}
    assert codes == rows
    assert codes <= set(WORDS)
    assert codes == {code for code in HINTS if code.startswith("plan_")}


def test_a_plan_without_obligations_is_refused():
    assert found(HEAD.rstrip() + " []\n") == [("plan_empty", "", "error")]


def test_a_chain_that_leads_in_a_circle_is_told_at_each_of_its_parts():
    text = plan(
        "every: month, due: {after: b}",
        "{code: b, name: 乙, every: month, due: {after: c}}",
        "{code: c, name: 丙, every: month, due: {after: b}}",
        "{code: d, name: 丁, every: month, due: {after: e}}",
        "{code: e, name: 戊, every: month, due: {after: nowhere}}",
    )
    assert found(text) == [
        ("plan_after_circle", "0.due.after", "error"),
        ("plan_after_circle", "1.due.after", "error"),
        ("plan_after_circle", "2.due.after", "error"),
        ("plan_after_broken", "3.due.after", "error"),
        ("plan_after_unknown", "4.due.after", "error"),
    ]
    circles = [each.problem.facts.get("circle") for each in judged(text).wrong]
    assert circles[:2] == ["a → b → c → b", "b → c → b"]


def test_everything_is_told_at_once_what_does_not_read_beside_what_contradicts_itself():
    text = plan(
        "every: monthly",
        "{code: b, name: 乙, every: quarter, months: [2], colour: red}",
        "{code: c, name: 丙, every: quarter, months: [2], due: {after: a}}",
        "{code: d, name: 丁, every: month, due: {day: 32}, lead: many}",
    )
    assert found(text) == [
        ("document_choice", "0.every", "error"),
        ("document_field_unknown", "1.colour", "error"),
        ("plan_months_never", "2.months", "error"),
        ("document_bound", "3.due.day", "error"),
        ("document_type", "3.lead", "error"),
    ]
    assert judged(text).found is None


@pytest.mark.parametrize("text", ["", "[]", "plan: x\n", "obligations: []\n", "obligations: 5\n", "plan: [\n"])
def test_what_is_no_plan_is_refused_in_words(text: str):
    answer = parse(text, TODAY, WEEKDAYS)
    assert isinstance(answer, list)
    assert all(sentence(words("zh_CN"), problem) for problem in answer)


def test_the_plan_of_the_samples_can_be_used_and_is_kept_as_it_was_judged():
    judgement = judged(PLAN)
    assert judgement.errors == []
    assert judgement.found == kept_plan(PLAN) == parse(PLAN, TODAY, WEEKDAYS)


def test_evidence_nobody_asks_for_may_be_verified_all_the_same():
    assert found(plan("every: month, terms: {evidence: none, verify: issuer}")) == []


@pytest.mark.parametrize(
    ("day", "today", "severity"),
    [("2026-02-28", TODAY, "error"), ("2026-02-28", date(2026, 2, 28), ""), ("2026-03-02", TODAY, "")],
)
def test_a_date_is_past_the_day_after_it(day: str, today: date, severity: str):
    wrong = judged(plan(f"dates: ['{day}']"), today).wrong
    assert [each.severity for each in wrong] == ([severity] if severity else [])


def test_a_date_that_moves_to_a_working_day_is_past_after_that():
    text = plan("dates: ['2026-02-28'], due: {move: next}")
    assert judged(text, TODAY).wrong == [], "a Saturday: due on the Monday, which is today"
    assert [each.problem.code for each in judged(text, date(2026, 3, 3)).wrong] == ["plan_date_past"]


def test_every_month_has_the_working_days_that_are_sure():
    months = [(year, month) for year in range(2004, 2027) for month in range(1, 13) if CHINA.known(year)]
    assert len(months) > 200
    least = min(sum(CHINA.working(day) for day in days(year, month)) for year, month in months)
    assert least >= SURE_DAYS


def days(year: int, month: int) -> list[date]:
    first = date(year, month, 1).toordinal()
    return [day for day in map(date.fromordinal, range(first, first + 31)) if day.month == month]


def test_a_problem_of_a_plan_has_its_place_in_words():
    facts = {"line": 3, "column": 5, "code": "plan_code_twice", "facts": {"code": "a"}}
    told = sentence(words("en"), Problem("plan_wrong", facts))
    assert told == "Line 3, column 5: Code a stands twice in the plan."
