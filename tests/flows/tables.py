"""Tables of people for tests: written as workbooks, imported by command, and what stands afterwards."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from bot.config import Settings
from bot.opening import open_parts
from storage.imports import standing
from storage.members import membership, role
from tests.flows.commands import zhibu

MEMBERS = ("成员编号", "姓名", "单位编号", "类别", "入党日期", "职务")
house_on_both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
UNITS = ("单位编号", "单位名称", "类别", "上级编号")


def workbook(path: Path, *rows: tuple[Any, ...], units: tuple[tuple[Any, ...], ...] = ()) -> Path:
    book = openpyxl.Workbook()
    for index, (name, header, some) in enumerate((("单位", UNITS, units), ("成员", MEMBERS, rows))):
        sheet = book.create_sheet(name, index)
        for row in (header, *some):
            sheet.append(row)
    book.save(path)
    return path


def many(count: int) -> list[tuple[Any, ...]]:
    return [(f"m{index:04}", "江一帆", "forest-1", "正式党员", "2019-07-01", "") for index in range(count)]


def imported(house: Path, file: Path, *options: str) -> dict[str, Any]:
    ran = zhibu(house, "import", "members", str(file), "--json", *options)
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


def state(house: Path) -> Any:
    """Everything an import may touch, without numbers and what was written about it."""
    parts = open_parts(Settings(data=house))

    def rows(connection: sa.Connection) -> Any:
        now = standing(connection, date(2100, 1, 1))
        held = [sorted(tuple(row)[1:] for row in connection.execute(sa.select(table))) for table in (membership, role)]
        return (
            sorted(now.units),
            {code: (m.name, m.kind, m.joined, m.unit, m.roles) for code, m in now.members.items()},
            held,
        )

    try:
        return parts.database.read(rows)
    finally:
        parts.close()
