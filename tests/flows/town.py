"""The small house of the tests of tasks: a committee, two grids, three organisations, four branches, their holders.

jw 市直机关工委      a1 administrator, c1 committee, i1 instructor
  g1 第一责任区      l1 grid lead
    o1 水务局机关党委  f1 officer
      b1 第一党支部    s1 secretary, d1 his deputy, m11 m12 m13 (m13 on probation)
      b2 第二党支部    s2 secretary, m21 m22
    o2 林业局机关党委  f2 officer
      b3 林业支部      s3 secretary, m31 m32
  g2 第二责任区      l2 grid lead
    o3 档案局党总支    f3 officer
      b4 档案支部      no secretary, m41 m42
"""

from datetime import UTC, date, datetime
from pathlib import Path

from handlers.members import WEBCHAT, address_of
from storage import members, schemes
from storage.engine import Connection

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2 March 2026, 09:00 in Shanghai: after the hour of the digest."""
SINCE = date(2020, 1, 1)
# code, parent, kind, name
UNITS = (
    ("jw", "", "committee", "市直机关工委"),
    ("g1", "jw", "grid", "第一责任区"),
    ("g2", "jw", "grid", "第二责任区"),
    ("o1", "g1", "organisation", "水务局机关党委"),
    ("o2", "g1", "organisation", "林业局机关党委"),
    ("o3", "g2", "organisation", "档案局党总支"),
    ("b1", "o1", "branch", "水务局第一党支部"),
    ("b2", "o1", "branch", "水务局第二党支部"),
    ("b3", "o2", "branch", "林业局党支部"),
    ("b4", "o3", "branch", "档案局党支部"),
)
# code, name, unit
PEOPLE = (
    ("a1", "高管理", "jw"),
    ("c1", "陈工委", "jw"),
    ("i1", "尹指导", "jw"),
    ("l1", "林联系", "g1"),
    ("l2", "梁联系", "g2"),
    ("f1", "冯专干", "o1"),
    ("f2", "方专干", "o2"),
    ("f3", "范专干", "o3"),
    ("s1", "沈书记", "b1"),
    ("d1", "戴代理", "b1"),
    ("m11", "马一一", "b1"),
    ("m12", "马一二", "b1"),
    ("m13", "马一三", "b1"),
    ("s2", "宋书记", "b2"),
    ("m21", "马二一", "b2"),
    ("m22", "马二二", "b2"),
    ("s3", "施书记", "b3"),
    ("m31", "马三一", "b3"),
    ("m32", "马三二", "b3"),
    ("m41", "马四一", "b4"),
    ("m42", "马四二", "b4"),
)
# code, role, unit
ROLES = (
    ("a1", "administrator", "jw"),
    ("c1", "committee", "jw"),
    ("i1", "instructor", "jw"),
    ("l1", "grid_lead", "g1"),
    ("l2", "grid_lead", "g2"),
    ("f1", "officer", "o1"),
    ("f2", "officer", "o2"),
    ("f3", "officer", "o3"),
    ("s1", "secretary", "b1"),
    ("s2", "secretary", "b2"),
    ("s3", "secretary", "b3"),
)
SCHEME = """\
scheme: town
version: "1"
title: 积分办法
nodes:
  - code: A
    name: 履职
    criteria:
      - {code: T1, name: 按时完成任务, value: {fixed: 2}, by: [organisation], evidence: none, clause: 第一条}
      - {code: T2, name: 逾期完成任务, value: {fixed: 1}, sign: minus, by: [organisation], evidence: none}
      - {code: T3, name: 志愿服务, value: {per: 小时, points: 0.5}, by: [member, organisation], evidence: none}
      - {code: T4, name: 心得质量, value: {range: {from: 0, to: 5}}, by: [organisation], evidence: none}
      - {code: T5, name: 党课, value: {attendance: {present: 1, late: 0, leave: 0, absent: -1}}, by: [organisation]}
      - {code: T6, name: 读书, value: {fixed: 1}, by: [member], evidence: none}
"""
HEAD = 'plan: beats\ntitle: 党建任务\nversion: "1"\nobligations:\n'
"""How the text of a plan begins; obligations follow, a line each."""
PLAN_FILE = Path(__file__).parents[1] / "samples/plan.yaml"
PLAN = PLAN_FILE.read_text("utf-8")


def settle(connection: Connection) -> None:
    """The units, people, roles, the deputy and the scheme of the small house."""
    units: dict[str, tuple[int, str]] = {"": (0, "/")}
    for code, parent, kind, name in UNITS:
        above, path = units[parent]
        values = {"code": code, "parent_id": above or None, "kind": kind, "name": name, "path": path}
        number = members.insert(connection, members.unit, values)
        units[code] = number, f"{path}{number}/"
        members.set_path(connection, *units[code])
    people: dict[str, int] = {}
    for code, name, unit in PEOPLE:
        kind = "probationary" if code == "m13" else "full"
        people[code] = members.insert(connection, members.member, {"code": code, "name": name, "class": kind})
        since = {"member_id": people[code], "unit_id": units[unit][0], "from_on": SINCE}
        members.insert(connection, members.membership, since)
        members.bind(connection, WEBCHAT, address_of(people[code]), people[code], NOW)
    for code, role, unit in ROLES:
        holds = {"member_id": people[code], "role": role, "unit_id": units[unit][0], "from_on": SINCE}
        members.insert(connection, members.role, holds)
    stands_in = {"principal_id": people["s1"], "deputy_id": people["d1"], "role": "secretary", "from_on": SINCE}
    members.insert(connection, members.deputy, {**stands_in, "unit_id": units["b1"][0]})
    version = {"scheme": "town", "version": "1", "unit_id": units["jw"][0], "text": SCHEME, "text_hash": "1"}
    schemes.add_version(connection, {**version, "initials": {}, "from_on": SINCE, "published_at": NOW})
