"""The worksheet of a file of data: xlsxwriter's, with texts and numbers written at once."""

from __future__ import annotations

import re
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import CellDatetimeTuple, CellNumberTuple, CellStringTuple, Worksheet

NUMBERS = (CellNumberTuple, CellDatetimeTuple)
MARKED = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")


class Sheet(Worksheet):  # type: ignore[misc]  # xlsxwriter is not typed
    """Cells have a format each. The library's own step takes most of the time of a long file, and lets a text of the
    form <r>…</r> into it as markup."""

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        place = f'r="{xl_rowcol_to_cell_fast(row, col)}" s="{cell.format._get_xf_index()}"'
        if cell.__class__ in NUMBERS:
            self.fh.write(f"<c {place}><v>{cell.number:.16G}</v></c>")
            return
        assert cell.__class__ is CellStringTuple, cell
        text = cell.string
        if MARKED.search(text):
            text = self._escape_data(self._escape_control_characters(text))
        self.fh.write(f'<c {place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
