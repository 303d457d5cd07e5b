"""The guide to rulebooks: every example gives what its table works out by hand, and nothing is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec
import pytest
import typer

from bot.cli import commands
from bot.cli.schemes import scheme as of_schemes
from rules.documents import read
from rules.expressions import FUNCTIONS, compiled
from rules.schemes import Overlay, Scheme, check, parse
from rules.schemes.needs import Need
from rules.schemes.reading import judge
from rules.schemes.values import KINDS
from rules.schemes.versions import with_overlay
from rules.scoring import Facts, Score, score
from rules.scoring.entries import ENTRY
from rules.scoring.facts import Decision, Exempted, Membership, Past
from rules.scoring.file import FactsFile, FileBallot, FileCycle, FileDays, FileEntry, FileSubject, facts_of
from rules.scoring.names import ALONE, DOTTED, plain
from screens.problems import WORDS
from screens.scoring import reason
from screens.texts import words
from tests.systems.test_scheme_examples import HEAD, SHAPES

HOUSE = Path(__file__).parents[2]
PAGES = {path.name: path.read_text("utf-8") for path in (HOUSE / "docs").glob("*.md")}
GUIDE = PAGES["scheme.md"]
LAST = date(2026, 12, 31)
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?P<page>[^)#\s]*)#(?P<anchor>[^)\s]+)\)")
Kind = type[msgspec.Struct]
FACTS: tuple[Kind, ...] = (
    FactsFile,
    FileSubject,
    Membership,
    Exempted,
    Past,
    FileEntry,
    FileDays,
    FileCycle,
    FileBallot,
    Decision,
)
ANSWERS: Mapping[str, object] = {"是": True, "否": False, "没有": None}
CHAPTERS = (
    "最小的一份 谁被计分 类别 积分标准 分值的写法 公式 周期与分期 全体比较 上下级 等次 测评折算 下级补充 "
    "可见范围和国家规定的开关 怎么算 检查会指出什么 命令 数据文件 运行中的系统还不能用的部分 常见写法三十例"
)


class Example(NamedTuple):
    """A whole scheme of the guide, what is added to it, its facts, and what was worked out by hand."""

    scheme: str
    added: str
    facts: str
    rows: tuple[tuple[str, ...], ...]


def rows_under(head: str, text: str) -> Iterator[tuple[str, ...]]:
    """The rows of each table with this head."""
    for part in text.split(head)[1:]:
        for line in part.splitlines()[2:]:
            if not line.startswith("|"):
                break
            yield tuple(cell.strip() for cell in line.strip().strip("|").split(" | "))


def examples() -> Iterator[Example]:
    blocks = list(BLOCK.finditer(GUIDE))
    for index, found in enumerate(blocks):
        if found[1].startswith("scheme:"):
            behind = blocks[index + 1 : index + 3]
            added = behind.pop(0)[1] if behind[0][1].startswith("overlay:") else ""
            told = GUIDE[behind[0].end() :].partition("```")[0].partition("\n## ")[0]
            yield Example(found[1], added, behind[0][1], tuple(rows_under(HEAD, told)))


WHOLE = list(examples())
WORTH = list(rows_under("| 写法 | 数据 | 得分 |", GUIDE))
FORMULAS = list(rows_under("| 公式 | 名字是多少 | 结果 |", GUIDE))


def scheme_of(found: Example) -> Scheme:
    scheme: object = parse(found.scheme)
    if found.added and isinstance(scheme, Scheme):
        overlay = judge(read(found.added.encode())).found
        assert isinstance(overlay, Overlay)
        scheme = with_overlay(scheme, overlay)
    assert isinstance(scheme, Scheme), scheme
    return scheme


def scored(scheme: Scheme, given: object) -> dict[str, Score]:
    facts = facts_of(given, scheme, LAST)
    assert isinstance(facts, Facts), facts
    return {str(who): each for who, each in score(scheme, facts).items()}


def by_name(found: Example) -> str:
    return found.scheme.splitlines()[0].removeprefix("scheme: ")


@pytest.mark.parametrize("chapter", CHAPTERS.split())
def test_the_guide_has_the_chapter(chapter: str):
    assert re.search(rf"^## {chapter}(?: |$)", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("found", WHOLE, ids=by_name)
def test_a_whole_example_gives_the_totals_and_grades_worked_out_by_hand(found: Example):
    told = {
        who: ("不计分" if each.state == "not_scored" else each.total, each.grade)
        for who, each in scored(scheme_of(found), read(found.facts.encode()).value).items()
    }
    assert found.facts.startswith("# 数据\n")
    assert all(row[3] for row in found.rows)
    assert told == {row[0]: (row[1] if row[1] == "不计分" else Decimal(row[1]), row[2] or None) for row in found.rows}


@pytest.mark.parametrize("found", WHOLE, ids=by_name)
def test_checking_a_whole_example_finds_nothing(found: Example):
    assert [each.problem for each in check(scheme_of(found))] == []


def given_in(cell: str) -> Any:
    """What a cell of a table writes; nothing where it writes nothing."""
    return read(f"cell: {cell.strip('`')}".encode()).value["cell"] if "`" in cell else {}


def one_criterion(cell: str) -> Scheme:
    """A scheme of one criterion, from a value or from a whole criterion."""
    value = given_in(cell)
    criterion = value if "value" in value else {"value": value}
    criterion = {"code": "C", "name": "C", "by": ["organisation"], **criterion}
    node = {"code": "n", "name": "n", "criteria": [criterion]}
    scheme = msgspec.convert({"scheme": "s", "version": "1", "title": "s", "nodes": [node]}, Scheme, strict=False)
    assert [each for each in check(scheme) if each.severity == "error"] == []
    return scheme


def one_subject(cell: str) -> dict[str, Any]:
    """The facts of 甲, from a list of entries or from facts that leave out whose they are."""
    value = given_in(cell)
    given: dict[str, Any] = {"entries": value} if isinstance(value, list) else dict(value)
    entries = [{"subject": "甲", "criterion": "C", "on": "2026-03-02", **each} for each in given.pop("entries", [])]
    ballots = [{"subject": "甲", **each} for each in given.pop("ballots", [])]
    facts: dict[str, Any] = {"subjects": [{"id": "甲", **given.pop("subject", {})}], "entries": entries}
    facts["imported"] = {name: {"甲": each} for name, each in given.pop("imported", {}).items()}
    return {**facts, "ballots": ballots, "promises": {"甲": given.pop("promises", {})}, **given}


@pytest.mark.parametrize("row", WORTH, ids=lambda row: row[0])
def test_a_value_is_worth_what_its_row_says(row: tuple[str, ...]):
    total = scored(one_criterion(row[0]), one_subject(row[1]))["甲"].total
    assert total == Decimal(row[2].split()[0])


@pytest.mark.parametrize("kind", KINDS)
def test_each_of_the_value_rules_has_a_heading_and_a_row(kind: str):
    values = [given_in(row[0]) for row in WORTH]
    assert re.search(rf"^### `{kind}` ", GUIDE, re.MULTILINE)
    assert any(kind in value for value in values)


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row[0])
def test_a_formula_gives_what_its_row_says(row: tuple[str, ...]):
    known = {
        name: tuple(map(plain, each)) if isinstance(each, list) else plain(each)
        for name, each in given_in(row[1]).items()
    }
    answer = compiled(row[0].strip("`")).value(lambda name: known.get(name))
    wanted = ANSWERS[row[2]] if row[2] in ANSWERS else Decimal(row[2])
    assert (type(answer), answer) == (type(wanted), wanted)


def test_there_are_rows_of_formulas():
    assert len(FORMULAS) >= len(FUNCTIONS)


def test_every_name_of_formulas_has_a_row_and_no_others():
    told = {
        name.partition(".")[0]
        for row in rows_under("| 名字 | 是什么 | 在哪里能用 |", GUIDE)
        for name in re.findall(r"`([^`]+)`", row[0])
    }
    assert told == {*ALONE, *DOTTED, *ENTRY, "earlier", "points", "entry", "grade"}


def test_every_function_has_a_row_and_no_others():
    told = [row[0].strip("`").partition("(")[0] for row in rows_under("| 函数 | 意思 |", GUIDE)]
    assert sorted(told) == sorted(FUNCTIONS)


def default_of(field: Any) -> str:
    if field.required:
        return "必填"
    found = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    if isinstance(found, msgspec.Struct):
        return "各项的默认"
    if found is None or (not found and isinstance(found, (str, tuple, dict))):
        return "无"
    return str(found).lower()


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_every_key_of_the_facts_has_a_row_with_its_default(kind: Kind):
    section = re.search(rf"^### \S+ {kind.__name__}\n(.*?)(?=^##)", GUIDE, re.MULTILINE | re.DOTALL)
    assert section
    rows = list(rows_under("| 项 | 默认 | 意思 |", section[1]))
    told = {row[0].strip("`"): row[1].strip("`") for row in rows}
    assert told == {field.encode_name: default_of(field) for field in msgspec.structs.fields(kind)}
    assert all(row[2] for row in rows)


def test_every_need_a_running_house_cannot_meet_has_a_row():
    needs = get_args(Need)
    say = words("zh_CN")
    rows = {row[0] for row in rows_under("| 还没有的 | 哪些写法要它 |", GUIDE)}
    told = {need: WORDS["scheme_not_live"](say, {"need": need}) for need in needs}
    assert {need for need, sentence in told.items() if not any(f"需要的{row}，" in sentence for row in rows)} == set()
    assert len(rows) == len(needs)


def test_every_reason_an_entry_does_not_count_has_a_row():
    scoring = "".join(path.read_text("utf-8") for path in (HOUSE / "rules/scoring").glob("*.py"))
    told = (HOUSE / "screens/scoring.py").read_text("utf-8").partition("def reason(")[2].partition("}[code]")[0]
    reasons = [code for code in re.findall(r'"(\w+)": say', told) if f'"{code}"' in scoring]
    said = {reason(words("zh_CN"), code) for code in reasons}
    assert said == {row[0] for row in rows_under("| “为什么”里写的 | 意思 |", GUIDE)}


def options_of_commands() -> dict[str, set[str]]:
    """The options of each command for rulebooks, by the name the guide uses."""
    commands()
    group: Any = typer.main.get_command(of_schemes)
    return {
        name: {min(each.opts, key=len) for each in command.params if each.opts[0].startswith("-")}
        for name, command in group.commands.items()
    }


@pytest.mark.parametrize(("name", "options"), sorted(options_of_commands().items()))
def test_a_command_stands_in_the_guide_with_all_its_options(name: str, options: set[str]):
    lines = re.findall(rf"^    zhibu scheme {name}(?: .*)?$", GUIDE.partition("\n## 命令")[2], re.MULTILINE)
    assert len(lines) == 1
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", lines[0])) == options


def slug(heading: str) -> str:
    """The address of a heading within its page."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_each_of_the_thirty_commonest_shapes_is_named_in_the_guide():
    section = GUIDE.partition("\n## 常见写法三十例")[2].partition("\n## ")[0]
    headings = {slug(each): each[:3] for each in HEADING.findall(PAGES["scheme-examples.md"])}
    assert [headings[anchor] for _, anchor in LINK.findall(section)] == SHAPES


def test_a_link_to_a_chapter_leads_to_its_heading():
    known = {name: {slug(each) for each in HEADING.findall(text)} for name, text in PAGES.items()}
    found = LINK.findall(GUIDE)
    assert found
    assert [link for link in found if link[1] not in known.get(link[0] or "scheme.md", set())] == []
