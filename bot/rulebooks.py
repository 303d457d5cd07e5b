"""The worksheets of a rulebook's workbook as rows of texts, merged cells filled in; what cannot be read is refused."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.workbooks import OLD_EXCEL, ZIP
from rules.problems import Unfit
from rules.schemes.sheets import SheetRow

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MB = 1024 * 1024
MOST_BYTES = 5 * MB
MOST_UNPACKED = 40 * MB
MOST_ROWS = 5000
MOST_CELLS = 400_000
MOST_COLUMNS = 60
LAST_ROW = 20_000
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of the stream in which a workbook with a password is kept."""

# openpyxl trips over parts that are missing or are not what they should be; ParseError of XML is a SyntaxError
BROKEN = (
    zipfile.BadZipFile, zlib.error, LookupError, ValueError, ArithmeticError, SyntaxError, EOFError, TypeError,
    AttributeError, RuntimeError, OSError,
)  # fmt: skip


def read(path: Path) -> list[tuple[str, list[SheetRow]]]:
    """The visible worksheets that hold something, with their names; raises Unfit with the reason when there is none."""
    if path.stat().st_size > MOST_BYTES:
        raise Unfit("rulebook_too_large", most=MOST_BYTES // MB)
    content = path.read_bytes()
    if content.startswith(OLD_EXCEL):
        raise Unfit("rulebook_password" if ENCRYPTED in content else "workbook_old")
    if not content.startswith(ZIP):
        raise Unfit("rulebook_broken")
    try:
        return _worksheets(content)
    except Unfit:
        raise
    except BROKEN as error:
        raise Unfit("rulebook_broken") from error


def _worksheets(content: bytes) -> list[tuple[str, list[SheetRow]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise Unfit("rulebook_too_large", most=MOST_UNPACKED // MB)
    ends = {sheet.title: _end(sheet) for sheet in _visible(_opened(content, read_only=True))}
    if not any(ends.values()):
        raise Unfit("rulebook_no_sheet")
    shown = {sheet.title: sheet for sheet in _visible(_opened(content, data_only=True))}
    typed = {sheet.title: sheet for sheet in _visible(_opened(content))}
    return [(name, list(_rows(shown[name], typed[name], end))) for name, end in ends.items() if end]


def _opened(content: bytes, **how: bool) -> Workbook:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what openpyxl cannot keep is of no matter here
        return openpyxl.load_workbook(io.BytesIO(content), **how)


def _visible(book: Workbook) -> list[Any]:
    return [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _end(sheet: Any) -> int:
    """The last row that holds something, 0 when none does; counted before the whole is taken into memory."""
    sheet.reset_dimensions()
    last = filled = cells = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells += len(row)
        if any(cell.value not in (None, "") for cell in row):
            last, filled = number, filled + 1
        if filled > MOST_ROWS or cells > MOST_CELLS or last > LAST_ROW:
            raise Unfit("rulebook_too_long", most=MOST_ROWS)
    return last


def _rows(shown: Any, typed: Any, end: int) -> Iterable[SheetRow]:
    """The rows as texts; a formula is taken at the value that Excel stored with it."""
    width = min(shown.max_column, MOST_COLUMNS)
    texts = [[""] * width for _ in range(end)]
    for row in shown.iter_rows(max_row=end, max_col=width):
        for cell in row:
            if cell.value is None and typed.cell(cell.row, cell.column).data_type == "f":
                raise Unfit("rulebook_formula", sheet=shown.title, cell=cell.coordinate)
            texts[cell.row - 1][cell.column - 1] = _text(cell.value, cell.number_format)
    for merged in shown.merged_cells.ranges:
        _fill(texts, merged)
    for number, cells in enumerate(texts, 1):
        if any(cells):
            yield SheetRow(number, tuple(cells))


def _fill(texts: list[list[str]], merged: Any) -> None:
    """Writes the text of a merged cell into every cell it covers."""
    rows = texts[merged.min_row - 1 : merged.max_row]
    places = range(merged.min_col - 1, min(merged.max_col, len(texts[0])))
    if not rows or not places:
        return
    text = rows[0][places[0]]
    for row in rows if text else ():
        row[places[0] : places[-1] + 1] = [text] * len(places)


def _text(value: Any, number_format: str) -> str:
    """A cell as it is seen; a number keeps the digits that were typed."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and "%" in number_format:
        return f"{value * 100:.10g}%"
    return f"{value:.15g}" if isinstance(value, float) else str(value).strip()
