"""Tables as files: Excel workbooks in which every text stays a text, and CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from screens.tables import Cell, Column, Table, shown

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FORMS = ("xlsx", "csv")
MOST_ROWS = 1_048_575
"""Rows of one worksheet below its heading; what is more goes on in another worksheet."""
MOST_TEXT = 32_767
"""UTF-16 units a cell of Excel holds."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "\uff20")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "yyyy-mm-dd",
}


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself: a heading and pairs of words, among them the instant it holds for."""

    title: str
    facts: tuple[tuple[str, str], ...]


def write(path: Path, form: str, table: Table, about: About, zone: ZoneInfo) -> int:
    """Writes a table in one of the forms and gives the number of its rows."""
    return write_xlsx(path, table, about, zone) if form == "xlsx" else write_csv(path, table, zone)


def write_csv(path: Path, table: Table, zone: ZoneInfo) -> int:
    """UTF-8 with the mark Excel looks for; what looks like a formula is quoted by an apostrophe."""
    count = 0
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(column.title) for column in table.columns])
        for row in table.rows:
            writer.writerow([_csv(cell, zone) for cell in row])
            count += 1
    return count


def _csv(cell: Cell, zone: ZoneInfo) -> str:
    return harmless(cell) if isinstance(cell, str) else shown(cell, zone)


def harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def write_xlsx(path: Path, table: Table, about: About, zone: ZoneInfo) -> int:
    """Row by row, so that memory does not grow with the table; the last worksheet says what the file is."""
    import xlsxwriter

    from console.sheet import Sheet

    with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as book:
        formats = _Formats.of(book)
        count, rows = 0, iter(table.rows)
        while True:
            number = count // MOST_ROWS + 1
            name = sheet_name(table.title, number)
            written = _fill(book.add_worksheet(name, Sheet), table.columns, rows, formats, zone)
            count += written
            if written < MOST_ROWS:
                break
        _say(book.add_worksheet(sheet_name(about.title, 1), Sheet), about, formats)
    return count


def sheet_name(title: str, number: int) -> str:
    """A name Excel accepts: at most 31 characters, none of []:*?/\\."""
    plain = "".join(character for character in title if character not in "[]:*?/\\'")[:27].strip()
    return plain if number == 1 else f"{plain} {number}"


@dataclass(frozen=True, slots=True)
class _Formats:
    head: Format
    whole: Format
    fraction: Format
    day: Format
    instant: Format
    text: Format

    @classmethod
    def of(cls, book: Workbook) -> _Formats:
        """The few formats of a book."""
        return cls(
            head=book.add_format({"bold": True, "bg_color": "#F2EFEA", "bottom": 1, "valign": "top"}),
            whole=book.add_format({"num_format": "0"}),
            fraction=book.add_format({"num_format": "0.0###"}),
            day=book.add_format({"num_format": "yyyy-mm-dd"}),
            instant=book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            text=book.add_format({"num_format": "@"}),
        )


def _fill(
    sheet: Worksheet, columns: tuple[Column, ...], rows: Iterator[tuple[Cell, ...]], formats: _Formats, zone: ZoneInfo
) -> int:
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, fitting(column.title), formats.head)
    count = 0
    for row in rows:
        count += 1
        for place, cell in enumerate(row):
            _put(sheet, count, place, cell, formats, zone)
        if count == MOST_ROWS:
            break
    return count


def _put(sheet: Worksheet, row: int, place: int, cell: Cell, formats: _Formats, zone: ZoneInfo) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(row, place, fitting(cell), formats.text)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell.astimezone(zone).replace(tzinfo=None), formats.instant)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, cell, formats.day)
    else:
        whole = cell == int(cell)
        sheet.write_number(row, place, float(Decimal(cell)), formats.whole if whole else formats.fraction)


def fitting(text: str) -> str:
    """A text that can stand in a cell; one too long for Excel ends with how long it was."""
    if text.isprintable() and len(text) <= MOST_TEXT // 2:  # half a character is not printable
        return text
    sound = text.encode("utf-8", "replace").decode()
    if len(sound.encode("utf-16-le")) // 2 <= MOST_TEXT:
        return sound
    return f"{sound[: MOST_TEXT // 2 - 20]}… ({len(sound)})"


def _say(sheet: Worksheet, about: About, formats: _Formats) -> None:
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 60)
    for row, (name, value) in enumerate(about.facts):
        sheet.write_string(row, 0, fitting(name), formats.head)
        sheet.write_string(row, 1, fitting(value), formats.text)
