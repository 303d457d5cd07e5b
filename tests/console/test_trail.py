"""The trail tells by name who did what to what; what is gone keeps its number, and commands are told from jobs."""

from datetime import timedelta
from threading import get_ident

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.opening import Parts
from handlers.members import Invite
from handlers.periods import OpenPeriods
from handlers.trail import Deeds, ListDeeds
from rules.access import OPERATOR, SYSTEM
from screens.texts import words
from screens.trail import deeds
from storage import audit
from storage.audit import Deed
from storage.declarations import line
from storage.engine import Connection
from storage.imports import import_run
from storage.members import unit
from storage.schemes import scheme_version
from tests.console.conftest import Browsers, acting, announce, number_of
from tests.console.test_data import text_of
from tests.houses import START, looking

GONE = 987_654_321
pytestmark = pytest.mark.usefixtures("house")


def told(parts: Parts, limit: int = 50) -> list[tuple[str, str, str]]:
    """Who, deed and to what, as the committee reads them, newest first."""
    request = ListDeeds(first="2026-11-01", last="2027-01-31", limit=limit)
    answer: Deeds = parts.desk.ask(acting(parts, "s04"), request, parts.clock.now())
    return [(str(row[2]), str(row[5]), str(row[6])) for row in deeds(words("zh_CN"), answer).rows]


def record(parts: Parts, found: list[Deed]) -> None:
    """Some deeds of the committee."""
    number = number_of(parts, "s04")
    parts.database.write(lambda connection: audit.record(connection, number, found, START))


def test_things_are_told_by_their_names(parts: Parts, as_person: Browsers):
    announced, member = announce(parts, "m01"), number_of(parts, "m03")

    def some(connection: Connection) -> tuple[int, int, int, int]:
        values = {"file_hash": "h", "name": "名册.xlsx", "begun_at": START}
        run = connection.execute(sa.insert(import_run).values(values).returning(import_run.c.id)).scalar_one()
        return (
            run,
            connection.execute(sa.select(scheme_version.c.id)).scalars().one(),
            connection.execute(sa.select(unit.c.id).where(unit.c.code == "water-1")).scalar_one(),
            connection.execute(sa.select(sa.func.min(line.c.id)).where(line.c.member_id == member)).scalar_one(),
        )

    run, version, branch, first = parts.database.write(some)
    things = {
        ("member", member): "成员 孙柏青（m03）",
        ("unit", branch): "单位 水务局第一党支部",
        ("announcement", announced): "公告 材料报送",
        ("import_run", run): f"导入 {run} 号 名册.xlsx",
        ("scheme_version", version): "积分办法 党员积分管理办法（示例）（2026.1）",
        ("line", first): f"申报条目 {first} 号 孙柏青（m03、2025-11）",
        ("period", 202612): "月份 2026-12",
        ("backup", 0): "备份 a.backup",
        ("member", GONE): f"成员 {GONE} 号",
        ("announcement", GONE): f"公告 {GONE} 号",
    }
    record(parts, [Deed("invite", *thing, {"file": "a.backup"}) for thing in things])
    found = {what for _, deed, what in told(parts) if deed == "邀请"}
    assert found == set(things.values())
    page = text_of(as_person("s04").get("/console/trail").text)
    assert all(what in page for what in found)


def test_a_command_is_told_from_a_job(parts: Parts):
    member = number_of(parts, "m03")
    parts.desk.do(SYSTEM, OpenPeriods(), START + timedelta(days=20))
    parts.desk.do(OPERATOR, Invite(member, "t", "h", "0", "p"), START)
    parts.desk.do(acting(parts, "s05"), Invite(member, "t", "h2", "0", "p"), START)
    parts.desk.do(OPERATOR, OpenPeriods(), START + timedelta(days=50))
    parts.database.write(lambda c: audit.record(c, GONE, [Deed("invite", "member", member, {})], START))
    who = {(by, deed, what) for by, deed, what in told(parts) if deed in ("邀请", "开放申报")}
    assert who >= {
        (f"成员 {GONE} 号", "邀请", "成员 孙柏青（m03）"),
        ("系统", "开放申报", "月份 2026-12"),
        ("运维人员（命令行）", "开放申报", "月份 2027-01"),
        ("运维人员（命令行）", "邀请", "成员 孙柏青（m03）"),
        ("龙佳宁", "邀请", "成员 孙柏青（m03）"),
    }


def test_names_cost_one_query_a_kind(parts: Parts, house: TestClient):
    people = [number_of(parts, f"m{number:02}") for number in range(1, 21)]
    record(parts, [Deed("invite", "member", member, {}) for member in people])
    counts: list[list[str]] = []
    with looking(parts) as connection:
        engine = connection.engine
    assert told(parts, 2)  # the first reading of a house also loads what the house keeps
    for limit in (2, 20):
        asked: list[str] = []

        def hear(*given: object, asked: list[str] = asked, here: int = get_ident()) -> None:
            if get_ident() == here:  # the house's own threads ask for themselves
                asked.append(str(given[2]))

        sa.event.listen(engine, "before_cursor_execute", hear)
        assert len(told(parts, limit)) == limit
        sa.event.remove(engine, "before_cursor_execute", hear)
        counts.append(asked)
    assert len(counts[0]) == len(counts[1]) > 3
