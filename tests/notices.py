"""A notice about personal data for tests of houses that have one."""

from pathlib import Path

TEXT = """version: {version}

# 个人信息处理告知书

## 一、谁在处理
测试单位，联系人：王老师。

- 您的姓名、申报和积分。
"""
ENGLISH = "# Your personal data\n\nThe test office handles it.\n"


def put_notice(folder: Path, version: str = "2026-11", english: str = "") -> None:
    (folder / "notice.md").write_text(TEXT.format(version=version), "utf-8")
    if english:
        (folder / "notice.en.md").write_text(english, "utf-8")
