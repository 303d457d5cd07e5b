"""公示表: every approved entry of the month, caps explained, the sums right, a closed month the same for ever."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from bot.opening import Parts
from handlers.context import Refused
from handlers.ledger.reversal import Reverse
from handlers.publication import PublicationSheet, ShowPublication
from tests.console.conftest import Browsers, csrf_in
from tests.console.test_review import actor
from tests.houses import looking

MONTHS = [f"2026-{month:02d}" for month in range(1, 11)]


@pytest.fixture(autouse=True)
def _closed(parts: Parts) -> Iterator[None]:
    """Most of these ask the desk alone: nobody else closes the house."""
    yield
    parts.close()


def unit(parts: Parts, code: str) -> int:
    """The number of a unit."""
    with looking(parts) as connection:
        return int(connection.execute(sa.text("SELECT id FROM unit WHERE code = :code"), {"code": code}).scalar_one())


def sheet(parts: Parts, period: str, code: str = "m01", branch: str = "water-1") -> PublicationSheet:
    """The sheet of the first branch."""
    answer = parts.desk.ask(actor(parts, code), ShowPublication(unit(parts, branch), period), parts.clock.now())
    assert isinstance(answer, PublicationSheet), answer
    return answer


def test_the_months_of_a_year_add_up_to_its_total(parts: Parts):
    sheets = [sheet(parts, period) for period in MONTHS]
    for index, row in enumerate(sheets[-1].rows):
        moved = sum((each.rows[index].subtotal for each in sheets), Decimal(0))
        assert row.year_total == min(Decimal(100), max(Decimal(0), sheets[-1].base + moved)), row.name
        assert row.subtotal == sum(row.by_category, Decimal(0))


def test_every_entry_of_the_month_stands_on_the_sheet(parts: Parts):
    found = sum(len(row.entries) for row in sheet(parts, "2026-10").rows)
    with looking(parts) as connection:
        query = (
            "SELECT count(*) FROM entry e JOIN unit u ON u.id = e.unit_id WHERE u.code = :code AND e.period = :period"
        )
        assert found == connection.execute(sa.text(query), {"code": "water-1", "period": "2026-10"}).scalar()
    assert found > 20


def test_members_stand_in_the_order_of_codes(parts: Parts):
    codes = [row.code for row in sheet(parts, "2026-10").rows]
    assert codes == sorted(codes)
    assert len(codes) == 20


def test_a_cap_is_explained_beside_what_counts(parts: Parts):
    capped = [
        entry for period in MONTHS for row in sheet(parts, period).rows for entry in row.entries if entry.capped_by
    ]
    assert capped
    assert all(abs(entry.counted) < abs(entry.posted) for entry in capped)


def test_a_closed_month_stays_as_it_was_when_an_entry_is_taken_back(parts: Parts):
    before = {period: sheet(parts, period) for period in MONTHS}
    with looking(parts) as connection:
        query = (
            "SELECT e.id, e.member_id FROM entry e JOIN member m ON m.id = e.member_id "
            "WHERE m.code = 'm03' AND e.period = '2026-09' AND e.points > 0 LIMIT 1"
        )
        entry = connection.exec_driver_sql(query).one()
    answer = parts.desk.do(actor(parts, "m01"), Reverse(entry[0], "登记有误"), parts.clock.now())
    assert not isinstance(answer, Refused)
    parts.clock.move(parts.clock.now() + timedelta(minutes=5))
    for period in MONTHS:
        assert replace(sheet(parts, period), as_of=before[period].as_of) == before[period]
    now = next(row for row in sheet(parts, "2026-11").rows if row.code == "m03")
    assert [each.counted for each in now.entries if each.reversal] != []


def test_a_member_sees_the_sheet_of_his_branch_and_no_other(parts: Parts):
    assert sheet(parts, "2026-10", "m03").rows == sheet(parts, "2026-10").rows
    foreign = ShowPublication(unit(parts, "water-2"), "2026-10")
    assert isinstance(parts.desk.ask(actor(parts, "m03"), foreign, parts.clock.now()), Refused)


@pytest.mark.parametrize("period", ["2026", "2026-13", "x"])
def test_what_is_no_month_is_refused_in_words(as_person: Browsers, parts: Parts, period: str):
    answer = as_person("m01").get(f"/console/publication/{unit(parts, 'water-1')}/{period}")
    assert answer.status_code == 422
    assert "请填写月份" in answer.text


def test_page_and_file_show_the_same_figures(as_person: Browsers, parts: Parts):
    client, branch = as_person("m01"), unit(parts, "water-1")
    page = client.get(f"/console/publication/{branch}/2026-10").text
    totals = re.findall(r'data-label="全年累计"><b>([^<]+)</b>', page)
    fields = {"csrf": csrf_in(page), "list": "publication", "unit": str(branch), "period": "2026-10", "form": "xlsx"}
    answer = client.post("/console/exports/make", data=fields)
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    place = rows[0].index("全年累计")
    assert [Decimal(str(row[place])) for row in rows[1:]] == [Decimal(text) for text in totals]
    assert len(totals) == 20
    assert "已结账，数据不再变动" in page
    assert "签字" in page


def test_only_branches_have_a_sheet_to_choose(as_person: Browsers):
    page = as_person("s04").get("/console/publication").text
    offered = re.findall(r"<option[^>]*>([^<]+)</option>", page)
    assert len(offered) == 3
    assert all(name.endswith("支部") for name in offered)
