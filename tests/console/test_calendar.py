"""Working days of units on the console: a year, own days pasted and removed."""

import re

from tests.console.conftest import Browsers, csrf_in

PATH = "/console/calendar"


def test_an_officer_pastes_days_and_removes_one(as_person: Browsers):
    officer = as_person("s01")
    page = officer.get(f"{PATH}?year=2026").text
    found = re.search(rf'action="({PATH}/\d+)"', page)
    assert found, page
    sent = {"csrf": csrf_in(page), "year": "2026", "text": "2026-12-30 休 年终盘点\n2026-12-26 班"}
    assert officer.post(found[1], data=sent).status_code == 303
    page = officer.get(f"{PATH}?year=2026").text
    assert ("2026-12-30" in page, "年终盘点" in page, "2026-12-26" in page) == (True, True, True)
    number = re.search(r'name="day" value="(\d+)"', page)
    assert number
    removed = {"csrf": csrf_in(page), "day": number[1]}
    assert officer.post(f"{found[1]}/remove", data=removed).status_code == 303
    assert "2026-12-26" not in officer.get(f"{PATH}?year=2026").text


def test_wrong_lines_are_refused_with_their_numbers(as_person: Browsers):
    officer = as_person("s01")
    page = officer.get(PATH).text
    found = re.search(rf'action="({PATH}/\d+)"', page)
    assert found
    answer = officer.post(found[1], data={"csrf": csrf_in(page), "text": "2026-12-30 休\n节日"})
    assert (answer.status_code, "2026-12-30" in officer.get(f"{PATH}?year=2026").text) == (422, False)


def test_a_secretary_does_not_see_it(as_person: Browsers):
    assert as_person("m01").get(PATH).status_code == 403
