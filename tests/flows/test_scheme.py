"""A rulebook of one's own: checked with its lines, published once, open to declarations at once."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.process import Server
from bot.opening import EXAMPLES, real_time
from tests.flows.commands import zhibu

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


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([('version: "2026.1"', "version: 2026.1")], ["第 15 行，version：这里应当写文字，请加上引号"]),
        (
            [("most: 10\n", "mosst: 10\n"), ("close_on: 6", "close_on: 60"), ("by: [member]", "by: [all]")],
            [
                "第 21 行，months.close_on：这里的数应当 <= 28",
                "第 44 行，nodes[1].criteria[1].mosst：这里没有字段",
                "by[1]",
            ],
        ),
        ([("fixed: 0.5, unit: 次", "fixed: 0.00005, unit: 次")], ["第 42 行", "最多三位小数"]),
        ([("close_on: 6", "close_on: 4")], ["第 21 行，months：close_on"]),
        ([("min: 0, max: 100}", "min: 101, max: 100}")], ["第 18 行，total：最低分 101 高于最高分 100"]),
        ([("code: P02", "code: P01")], ["第 47 行：编号 P01 重复"]),
        ([("name: 党课", "name: 学习")], ["学习"]),
        ([("from: 90}", "from: 10}")], ["第 24 行：等次"]),
        ([("caps: {month: 1,", "caps: {month: 99,")], ["第 38 行：P01 学习"]),
        ([("scheme: b1-member-points", "scheme b1-member-points")], ["第 15 行：这一行或上一行的写法读不出来"]),
    ],
    ids=lambda value: value[-1][:12] if isinstance(value, list) and isinstance(value[-1], str) else "",
)
def test_each_problem_is_told_with_its_line_and_in_words(tmp_path: Path, changes, told: list[str]):
    ran = zhibu(tmp_path / "none", "scheme", "check", str(rulebook(tmp_path, *changes)))
    assert ran.returncode == 2
    assert [part for part in told if part not in ran.stdout] == [], ran.stdout


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
