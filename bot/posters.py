"""The table of a scheme as an Excel workbook that can be printed and put up."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.files import OPTIONS, fitting, sheet_name
from screens.poster import Poster

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FONT = "宋体"
LINE = 15
"""Points of a line of text."""
TALLEST = 409
"""Points a row of Excel may be high."""
A3, A4 = 8, 9
ROWS_OF_A4 = 20
LEFT_OUT = {"constant_memory": False, "tmpdir": None}


def write(path: Path, poster: Poster) -> None:
    """Writes the workbook; the file must not be there yet."""
    import xlsxwriter

    # the file is opened here: the library's own error for one it cannot open is no OSError
    with path.open("xb") as file, xlsxwriter.Workbook(file, OPTIONS | LEFT_OUT) as book:
        sheet = book.add_worksheet(sheet_name(poster.title, 1))
        formats = {
            "title": book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"}),
            "about": book.add_format({"align": "center", "valign": "vcenter", "text_wrap": True}),
            "head": book.add_format({"bold": True, "align": "center", "bg_color": "#F2EFEA"}),
            "middle": book.add_format({"align": "center"}),
            "text": book.add_format({"align": "left"}),
            "section": book.add_format({"bold": True}),
            "line": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for name, each in formats.items():
            each.set_font_name(FONT)
            if name in ("head", "middle", "text"):
                each.set_border(1)
                each.set_text_wrap()
                each.set_align("vcenter")
        _fill(sheet, poster, formats)


def _fill(sheet: Worksheet, poster: Poster, formats: dict[str, Format]) -> None:
    last = len(poster.headings) - 1
    for place, heading in enumerate(poster.headings):
        sheet.set_column(place, place, heading.width)
    row = _across(sheet, 0, last, poster.title, (formats["title"], 30))
    for text in poster.about:
        row = _across(sheet, row, last, text, (formats["about"], _height(text, _width(poster, 0, last))))
    head = row
    for place, heading in enumerate(poster.headings):
        sheet.write_string(head, place, _typed(heading.title), formats["head"])
    sheet.set_row(head, 24)
    row = _table(sheet, poster, head + 1, formats)
    for title, lines in poster.paragraphs:
        row = _across(sheet, row, last, title, (formats["section"], 22))
        for text in lines:
            row = _across(sheet, row, last, text, (formats["line"], _height(text, _width(poster, 0, last))))
    _print(sheet, poster, head, (row - 1, last))


def _table(sheet: Worksheet, poster: Poster, top: int, formats: dict[str, Format]) -> int:
    """The rows, high enough for their texts and for those of the categories beside them."""
    middle = {0, *range(len(poster.headings) - 4, len(poster.headings))}
    heights = [
        max(_height(text, heading.width) for text, heading in zip(row, poster.headings, strict=True))
        for row in poster.rows
    ]
    for number, row in enumerate(poster.rows):
        for place, text in enumerate(row):
            sheet.write_string(top + number, place, _typed(text), formats["middle" if place in middle else "text"])
    for cells in poster.merged:
        stretch = slice(cells.first, cells.last + 1)
        lacking = _height(cells.text, _width(poster, cells.left, cells.right)) - sum(heights[stretch])
        if lacking > 0:
            heights[cells.last] += lacking
        where = (top + cells.first, cells.left, top + cells.last, cells.right)
        _merge(sheet, where, cells.text, formats["middle"])
    for number, height in enumerate(heights):
        sheet.set_row(top + number, min(height, TALLEST))
    return top + len(poster.rows)


def _across(sheet: Worksheet, row: int, last: int, text: str, look: tuple[Format, int]) -> int:
    """A text over all columns; gives the next row."""
    _merge(sheet, (row, 0, row, last), text, look[0])
    sheet.set_row(row, min(look[1], TALLEST))
    return row + 1


def _merge(sheet: Worksheet, where: tuple[int, int, int, int], text: str, look: Format) -> None:
    if where[:2] != where[2:]:
        sheet.merge_range(*where, "", look)
    sheet.write_string(where[0], where[1], _typed(text), look)


def _typed(text: str) -> str:
    """A text that stays one: the library lets <r>…</r> into a file as markup, but not with a space after it."""
    sound = fitting(text)
    return f"{sound} " if sound.startswith("<r>") and sound.endswith("</r>") else sound


def _width(poster: Poster, left: int, right: int) -> int:
    return sum(heading.width for heading in poster.headings[left : right + 1])


def _height(text: str, width: int) -> int:
    """Points a text needs in a column: a Chinese character is two wide."""
    wide = sum(2 if unicodedata.east_asian_width(each) in "WFA" else 1 for each in text)
    return LINE * max(1, -(-wide // max(1, width - 2))) + 3


def _print(sheet: Any, poster: Poster, head: int, end: tuple[int, int]) -> None:
    """Landscape, as broad as the paper, the heading on every page."""
    sheet.set_landscape()
    sheet.set_paper(A4 if len(poster.rows) <= ROWS_OF_A4 else A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.print_area(0, 0, *end)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer("&C&P / &N")
    sheet.freeze_panes(head + 1, 0)
