"""The frame around every page of the console."""

from starlette.testclient import TestClient

from tests.console.conftest import Browsers


def test_nobody_is_sent_to_the_door(house: TestClient):
    answer = house.get("/console")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole"


def test_a_secretary_gets_a_page(as_person: Browsers):
    page = as_person("m01").get("/console")
    assert page.status_code == 200
    assert "王立新" in page.text


def test_a_member_without_a_role_is_sent_to_the_chat(as_person: Browsers):
    page = as_person("m03").get("/console")
    assert page.status_code == 403
    assert 'href="/chat"' in page.text
