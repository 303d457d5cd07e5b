"""Reminders of a unit on the console: its hour, and kinds that nobody below may mute."""

import re
from typing import Any

from starlette.testclient import TestClient

from tests.console.conftest import Browsers, csrf_in

PATH = "/console/reminding"


def set_wish(client: TestClient, **fields: str) -> Any:
    """Sends the form of the visitor's unit."""
    page = client.get(PATH).text
    found = re.search(rf'action="({PATH}/\d+)"', page)
    assert found, page
    return client.post(found[1], data={"csrf": csrf_in(page), **fields})


def test_an_officer_sets_the_hour_and_what_is_compulsory(as_person: Browsers):
    officer = as_person("s01")
    assert "按上级设置 (08:30)" in officer.get(PATH).text
    assert set_wish(officer, hour="12:30", **{"kind-task_due": "1"}).status_code == 303
    page = officer.get(PATH).text
    assert "<option selected>12:30</option>" in page
    assert 'name="kind-task_due" value="1" checked' in page
    assert 'name="kind-task_still" value="1">' in page
    assert "提醒设置" in officer.get("/console/deliveries").text, "the page is found beside the deliveries"


def test_an_hour_at_night_is_refused_with_words(as_person: Browsers):
    answer = set_wish(as_person("s01"), hour="22:00")
    assert (answer.status_code, "整点或半点" in answer.text) == (422, True)


def test_a_secretary_sees_neither_page_nor_tab(as_person: Browsers):
    secretary = as_person("m01")
    assert secretary.get(PATH).status_code == 403
    assert PATH not in secretary.get("/console/deliveries").text
