"""zhibu tasks check: everything wrong in a plan with its place, of a sound one what falls next; publishing refuses
the same before anything is issued."""

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.opening import real_time
from handlers.context import Refused
from handlers.tasks.previewing import IssuePreview, PreviewIssue
from handlers.tasks.publishing import ListPlans
from tests.flows.commands import zhibu
from tests.flows.issuing import MEETING, codes, publish
from tests.flows.tasking import Town
from tests.flows.town import HEAD

# what the issue of tasks must refuse before anything is issued → a line of a plan, and what is said
REFUSED = {
    "a cadence that can never fall": ("every: quarter, months: [2]", "没有周期从 2 月开始"),
    "a due date in the past": ("dates: ['2020-05-04']", "2020-05-04"),
    "an escalation that leads in a circle": (
        "every: month, terms: {overdue: [{after: 1, to: officer}, {after: 3, to: self}]}",
        "又回到承办人",
    ),
    "an empty audience": ("every: month, for: {classes: [full]}", "classes"),
    "nagging": ("every: month, terms: {overdue: [{after: 1, to: self, times: 12}, {after: 2, to: officer}]}", "13"),
}
SPOT = re.compile(r"^第 \d+ 行第 \d+ 列：", re.MULTILINE)


@pytest.fixture
def folder(settled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(settled, tmp_path / "town"))


def duty(rest: str) -> str:
    return f"{HEAD}  - {{code: one, name: 任务甲, {rest}}}\n"


def written(folder: Path, text: str) -> str:
    path = folder / "plan.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def test_of_a_sound_plan_it_is_said_when_each_obligation_falls_next(tmp_path: Path):
    text = HEAD + MEETING + "  - {code: day, name: 七一表彰, dates: [07-01], lead: 3}\n"
    ran = zhibu(tmp_path / "none", "tasks", "check", written(tmp_path, text))
    assert ran.returncode == 0, ran.stdout
    lines = ran.stdout.splitlines()
    assert lines[0] == "党建任务，版本 1：责任事项 2 项，没有发现问题。"
    assert (lines[1], lines[5]) == ("meeting 支部党员大会", "day 七一表彰")
    assert all(re.fullmatch(r"  \d{4}-\d\d：\d{4}-\d\d-15 下发，\d{4}-\d\d-25 截止", line) for line in lines[2:5])
    year = real_time().date().year
    assert [line[2:6] for line in lines[6:9]] == [str(each) for each in range(int(lines[6][2:6]), year + 4)][:3]
    assert all(line.endswith("-06-28 下发，" + line[2:12] + " 截止") for line in lines[6:9])
    assert not (tmp_path / "none").exists(), "no house is needed"


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_wrong_is_said_with_its_place_by_all_three_and_nothing_is_published(
    folder: Path, tmp_path: Path, what: str
):
    rest, told = REFUSED[what]
    file = written(tmp_path, duty(rest))
    for words in (("check", file), ("publish", file), ("issue", file, "--period", "2031-03", "--dry-run")):
        ran = zhibu(folder, "tasks", *words)
        assert ran.returncode == 1, ran.stdout
        assert SPOT.search(ran.stdout), ran.stdout
        assert told in ran.stdout, ran.stdout
    assert "没有现行的任务计划" in zhibu(folder, "tasks", "list").stdout


@pytest.mark.parametrize("what", REFUSED)
def test_the_house_refuses_it_through_whatever_door(town: Town, what: str):
    text = duty(REFUSED[what][0])
    answers = [publish(town, text), town.ask("a1", PreviewIssue("2026-03", text=text, unit=town.units["jw"]))]
    for answer in answers:
        assert isinstance(answer, Refused)
        assert {problem.code for problem in answer.problems} == {"plan_wrong"}
    assert town.ask("a1", ListPlans()).rows == ()
    assert town.tasks() == []


def test_publishing_refuses_with_the_same_list(folder: Path, tmp_path: Path):
    file = written(
        tmp_path, HEAD + "  - {code: one, name: 任务甲, every: weekly}\n" + MEETING.replace("month", "{") + MEETING
    )
    checked = zhibu(folder, "tasks", "check", file)
    assert checked.returncode == 1
    for words in (("publish", file), ("issue", file, "--period", "2031-03")):
        ran = zhibu(folder, "tasks", *words)
        assert (ran.returncode, ran.stdout) == (1, checked.stdout)


def test_programs_get_a_list(tmp_path: Path):
    text = duty("every: month, lead: 40, terms: {posts: {scheme: s}}, colour: red")
    ran = zhibu(tmp_path, "tasks", "check", written(tmp_path, text), "--json", ZHIBU_LOCALE="en")
    assert ran.returncode == 1
    assert json.loads(ran.stdout) == [
        {
            "line": 5,
            "column": 81,
            "code": "document_field_unknown",
            "message": "There is no field colour here. Possible are: code、name、every、dates、months、due、lead、"
            "lead_working、for、terms、about.",
            "severity": "error",
        }
    ]
    text = duty("every: month, lead: 40")
    noted = zhibu(tmp_path, "tasks", "check", written(tmp_path, text), "--json", ZHIBU_LOCALE="en")
    assert noted.returncode == 0
    assert [(each["code"], each["severity"]) for each in json.loads(noted.stdout)] == [("plan_lead_longer", "warning")]


def test_notes_are_told_and_refuse_nothing(folder: Path, tmp_path: Path):
    file = written(tmp_path, duty("every: month, lead: 40"))
    ran = zhibu(folder, "tasks", "check", file)
    assert ran.returncode == 0
    assert "第 5 行第 48 列（提醒）：任务甲" in ran.stdout, ran.stdout
    assert "1 处提醒" in ran.stdout
    assert zhibu(folder, "tasks", "publish", file, "--from", "2031-01-01").returncode == 0


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"", 1, "空的"),
        (b"plan: x\n\tb: 1", 1, "第 2 行第 1 列：行首有制表符"),
        ("title: 计划".encode("gbk"), 1, "UTF-8"),
        (b"a: " + b"[" * 5_000, 1, "嵌套超过 64 层"),
        (None, 2, "plan.yaml"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_words(tmp_path: Path, content: bytes | None, code: int, told: str):
    file = tmp_path / "plan.yaml"
    if content is not None:
        file.write_bytes(content)
    ran = zhibu(tmp_path / "none", "tasks", "check", str(file))
    assert (ran.returncode, told in ran.stdout) == (code, True), ran.stdout


def test_a_plan_whose_dates_are_over_is_refused_new_and_unchanged_when_it_was_published_before(town: Town):
    text = duty("dates: ['2026-05-04']")
    assert publish(town, text).fresh
    town.at("2026-05-06")
    again = publish(town, text)
    assert (again.fresh, again.version) == (False, "1")
    assert codes(publish(town, text.replace('"1"', '"2"'))) == ["plan_wrong"]
    preview = town.ask("a1", PreviewIssue("2026-05", text=text, unit=town.units["jw"]))
    assert codes(preview) == ["task_due_past"]


def test_a_date_is_past_by_the_days_of_the_house_not_of_the_file(town: Town):
    today = town.today
    assert codes(publish(town, duty(f"dates: ['{today - timedelta(days=1)}']"))) == ["plan_wrong"]
    text = duty(f"dates: ['{today}'], lead: 0")
    assert isinstance(town.ask("a1", PreviewIssue("2026-03", text=text, unit=town.units["jw"])), IssuePreview)
    assert publish(town, text).fresh
