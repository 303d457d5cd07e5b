"""Every way of the console × every kind of visitor × things inside and outside his units."""

import secrets
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from bot.app import build
from bot.clock import Clock
from bot.config import Settings
from bot.opening import Parts, open_parts
from bot.secrets import hashed
from console.access import OPEN, ROUTES, Way
from console.app import PAGES
from console.auth import COOKIE
from handlers.signin import OpenForDemo
from rules.access import SYSTEM
from storage import members
from storage.announcements import announcement
from storage.declarations import line
from storage.evidence import evidence
from storage.ledger import entry
from storage.outbox import outbox
from storage.signin import session
from tests.console.callers import ABOVE, BRANCHES, CALLERS, HOME_OF, Caller, allows
from tests.console.conftest import Browsers, announce, number_of
from tests.houses import START


@pytest.fixture(scope="module")
def shared(year: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Parts, TestClient]]:
    """One house for all rows of the matrix: what is refused changes nothing, and what is allowed is half filled in."""
    folder = Path(shutil.copytree(year, tmp_path_factory.mktemp("matrix") / "data"))
    parts = open_parts(Settings(data=folder), Clock(lambda: START))
    today = parts.desk.house.today(START)
    parts.database.write(lambda connection: more_roles(parts, connection, today))
    (folder / "proof.pdf").write_bytes(b"%PDF-1.4")
    parts.database.write(a_proof_each)
    for code in ("m01", "m21", "m43"):
        announce(parts, code)
    with TestClient(build(parts), follow_redirects=False) as client:
        yield parts, client


def more_roles(parts: Parts, connection: sa.Connection, today: date) -> None:
    """Roles the example does not have: an instructor, one that is over, and its deputy."""
    units = dict(connection.execute(sa.select(members.unit.c.code, members.unit.c.id)).all())
    number = dict(connection.execute(sa.select(members.member.c.code, members.member.c.id)).all())
    long_ago, yesterday = date(2020, 1, 1), today - timedelta(days=1)
    for code, role, unit, until in (
        ("m05", "instructor", "water", None),
        ("m04", "secretary", "water-1", yesterday),
    ):
        values = {"member_id": number[code], "role": role, "unit_id": units[unit], "from_on": long_ago}
        members.insert(connection, members.role, {**values, "until_on": until})
    values = {"principal_id": number["m04"], "deputy_id": number["m06"], "role": "secretary"}
    span = {"unit_id": units["water-1"], "from_on": long_ago, "until_on": None}
    members.insert(connection, members.deputy, values | span)


def a_proof_each(connection: sa.Connection) -> None:
    """A file with the first line of each branch."""
    for unit in BRANCHES:
        first = sa.select(line.c.id, line.c.member_id).join(members.unit, members.unit.c.id == line.c.unit_id)
        number, member = connection.execute(first.where(members.unit.c.code == unit).limit(1)).one()
        values = {"member_id": member, "line_id": number, "kind": "file", "name": "证明.pdf", "sha256": "0" * 64}
        file = {"media_type": "application/pdf", "stored": "proof.pdf", "size": 8, "added_at": START}
        connection.execute(sa.insert(evidence), values | file)


Things = dict[str, list[tuple[int, str | None]]]


@pytest.fixture(scope="module")
def things(shared: tuple[Parts, TestClient]) -> Things:
    """Kind of thing → numbers with their unit; None stands for what does not exist."""
    parts, _ = shared

    def find(connection: sa.Connection) -> Things:
        units = dict(connection.execute(sa.select(members.unit.c.code, members.unit.c.id)).all())
        people = dict(connection.execute(sa.select(members.member.c.code, members.member.c.id)).all())
        found: Things = {
            "unit": [(units[code], code) for code in ABOVE],
            "member": [(people[code], unit) for code, unit in HOME_OF.items()],
            "message": [],
            "announcement": [],
            "evidence": [],
            "line": [],
            "entry": [],
        }
        for unit, code in BRANCHES.items():
            own = {"line": line.c.unit_id == units[unit], "entry": entry.c.unit_id == units[unit]}
            for kind, table, condition in (
                ("line", line, own["line"]),
                ("entry", entry, own["entry"]),
                ("message", outbox, outbox.c.member_id == people[code]),
            ):
                number = connection.execute(sa.select(table.c.id).where(condition).limit(1)).scalar_one()
                found[kind].append((number, unit))
            sent = sa.select(announcement.c.id).where(announcement.c.unit_id == units[unit])
            found["announcement"].append((connection.execute(sent.limit(1)).scalar_one(), unit))
            proof = connection.execute(sa.select(evidence.c.id).where(evidence.c.line_id == found["line"][-1][0]))
            found["evidence"].append((proof.scalar_one(), unit))
        for kind in found:
            found[kind] += [(10**9, None), (2**80, None)]
        return found

    return parts.database.read(find)


def signed_in(parts: Parts, house: TestClient, caller: Caller) -> tuple[TestClient, str]:
    """A browser of a caller, and the key of its forms."""
    client = TestClient(house.app, follow_redirects=False)
    if not caller.code:
        return client, ""
    key = secrets.token_urlsafe(32)
    parts.desk.do(SYSTEM, OpenForDemo(number_of(parts, caller.code), hashed(key)), parts.clock.now())
    client.cookies.set(COOKIE, key, path="/console")
    return client, hashed(f"console form:{key}")[:40]


def own_session(parts: Parts, caller: Caller) -> int:
    """The number of a caller's newest session."""
    query = sa.select(sa.func.max(session.c.id)).where(session.c.member_id == number_of(parts, caller.code))
    return int(parts.database.read(lambda connection: connection.execute(query).scalar_one()))


def expected(caller: Caller, way: Way, unit: str | None) -> set[int]:
    """What a row of the matrix must answer; 422 is a half-filled form that was let through."""
    if not caller.code:
        return {303}
    through = {200, 303} if way.method == "GET" else {200, 303, 422}
    if way.object and unit not in BRANCHES:
        through.add(422)  # people and units without a rulebook have no figures: said in words
    if way.action == OPEN:
        return {303}
    if not caller.roles or not allows(caller, way.action):
        return {403}
    if way.object and (unit is None or not allows(caller, way.action, unit)):
        return {404}
    return through


@pytest.mark.parametrize("way", ROUTES, ids=lambda way: f"{way.method} {way.path}")
@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
def test_who_gets_through(shared: tuple[Parts, TestClient], things: Things, caller: Caller, way: Way):
    parts, house = shared
    cases: list[tuple[int, str | None]] = [(0, "city")]
    if way.object == "session":
        cases = [(10**9, None)]
    elif way.object:
        cases = things[way.object]
    refusals = set()
    for number, unit in cases:
        client, csrf = signed_in(parts, house, caller)
        path = way.path.replace("{id:int}", str(number)).replace("{period}", "2026-10")
        with capture_logs() as logs:
            answer = client.request(way.method, path, data={"csrf": csrf} if way.method == "POST" else None)
        wanted = expected(caller, way, unit)
        assert answer.status_code in wanted, (caller.name, way, unit, answer.status_code)
        if not caller.code:
            assert answer.headers["location"].startswith("/console/sign-in")
        if answer.status_code == 404:
            refusals.add(answer.text.replace(csrf, ""))
        turned = [row for row in logs if row["event"] == "console: turned away"]
        assert bool(turned) == (answer.status_code in (403, 404)), "each refusal is logged, and nothing else"
    assert len(refusals) <= 1, "what is absent and what is not his look the same"


@pytest.mark.parametrize("caller", [each for each in CALLERS if each.roles], ids=lambda caller: caller.name)
def test_one_s_own_session_may_be_ended(shared: tuple[Parts, TestClient], caller: Caller):
    parts, house = shared
    client, csrf = signed_in(parts, house, caller)
    path = f"/console/me/sessions/{own_session(parts, caller)}/end"
    assert client.post(path, data={"csrf": csrf}).status_code == 303


@pytest.mark.parametrize("way", [way for way in ROUTES if way.method == "POST"], ids=lambda way: way.path)
def test_every_form_needs_its_key_and_its_origin(shared: tuple[Parts, TestClient], things: Things, way: Way):
    parts, house = shared
    caller = next(each for each in CALLERS if allows(each, way.action or "console"))
    number = next(
        (number for number, unit in things.get(way.object, []) if unit and allows(caller, way.action, unit)), 0
    )
    client, csrf = signed_in(parts, house, caller)
    if way.object == "session":
        number = own_session(parts, caller)
    path = way.path.replace("{id:int}", str(number)).replace("{period}", "2026-10")
    other = signed_in(parts, house, caller)[1]
    for data, headers in (
        ({}, {}),
        ({"csrf": ""}, {}),
        ({"csrf": "x" * 40}, {}),
        ({"csrf": "ключ"}, {}),
        ({"csrf": other}, {}),
        ({"csrf": csrf}, {"origin": "https://evil.example"}),
        ({"csrf": csrf}, {"origin": "null"}),
        ({"csrf": csrf}, {"sec-fetch-site": "cross-site"}),
    ):
        assert client.post(path, data=data, headers=headers).status_code == 403, (data, headers)
    assert client.get("/console").status_code == 200, "none of it did anything"
    own = client.post(path, data={"csrf": csrf}, headers={"origin": "http://testserver"})
    assert own.status_code in (200, 303, 422)


@pytest.mark.parametrize(("code", "reviews"), [("m01", True), ("s01", True), ("s03", False), ("s04", False)])
def test_only_who_may_decide_is_led_to_what_waits(as_person: Browsers, code: str, reviews: bool):
    client = as_person(code)
    for path in ("/console/declarations", "/console/declarations/months"):
        assert ("/console/declarations/queue" in client.get(path).text) == reviews, path
    assert client.get("/console/declarations/queue").status_code == (200 if reviews else 403)


def test_every_route_stands_in_the_table_and_every_row_has_a_route(house: TestClient):
    app: Any = house.app
    door = next(route for route in app.routes if isinstance(route, Route) and route.path == "/console")
    inside: Any = door.app
    routes = inside.app.routes
    real = {(method, route.path) for route in routes if isinstance(route, Route) for method in route.methods or ()}
    doors = {(method, path) for path in ("/console/sign-in", "/console/enter/{token}") for method in ("GET", "POST")}
    table = {(way.method, way.path) for way in ROUTES}
    assert {each for each in real if each[0] != "HEAD"} == table | doors
    assert [route.path for route in routes if isinstance(route, Mount)] == ["/console/static"]
    assert len(table) == len(ROUTES) == len(PAGES)


def test_every_way_with_a_number_names_its_kind_and_has_a_sample(things: Things):
    for way in ROUTES:
        assert bool(way.object) == ("{id:int}" in way.path), way
        assert way.object in {"", "session", *things}, way


@pytest.mark.parametrize(
    ("code", "foreign"), [("m01", "水务局第二党支部"), ("m21", "水务局第一党支部"), ("s02", "水务局")]
)
def test_no_page_names_a_unit_out_of_reach(as_person: Browsers, code: str, foreign: str):
    client = as_person(code)
    for way in ROUTES:
        if way.method == "GET" and not way.object:
            assert foreign not in client.get(way.path).text, way.path


def test_a_filter_does_not_reach_further_than_the_roles(parts: Parts, as_person: Browsers):
    secretary = as_person("m01")
    units = dict(parts.database.read(lambda c: c.execute(sa.select(members.unit.c.code, members.unit.c.id)).all()))
    for query in (
        f"unit={units['city']}",
        f"unit={units['water-2']}",
        "text=林致诚",
        "text=m21",
        "text=%25",
        "role=officer",
    ):
        page = secretary.get(f"/console/people?{query}").text
        assert "林致诚" not in page.replace('value="林致诚"', "")
        assert "贺文博" not in page
    assert "孙柏青" in secretary.get("/console/people?text=柏").text
    assert "孙柏青" not in secretary.get("/console/people?text=_").text, "wildcards are letters"
