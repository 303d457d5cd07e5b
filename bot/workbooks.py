"""Workbooks in and out: Excel's .xlsx and .csv as sheets of cells, and the template people fill in."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rules.imports.cells import Unreadable, Value
from rules.imports.entries import Sheet
from rules.problems import Unfit

MOST_BYTES = 32 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024
MOST_EMPTY_ROWS = 1000
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
TEMPLATE_ROWS = 5000


def read(path: Path) -> list[Sheet]:
    """The visible sheets of a workbook; raises Unfit with the reason when it is none."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Unfit("workbook_too_large", size=size // 1024 // 1024, most=MOST_BYTES // 1024 // 1024)
    content = path.read_bytes()
    if content.startswith(OLD_EXCEL):
        raise Unfit("workbook_old")
    if content.startswith(ZIP):
        return _workbook(content)
    return [Sheet(path.name, _csv_rows(content))]


def _workbook(content: bytes) -> list[Sheet]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise Unfit("workbook_too_large", size=unpacked // 1024 // 1024, most=MOST_UNPACKED // 1024 // 1024)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # what openpyxl cannot keep is of no matter here
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            return [
                Sheet(sheet.title, list(_rows(sheet))) for sheet in book.worksheets if sheet.sheet_state == "visible"
            ]
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError, EOFError) as error:  # ParseError is a SyntaxError
        if isinstance(error, Unfit):
            raise
        raise Unfit("workbook_broken") from error


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """The rows that hold something; a sheet formatted down to its last row is not read to its end."""
    sheet.reset_dimensions()
    empty = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        values = tuple(Unreadable() if cell.data_type in ("f", "e") else cell.value for cell in cells)
        if any(value is not None and value != "" for value in values):
            empty = 0
            yield number, values
        elif (empty := empty + 1) > MOST_EMPTY_ROWS:
            return


def _csv_rows(content: bytes) -> list[tuple[int, tuple[Value, ...]]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1)
    try:
        return [(number, tuple(row)) for number, row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Unfit("workbook_broken") from error


def _decoded(content: bytes) -> str:
    """What Excel saves as CSV in China is GB 18030, elsewhere UTF-8."""
    if b"\0" in content:
        raise Unfit("workbook_broken")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unfit("workbook_broken")


Column = tuple[str, int, Sequence[str], str, bool]
"""Header, width, what may be chosen, what the example row says, and whether nothing else may be typed."""


def write_template(
    path: Path, about: tuple[str, Sequence[str]], tables: Sequence[tuple[str, Sequence[Column]]]
) -> None:
    """A workbook of empty tables: text columns, drop-down lists, an example row, and a sheet that explains them."""
    import xlsxwriter

    plain_text = {"strings_to_formulas": False, "strings_to_urls": False}
    # the file is opened here: the library's own error for one it cannot open is no OSError
    with path.open("xb") as file, xlsxwriter.Workbook(file, plain_text) as book:
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"num_format": "@", "bold": True, "bg_color": "#E8EEF4", "bottom": 1})
        example = book.add_format({"num_format": "@", "font_color": "#808080", "italic": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for name, columns in tables:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for index, (header, width, choices, shown, strict) in enumerate(columns):
                sheet.set_column(index, index, width, text)
                sheet.write_string(0, index, header, head)
                sheet.write_string(1, index, shown, example)
                if choices:
                    rule = {"validate": "list", "source": list(choices), "show_error": strict}
                    sheet.data_validation(1, index, TEMPLATE_ROWS, index, rule)
        title, lines = about
        sheet = book.add_worksheet(title)
        sheet.set_column(0, 0, 100, wrap)
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, line, wrap)
