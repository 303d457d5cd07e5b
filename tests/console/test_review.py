"""Reviewing on the console: what was ticked, exactly as it was shown, with a reason for what is not approved."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from bot.opening import Parts
from handlers.declarations.forms import AddLines, Draft, Submit
from rules.access import Actor
from storage import declarations, members
from tests.console.conftest import Browsers, csrf_in, number_of

QUEUE = "/console/declarations/queue"
DECIDE = "/console/declarations/decide"


def actor(parts: Parts, code: str) -> Actor:
    """A member as one who acts today."""
    day = parts.desk.house.today(parts.clock.now())
    found = parts.database.read(lambda connection: members.actor(connection, number_of(parts, code), day))
    assert found is not None
    return found


def declare(parts: Parts, code: str, **items: int) -> list[int]:
    """Submits lines of a member; gives their numbers."""
    who, now = actor(parts, code), parts.clock.now()
    draft = parts.desk.do(who, AddLines(tuple((code, Decimal(number)) for code, number in items.items())), now)
    assert isinstance(draft, Draft)
    parts.desk.do(who, Submit(tuple(line.pin for line in draft.lines)), now)
    return [line.id for line in draft.lines]


def state(parts: Parts, number: int) -> str:
    """The state a line stands in."""
    return parts.database.read(lambda connection: declarations.by_ids(connection, [number]))[number].state


def pins(page: str) -> dict[int, str]:
    """Line → the name of its box on the queue."""
    return {int(found[2]): found[1] for found in re.finditer(r'name="(pin-(\d+):\d+)"', page)}


def test_what_is_undecided_leads_to_where_the_visitor_can_look(parts: Parts, as_person: Browsers):
    declare(parts, "m03", C01=1)
    parts.clock.move(parts.clock.now() + timedelta(days=10))
    for code, path in (("m01", QUEUE), ("s04", "/console/declarations/months?period=2026-11")):
        page = as_person(code).get("/console").text
        link = re.search(r'<a href="([^"]*)">(?:(?!</a>).)*以前月份', page, re.DOTALL)
        assert link, page
        assert link[1] == path
        assert as_person(code).get(path).status_code == 200


def posted(client: TestClient, **fields: str) -> str:
    """Decides, and reads the page that follows."""
    answer = client.post(DECIDE, data={"csrf": csrf_in(client.get(QUEUE).text), **fields})
    return client.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text


@pytest.fixture
def lines(parts: Parts) -> list[int]:
    return declare(parts, "m03", P01=1, D05=1) + declare(parts, "m04", C01=2)


def test_all_that_waits_is_approved_at_once(as_person: Browsers, parts: Parts, lines: list[int]):
    client = as_person("m01")
    page = client.get(QUEUE).text
    assert set(pins(page)) == set(lines)
    every = re.search(r'name="pins" value="([^"]+)"', page)
    assert every
    assert "已办理 3 条" in posted(client, pins=every[1], decision="approve")
    assert [state(parts, line) for line in lines] == ["approved"] * 3


@pytest.mark.parametrize(("decision", "becomes"), [("return", "returned"), ("reject", "rejected")])
def test_a_reason_is_needed_and_only_what_was_ticked_is_decided(
    as_person: Browsers, parts: Parts, lines: list[int], decision: str, becomes: str
):
    client = as_person("m01")
    boxes = pins(client.get(QUEUE).text)
    ticked = {boxes[lines[0]]: "1", boxes[lines[2]]: "1"}
    assert "请填写理由" in posted(client, decision=decision, reason="  ", **ticked)
    assert {state(parts, line) for line in lines} == {"submitted"}
    assert "已办理 2 条" in posted(client, decision=decision, reason="请补充材料", **ticked)
    assert [state(parts, line) for line in lines] == [becomes, "submitted", becomes]
    history = client.get(f"/console/declarations/{lines[0]}").text
    assert "请补充材料" in history


def test_a_line_changed_after_it_was_shown_is_left_alone(as_person: Browsers, parts: Parts, lines: list[int]):
    client = as_person("m01")
    every = re.search(r'name="pins" value="([^"]+)"', client.get(QUEUE).text)
    assert every
    edition = parts.database.read(lambda connection: declarations.by_ids(connection, lines))[lines[2]].edition
    parts.database.write(lambda connection: declarations.change(connection, [(lines[2], edition)], ("submitted",)))
    page = posted(client, pins=every[1], decision="approve")
    assert "已办理 2 条" in page
    assert "1 条在此期间有变动" in page
    assert state(parts, lines[2]) == "submitted"


def test_a_second_press_decides_nothing_twice(as_person: Browsers, parts: Parts, lines: list[int]):
    client = as_person("m01")
    box = pins(client.get(QUEUE).text)[lines[0]]
    assert "已办理 1 条" in posted(client, decision="approve", **{box: "1"})
    page = posted(client, decision="reject", reason="重复", **{box: "1"})
    assert "已办理 0 条" in page
    assert state(parts, lines[0]) == "approved"


def test_nobody_decides_lines_of_another_branch_or_his_own(as_person: Browsers, parts: Parts, lines: list[int]):
    own = declare(parts, "m01", P01=1)[0]
    foreign = as_person("m21")
    edition = parts.database.read(lambda connection: declarations.by_ids(connection, lines))[lines[0]].edition
    assert "已办理 0 条" in posted(foreign, decision="approve", pins=f"{lines[0]}:{edition}")
    assert "已办理 0 条" in posted(as_person("m01"), decision="approve", pins=f"{own}:{edition}")
    assert state(parts, lines[0]) == state(parts, own) == "submitted"


@pytest.mark.parametrize("given", ["", "x", "1", "1:", ":1", "0:0", "1:1 x:2", "99999999999999999999:1"])
def test_what_is_no_list_of_lines_decides_nothing(as_person: Browsers, parts: Parts, lines: list[int], given: str):
    client = as_person("m01")
    client.post(DECIDE, data={"csrf": csrf_in(client.get(QUEUE).text), "pins": given, "decision": "approve"})
    assert {state(parts, line) for line in lines} == {"submitted"}
