"""Ten thousand lines with hostile notes: the rows of all pages, of the file and of the database are the same."""

import io
import re
from html import unescape as read_html

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from bot.opening import Parts
from screens.texts import clean
from storage import declarations
from storage.engine import Connection
from tests.console.conftest import Browsers, csrf_in
from tests.console.test_files import HOSTILE

ROWS = 10_000
PERIOD = "2026-01"


@pytest.fixture
def numbers(parts: Parts) -> list[int]:
    """As many lines of the first branch, all in one month in which there are no others."""

    def plant(connection: Connection) -> list[int]:
        query = "SELECT l.id FROM line l JOIN unit u ON u.id = l.unit_id WHERE u.code = ? AND l.state = ? LIMIT 1"
        first = connection.exec_driver_sql(query, ("water-1", "approved")).scalar_one()
        template = connection.execute(declarations.line.select().where(declarations.line.c.id == first)).one()
        connection.exec_driver_sql(f"UPDATE line SET period = '2025-01' WHERE period = '{PERIOD}'")
        values = {**template._asdict(), "period": PERIOD, "key": None}
        del values["id"]
        rows = [values | {"note": f"{HOSTILE[number % len(HOSTILE)]} {number}"} for number in range(ROWS)]
        return declarations.add_all(connection, rows)

    return parts.database.write(plant)


def test_pages_file_and_database_hold_the_same_rows(as_person: Browsers, parts: Parts, numbers: list[int]):
    client, seen = as_person("m01"), []
    path = f"/console/declarations?period={PERIOD}&sort=oldest"
    for page in range(1, ROWS // 50 + 1):
        text = client.get(f"{path}&page={page}").text
        lines = re.findall(r'class="lead-cell"[^>]*><a href="/console/declarations/(\d+)"', text)
        notes = re.findall(r'data-label="备注">([^<]*)</td>', text)
        seen += list(zip((int(line) for line in lines), map(read_html, notes), strict=True))
    answer = client.post(
        "/console/exports/make",
        data={
            "csrf": csrf_in(client.get(path).text),
            "list": "lines",
            "period": PERIOD,
            "sort": "oldest",
            "form": "xlsx",
        },
    )
    assert answer.headers["x-rows"] == str(ROWS)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    heading, *rows = sheet.iter_rows(values_only=True)
    place = heading.index("备注")
    filed = [(row[-1], unescape(str(row[place]))) for row in rows]
    found = parts.database.read(lambda connection: declarations.by_ids(connection, numbers))
    stored = [(number, found[number].note) for number in numbers]
    assert filed == stored
    assert seen == [(number, clean(note)) for number, note in stored]
    assert {cell.data_type for cell in sheet["L"][1:]} == {"s"}
