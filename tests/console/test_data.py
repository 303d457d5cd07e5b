"""The committee's pages of data: what each role sees, filters, links, and every row in the file."""

import io
import re
from decimal import Decimal

import openpyxl
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.opening import Parts
from screens.texts import words
from storage.audit import audit, unlinked
from tests.console.conftest import Browsers, csrf_in, number_of
from tests.houses import looking

PAGES = (
    "/console/declarations",
    "/console/declarations/queue",
    "/console/declarations/months",
    "/console/ledger",
    "/console/publication",
    "/console/announcements",
    "/console/deliveries",
    "/console/deliveries/unreached",
    "/console/trail",
    "/console/exports",
)
# persona → the pages his roles open
SEES = {
    "m01": {*PAGES} - {"/console/trail"},
    "m03": set(),
}


def text_of(page: str) -> str:
    """What is read on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def total_of(page: str) -> int:
    """The number of rows the paging tells."""
    found = re.search(r"\d+–\d+\D+?(\d+)", text_of(page))
    return int(found[1]) if found else 0


@pytest.mark.parametrize("code", SEES)
def test_a_role_opens_its_pages_and_no_others(as_person: Browsers, code: str):
    client = as_person(code)
    assert {path for path in PAGES if client.get(path).status_code == 200} == SEES[code]


def test_no_page_shows_an_english_word(as_person: Browsers):
    client = as_person("m01")
    allowed = {"Excel", "CSV", "A4", "webchat", "xlsx", "csv"}
    for path in SEES["m01"]:
        found = set(re.findall(r"[A-Za-z]{3,}", text_of(client.get(path).text)))
        assert found <= allowed, (path, found - allowed)


def test_a_secretary_sees_the_lines_of_his_branch_alone(as_person: Browsers, parts: Parts):
    with looking(parts) as connection:
        query = (
            "SELECT count(*) FROM line l JOIN unit u ON u.id = l.unit_id WHERE u.code = :code AND l.state != 'draft'"
        )
        own = connection.execute(sa.text(query), {"code": "water-1"}).scalar()
        other = connection.exec_driver_sql("SELECT id FROM unit WHERE code = 'water-2'").scalar()
    client = as_person("m01")
    assert total_of(client.get("/console/declarations?period=").text) == own
    answer = client.get(f"/console/declarations?period=&unit={other}")
    assert answer.status_code == 422
    assert words("zh_CN")("Your role does not allow this here. Please ask your branch secretary.") in answer.text


@pytest.mark.parametrize(
    "query",
    ["period=2026-99", "period=x", "state=nonsense", "period=2026-10&member=%25", "page=999", "sort=bad", "unit=abc"],
)
def test_no_filter_breaks_a_page(as_person: Browsers, query: str):
    answer = as_person("m01").get(f"/console/declarations?{query}")
    assert answer.status_code in (200, 422)
    assert "Traceback" not in answer.text


def test_a_line_opens_with_its_history(as_person: Browsers):
    client = as_person("m01")
    page = client.get("/console/declarations?period=2026-10&state=approved").text
    number = re.search(r"/console/declarations/(\d+)", page)
    assert number
    line = text_of(client.get(f"/console/declarations/{number[1]}").text)
    assert "经过" in line
    assert "通过" in line


def test_a_line_of_another_branch_does_not_exist(as_person: Browsers, parts: Parts):
    with looking(parts) as connection:
        query = "SELECT l.id FROM line l JOIN unit u ON u.id = l.unit_id WHERE u.code = 'archive-1' LIMIT 1"
        foreign = connection.exec_driver_sql(query).scalar()
    assert as_person("m01").get(f"/console/declarations/{foreign}").status_code == 404


def take(client: TestClient, page: str, **fields: str) -> openpyxl.Workbook:
    """The Excel file of the list on a page."""
    csrf = csrf_in(client.get(page).text)
    answer = client.post("/console/exports/make", data={"csrf": csrf, "form": "xlsx", **fields})
    assert answer.status_code == 200, text_of(answer.text)
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def test_rows_on_all_pages_are_the_rows_of_the_file_and_of_the_database(as_person: Browsers, parts: Parts):
    client = as_person("m01")
    seen: list[str] = []
    for page in range(1, 100):
        numbers = re.findall(
            r'class="lead-cell"[^>]*><a href="/console/declarations/(\d+)"',
            client.get(f"/console/declarations?period=2026&page={page}").text,
        )
        if not numbers or numbers[0] in seen:
            break
        seen += numbers
    book = take(client, "/console/declarations?period=2026", list="lines", period="2026")
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][-1] == "条目编号"
    assert [str(row[-1]) for row in rows[1:]] == seen
    with looking(parts) as connection:
        query = (
            "SELECT l.id, l.points FROM line l JOIN unit u ON u.id = l.unit_id WHERE u.code = 'water-1' "
            "AND l.state != 'draft' AND l.period LIKE '2026%' ORDER BY l.id DESC"
        )
        stored = [(row[0], Decimal(row[1]) / 10_000) for row in connection.execute(sa.text(query))]
    assert [(row[-1], Decimal(str(row[8]))) for row in rows[1:]] == stored


def test_a_file_is_recorded_and_named_in_chinese(as_person: Browsers, parts: Parts):
    client = as_person("m01")
    csrf = csrf_in(client.get("/console/ledger").text)
    fields = {"csrf": csrf, "form": "csv", "list": "entries", "period": "2026-10"}
    answer = client.post("/console/exports/make", data=fields)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "filename*=UTF-8''%E5%8F%B0%E8%B4%A6" in answer.headers["content-disposition"]
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["x-rows"] == str(len(rows) - 1)
    page = text_of(client.get("/console/exports").text)
    assert f"2026-10 csv {len(rows) - 1}" in page
    with looking(parts) as connection:
        each = [sa.select(table.c.actor_id).where(table.c.action == "export") for table in (audit, unlinked)]
        assert connection.execute(sa.union_all(*each)).scalars().all() == [number_of(parts, "m01")]


def test_a_file_cannot_be_had_without_the_form_of_the_session(as_person: Browsers):
    answer = as_person("m01").post("/console/exports/make", data={"list": "lines", "form": "xlsx"})
    assert answer.status_code == 403


def test_the_running_sum_of_the_last_page_is_the_sum_of_the_list(as_person: Browsers):
    client = as_person("m01")
    book = take(client, "/console/ledger", list="entries", period="2026")
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    total = Decimal(0)
    for row in rows:
        total += Decimal(str(row[8]))
        assert Decimal(str(row[9])) == total
    assert len(rows) > 50


def test_a_figure_of_a_branch_opens_the_lines_it_counts(as_person: Browsers):
    client = as_person("m01")
    page = client.get("/console/declarations/months?period=2026-10").text
    found = re.search(r'<a href="([^"]*state=approved)">(?:<[^>]+>)?(\d+)', page)
    assert found
    assert total_of(client.get(found[1].replace("&amp;", "&")).text) == int(found[2])


def test_deliveries_are_taken_away_though_they_are_narrowed_by_kind(as_person: Browsers):
    client = as_person("m01")
    rows = take(client, "/console/deliveries", list="messages", kind="", first="2026-01-01").worksheets[0].max_row
    assert rows > 1
    assert 'name="list" value="messages"' in client.get("/console/deliveries").text
