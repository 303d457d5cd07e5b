"""The page about plans of tasks: every example and table of it is run, and no key and no finding is left out."""

from __future__ import annotations

import gettext
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.clock import Clock
from bot.config import Settings
from bot.holidays import CHINA
from bot.opening import open_parts
from handlers.tasks.previewing import IssuePreview, PreviewIssue
from rules.documents import read
from rules.tasks.cadences import falls_in
from rules.tasks.checking import check
from rules.tasks.kept import kept_plan
from rules.tasks.plan import Audience, Due, Figure, Item, Obligation, Plan, Posting, Step, Terms, Weak
from rules.tasks.reading import judge
from rules.tasks.reminding import reminders
from screens.findings import plans
from screens.members import role_word
from screens.texts import FOLDER, words
from tests.flows.tasking import Town, living
from tests.flows.town import NOW, settle
from tests.rules.test_plan_checks import TABLE
from tests.systems.test_scheme_docs import rows_under

PAGE = (Path(__file__).parents[2] / "docs" / "tasks.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(plan:.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
DUES = list(rows_under("| 写法 | 2026 年的截止日 |", PAGE))
FALLS = list(rows_under("| 代码 | 周期 | 下发 | 截止 |", PAGE))
AUDIENCES = list(rows_under("| 写法 | 任务数 | 说明 |", PAGE))
TOLD = list(rows_under("| 写法 | 下发 | 截止 | 哪天告诉谁 |", PAGE))
ASKED = list(rows_under("| 项 | 写法 | 意思 |", PAGE))
FINDINGS = list(rows_under("| 代码 | 轻重 | 怎么说 | 怎么办 |", PAGE))
KINDS = (Plan, Obligation, Due, Audience, Terms, Figure, Item, Step, Posting, Weak)
HEAD = {"plan": "p", "title": "计划", "version": "1"}
TODAY = date(2026, 3, 2)
SEVERITY = {"error": "错", "warning": "提醒"}


def given(cell: str) -> Any:
    return read(f"cell: {cell.strip('`')}").value["cell"]


def plan_of(**obligation: Any) -> Plan:
    return msgspec.convert({**HEAD, "obligations": [{"code": "a", "name": "甲", **obligation}]}, Plan)


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_an_example_is_sound(text: str):
    assert judge(read(text), TODAY, CHINA).wrong == []


def test_the_table_of_the_year_end_is_what_falls_in_2026():
    found = kept_plan(EXAMPLES[-1])
    names = {"report": "2026", "evaluation": "2026", "notice": "2026-Q4"}
    some = [
        (each.code, fall.period, fall.issue_on.isoformat(), fall.due_on.isoformat())
        for each in found.obligations
        for fall in falls_in(found, each, names[each.code], CHINA)
    ]
    assert some == FALLS


@pytest.mark.parametrize("row", DUES, ids=lambda row: row[0])
def test_a_way_to_write_when_it_is_due_gives_the_days_of_its_row(row: tuple[str, ...]):
    found = plan_of(**given(row[0]))
    (one,) = found.obligations
    parts = [f"-{month:02d}" for month in range(1, 13)] + [f"-{mark}{n}" for mark in "TQH" for n in range(1, 7)]
    names = [f"2026{part}" for part in ["", *parts] if part[:2] != "-Q" or part[2] <= "4"]
    names = [name for name in names if name[4:6] != "-H" or name[6] <= "2"] if one.every else ["2026"]
    dues = sorted(fall.due_on for name in names for fall in falls_in(found, one, name, CHINA))
    assert [f"{due:%m-%d}" for due in dues] == ([] if row[1] == "没有" else row[1].split())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The small house that the table of audiences speaks of."""
    settings = Settings(data=tmp_path_factory.mktemp("small") / "data")
    parts = open_parts(settings, Clock(lambda: NOW))
    parts.database.write(settle)
    parts.close()
    with living(settings) as town:
        yield town


@pytest.mark.parametrize("row", AUDIENCES, ids=lambda row: row[0])
def test_an_audience_falls_on_so_many_in_the_small_house(small: Town, row: tuple[str, ...]):
    text = "\n".join(f"{key}: {value!r}" for key, value in HEAD.items())
    text += f"\nobligations: [{{code: a, name: 甲, every: month, for: {row[0].strip('`')}}}]\n"
    preview = small.ask("a1", PreviewIssue("2026-04", text=text, unit=small.units["jw"]))
    assert isinstance(preview, IssuePreview), preview
    assert len(preview.rows) == int(row[1])


@pytest.mark.parametrize("row", TOLD, ids=lambda row: row[0])
def test_who_is_told_on_which_day_is_what_its_row_says(row: tuple[str, ...]):
    terms = msgspec.convert(given(row[0]), Terms)
    say = words("zh_CN")
    who = {"self": "本人", "officer": "党务干部", "committee": role_word(say, "committee")}
    some = reminders(terms, date.fromisoformat(row[1]), date.fromisoformat(row[2]), CHINA)
    assert "，".join(f"{each.on:%m-%d} {who[each.to]}" for each in some) == row[3]


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row[0])
def test_what_is_asked_can_be_written_as_its_row_says(row: tuple[str, ...]):
    name = row[0].strip("`")
    for written in row[1].split("、"):
        found = check(plan_of(every="month", terms={name: given(written)}), TODAY, CHINA)
        assert [each.code for each in found if each.severity == "error"] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_key_has_a_row_with_its_default(kind: type[msgspec.Struct]):
    section = re.search(rf"^### \S+ {kind.__name__}\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    assert section
    rows = {row[0].strip("`"): row[1:] for row in rows_under("| 项 | 默认 | 意思 |", section[1])}
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    assert list(rows) == list(fields)
    for name, (default, meaning) in rows.items():
        assert meaning
        assert (default == "必填") is fields[name].required
        if isinstance(fields[name].default, int | str) and fields[name].default not in ("", True, False):
            assert default == f"`{fields[name].default}`"
        if isinstance(fields[name].default, bool):
            assert default == ("是" if fields[name].default else "否")


def spoken(code: str) -> tuple[str, str]:
    """The sentence and the hint of a finding in Chinese, with “…” for its facts."""
    catalogue = gettext.translation("zhibu", FOLDER, ["zh_CN"])

    def say(sentence: str, **_facts: object) -> str:
        return re.sub(r"\{\w+\}", "…", catalogue.gettext(sentence))

    facts: defaultdict[str, str] = defaultdict(lambda: "…", to="self", above="officer")
    return plans.WORDS[code](say, facts), plans.HINTS[code](say, facts)


def test_every_finding_has_a_row_as_the_checker_says_it():
    severities: defaultdict[str, set[str]] = defaultdict(set)
    for _, _, code, _, severity in TABLE:
        severities[code].add(SEVERITY[severity])
    assert [row[0].strip("`") for row in FINDINGS] == list(plans.WORDS)
    for code, severity, sentence, hint in FINDINGS:
        name = code.strip("`")
        assert set(severity.split("、")) == (severities[name] or {"错"})
        assert (sentence, hint) == spoken(name)


def test_there_is_something_to_run():
    assert [len(some) for some in (EXAMPLES, DUES, FALLS, AUDIENCES, TOLD, ASKED)] == [2, 10, 3, 8, 4, 5]
