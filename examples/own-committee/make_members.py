"""Writes members.xlsx, the filled-in table of this example: thirty invented people of three branches."""

from __future__ import annotations

import sys
from pathlib import Path

import xlsxwriter

FAMILY = "江向林苏叶方秦许沈陆姚谭"
GIVEN = ("一帆", "知远", "明澈", "若溪", "思齐", "景行")
BRANCHES = ("forest-1", "forest-2", "library-1")
OFFICERS = {"forest-1": "党务干部@forest", "library-1": "党务干部@library"}


def rows() -> list[tuple[str, ...]]:
    """Ten people a branch: the first is its secretary, the last of two branches are officers above it."""
    found: list[tuple[str, ...]] = []
    for place, branch in enumerate(BRANCHES):
        for index in range(10):
            number = place * 10 + index
            name = FAMILY[number % len(FAMILY)] + GIVEN[(number + number // len(FAMILY)) % len(GIVEN)]
            roles = "书记" if index == 0 else OFFICERS.get(branch, "") if index == 9 else ""
            kind = "预备党员" if index == 8 else "正式党员"
            found.append((f"m{number + 1:03}", name, branch, kind, f"{2004 + index}-07-01", roles))
    return found


def main(path: Path) -> None:
    """Every cell is text, as in the template."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("成员")
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, 5, 16, text)
        table = [("成员编号", "姓名", "单位编号", "类别", "入党日期", "职务"), *rows()]
        for row, cells in enumerate(table):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell, text)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "members.xlsx"))
