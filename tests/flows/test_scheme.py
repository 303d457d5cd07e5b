"""A rulebook of one's own: checked with its lines, published once, open to declarations at once."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from benchmarks.process import Server
from bot.opening import EXAMPLES, real_time
from screens.problems import HINTS, WORDS
from tests.flows.commands import zhibu

ROOT = Path(__file__).parents[2]
DOCS, READING = ROOT / "docs", ("documents", "schemes")
RULEBOOK = EXAMPLES / "b1-member-points" / "scheme.yaml"


def rulebook(folder: Path, *changes: tuple[str, str]) -> Path:
    text = RULEBOOK.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "scheme.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_sound_rulebook_is_said_to_be_sound_without_any_house(tmp_path: Path):
    ran = zhibu(tmp_path / "none", "scheme", "check", str(RULEBOOK))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "50" in ran.stdout
    assert not (tmp_path / "none").exists()


WRONG = [
    ([('version: "2026.1"', "version: 2026.1")], ["第 15 行第 10 列，version：这里应当写文字，请加上引号"]),
    (
        [("most: 10\n", "mosst: 10\n"), ("close_on: 6", "close_on: 60"), ("by: [member]", "by: [all]")],
        [
            "第 21 行第 37 列，months.close_on：这里的数应当 <= 28",
            "第 44 行第 9 列，nodes[1].criteria[1].mosst：这里没有字段",
            "第 45 行第 14 列，nodes[1].criteria[1].by[1]：",
            "3 处需要改正",
        ],
    ),
    (
        [("fixed: 0.5, unit: 次", "fixed: 0.00005, unit: 次")],
        ["第 42 行第 9 列，nodes[1].criteria[1].value：", "最多三位小数"],
    ),
    ([("close_on: 6", "close_on: 4")], ["第 21 行第 1 列：close_on", "\n  "]),
    ([("min: 0, max: 100}", "min: 101, max: 100}")], ["第 18 行第 1 列，total：最低分 101 高于最高分 100"]),
    ([("code: P02", "code: P01")], ["第 47 行第 15 列：编号 P01 重复"]),
    ([("name: 党课", "name: 学习")], ["第 48 行第 15 列：", "学习"]),
    ([("from: 90}", "from: 10}")], ["第 26 行第 22 列：等次"]),
    ([("caps: {month: 1,", "caps: {month: 99,")], ["第 43 行第 23 列：P01 学习"]),
    ([("scheme: b1-member-points", "scheme b1-member-points")], ["第 15 行第 8 列：这一行或上一行的写法读不出来"]),
    (
        [("title: 党员", "titel: 党员"), ("code: P02", "code: P01")],
        ["第 14 行第 1 列", "第 16 行第 1 列", "第 47 行第 15 列"],
    ),
]


@pytest.mark.parametrize(
    ("changes", "told"), WRONG, ids=lambda value: value[0][:12] if isinstance(value[0], str) else ""
)
def test_each_problem_is_told_with_its_line_and_column_and_in_words(tmp_path: Path, changes, told: list[str]):
    ran = zhibu(tmp_path / "none", "scheme", "check", str(rulebook(tmp_path, *changes)))
    assert ran.returncode == 1
    assert [part for part in told if part not in ran.stdout] == [], ran.stdout


def test_publishing_refuses_with_the_same_list(house: Path, tmp_path: Path):
    file = str(rulebook(tmp_path, *WRONG[1][0]))
    ran = zhibu(house, "scheme", "publish", file)
    assert (ran.returncode, ran.stdout) == (1, zhibu(house, "scheme", "check", file).stdout)


def test_programs_get_a_list_in_the_order_of_the_file(tmp_path: Path):
    ran = zhibu(tmp_path, "scheme", "check", str(rulebook(tmp_path, *WRONG[1][0])), "--json", ZHIBU_LOCALE="en")
    assert ran.returncode == 1
    found = json.loads(ran.stdout)
    assert [(each["line"], each["column"], each["code"], each["severity"]) for each in found] == [
        (21, 37, "document_bound", "error"),
        (44, 9, "document_field_unknown", "error"),
        (45, 14, "document_choice", "error"),
    ]
    assert found[0] == {
        "line": 21,
        "column": 37,
        "code": "document_bound",
        "message": "The number must be <= 28.",
        "severity": "error",
    }
    sound = zhibu(tmp_path, "scheme", "check", str(RULEBOOK), "--json")
    assert (sound.returncode, sound.stdout) == (0, "[]\n")


def test_advice_is_told_and_refuses_nothing(house: Path, tmp_path: Path):
    file = str(rulebook(tmp_path, ("\nnodes:", "\nvisibility: {streaks: true}\n\nnodes:")))
    ran = zhibu(house, "scheme", "check", file)
    assert ran.returncode == 0
    assert "第 30 行第 23 列（提醒）：" in ran.stdout
    assert "1 处提醒" in ran.stdout
    assert json.loads(zhibu(house, "scheme", "check", file, "--json").stdout)[0]["severity"] == "warning"
    assert zhibu(house, "scheme", "publish", file).returncode == 0


def test_a_file_that_cannot_be_opened_ends_with_two(tmp_path: Path):
    for missing in (tmp_path / "none.yaml", tmp_path):
        ran = zhibu(tmp_path, "scheme", "check", str(missing))
        assert (ran.returncode, str(missing) in ran.stdout) == (2, True)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: " + b"x" * 10_000_000, "第 1 行第 1 列：文件超过 1024 KB"),
        (b"a: " + b"[" * 5_000, "嵌套超过 64 层"),
        ("title: 办法".encode("gbk"), "UTF-8"),
        ("title: 办法".encode("utf-16"), "UTF-8"),
        (b"", "空的"),
        (b"a:\n\tb: 1", "第 2 行第 1 列：行首有制表符"),
    ],
)
def test_a_hostile_file_is_refused_in_words(tmp_path: Path, content: bytes, told: str):
    (tmp_path / "scheme.yaml").write_bytes(content)
    ran = zhibu(tmp_path, "scheme", "check", str(tmp_path / "scheme.yaml"))
    assert ran.returncode == 1
    assert told in ran.stdout


def test_an_addition_is_checked_and_not_published_alone(house: Path, tmp_path: Path):
    file = tmp_path / "overlay.yaml"
    file.write_text(
        'overlay: b1\nversion: "1"\ntitle: 补充\nunit: water\n'
        "add: {politics: [{code: W1, name: 巡河, value: {fixed: 1}}]}\n",
        "utf-8",
    )
    checked = zhibu(house, "scheme", "check", str(file))
    assert (checked.returncode, "积分标准 1 条" in checked.stdout) == (0, True)
    published = zhibu(house, "scheme", "publish", str(file))
    assert (published.returncode, "不能单独使用" in published.stdout) == (1, True)


def test_the_schema_for_editors_is_the_committed_one_and_takes_the_example(tmp_path: Path):
    printed = zhibu(tmp_path, "scheme", "schema").stdout
    assert printed == (DOCS / "scheme.schema.json").read_text("utf-8"), (
        "run: zhibu scheme schema > docs/scheme.schema.json"
    )
    validator = Draft202012Validator(json.loads(printed))
    example = yaml.safe_load(RULEBOOK.read_text("utf-8"))
    assert list(validator.iter_errors(example)) == []
    for wrong in ({"colour": "red"}, {"version": 2026.1}, {"total": {"base": "x"}}, {"months": {"close_on": 60}}):
        assert len(list(validator.iter_errors(example | wrong))) == 1, wrong


def test_every_code_of_reading_has_its_sentence():
    code = "".join(path.read_text("utf-8") for folder in READING for path in (ROOT / "rules" / folder).rglob("*.py"))
    codes = set(re.findall(r'"(document_\w+)"', code)) | set(re.findall(r'Unfit\(\s*"(\w+)"', code))
    assert len(codes) > 30
    assert codes - WORDS.keys() == set()
    assert HINTS.keys() - WORDS.keys() == set()


def test_publishing_opens_the_month_once(house: Path):
    first = zhibu(house, "scheme", "publish", str(RULEBOOK))
    assert first.returncode == 0, first.stdout + first.stderr
    assert "临江市直机关工委" in first.stdout
    assert "本月已开始" in first.stdout
    before = json.loads(zhibu(house, "status", "--json").stdout)
    again = zhibu(house, "scheme", "publish", str(RULEBOOK))
    assert again.returncode == 0
    assert "未作任何改动" in again.stdout
    assert json.loads(zhibu(house, "status", "--json").stdout) == before


def test_another_text_under_a_published_version_is_refused(house: Path, tmp_path: Path):
    assert zhibu(house, "scheme", "publish", str(RULEBOOK)).returncode == 0
    changed = zhibu(house, "scheme", "publish", str(rulebook(tmp_path, ("most: 10", "most: 11"))))
    assert changed.returncode == 1
    assert "不能改动" in changed.stdout
    renamed = rulebook(tmp_path, ("most: 10", "most: 11"), ('"2026.1"', '"2026.2"'))
    assert zhibu(house, "scheme", "publish", str(renamed)).returncode == 0


def test_a_rulebook_for_a_later_day_opens_no_month_before(house: Path):
    later = real_time().date() + timedelta(days=40)
    ran = zhibu(house, "scheme", "publish", str(RULEBOOK), "--unit", "forest", "--from", later.isoformat())
    assert ran.returncode == 0, ran.stdout
    assert "市林业局机关党委" in ran.stdout
    assert "本月已开始" not in ran.stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--unit", "nowhere"], 1, "没有编号为 nowhere 的单位"),
        (["--from", "tomorrow"], 2, "2026-12-01"),
    ],
)
def test_a_wrong_option_is_told_in_words(house: Path, words: list[str], code: int, told: str):
    ran = zhibu(house, "scheme", "publish", str(RULEBOOK), *words)
    assert ran.returncode == code
    assert told in ran.stdout


def test_a_folder_without_units_says_what_comes_first(tmp_path: Path):
    ran = zhibu(tmp_path / "empty", "scheme", "publish", str(RULEBOOK))
    assert ran.returncode == 1
    assert "zhibu init" in ran.stdout


def test_publishing_beside_a_running_process_reaches_it(house: Path, tmp_path: Path):
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=house) as server:
        server.start()
        ran = zhibu(house, "scheme", "publish", str(RULEBOOK))
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "本月已开始" in ran.stdout
    assert zhibu(house, "verify").returncode == 0
