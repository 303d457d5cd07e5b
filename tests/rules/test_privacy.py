"""The notice about personal data as an organisation writes it: version, title, lines, and blanks left."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.privacy import Words, notice_problems, read_notice

BODY = "# 告知书\n\n测试单位处理您的信息。"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (f"version: 2026-11\n{BODY}", "2026-11"),
        (f"\ufeffversion：第二版 \n{BODY}", "第二版"),
        (f"\n\n  Version: 3\n{BODY}", "3"),
        (f"version: {'v' * 70}\n{BODY}", "v" * 64),
    ],
)
def test_the_first_line_names_the_version(text: str, version: str):
    assert read_notice(text).version == version
    assert read_notice(text).words == Words("告知书", ("测试单位处理您的信息。",))


def test_without_that_line_every_change_is_a_new_version_the_english_text_s_too():
    versions = {
        read_notice(text, english).version
        for text, english in ((BODY, ""), (f"{BODY}。", ""), (BODY, "# Notice\n\nWords."), (f"{BODY}\nversion: 1", ""))
    }
    assert len(versions) == 4
    assert read_notice(BODY).version == read_notice(BODY).version


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("## 一、谁在处理", "一、谁在处理"),
        ("- **姓名**、`编号`", "· 姓名、编号"),
        ("* 一点", "· 一点"),
        ("普通的一段 - 带横线", "普通的一段 - 带横线"),
        ("version: 在正文里", "version: 在正文里"),
        ("<b>不是标签</b>", "<b>不是标签</b>"),
    ],
)
def test_markdown_becomes_plain_lines(line: str, shown: str):
    assert read_notice(f"{BODY}\n{line}").words.lines[-1] == shown


def test_who_reads_english_gets_english_when_there_is_some():
    both = read_notice(BODY, "# Notice\n\nWords.")
    assert (both.told("en").title, both.told("zh_CN").title) == ("Notice", "告知书")
    assert read_notice(BODY, " \n").told("en").title == "告知书"


@pytest.mark.parametrize(
    ("text", "english", "code", "facts"),
    [
        (BODY, "", None, {}),
        ("", "", "notice_empty", {}),
        ("version: 1\n# 只有标题", "", "notice_empty", {}),
        ("字" * 20_001, "", "notice_too_long", {"most": 20_000}),
        (BODY, "x" * 20_001, "notice_too_long", {"most": 20_000}),
        (f"{BODY}【电话】，【电话】【邮箱】", "", "notice_blanks", {"count": 2, "blanks": ("【电话】", "【邮箱】")}),
        (BODY, "Call 【telephone】.", "notice_blanks", {"count": 1, "blanks": ("【telephone】",)}),
    ],
)
def test_what_keeps_a_notice_from_being_shown(text: str, english: str, code: str | None, facts: dict[str, Any]):
    found = [(problem.code, problem.facts) for problem in notice_problems(text, english)]
    assert found == ([] if code is None else [(code, facts)])


@given(st.text(max_size=400), st.text(max_size=200))
def test_any_text_can_be_read(text: str, english: str):
    notice = read_notice(text, english)
    assert 1 <= len(notice.version) <= 64
    assert all(line == line.strip() and line for line in notice.words.lines)
    assert "\n" not in notice.words.title
