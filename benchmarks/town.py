"""A town of 10,000 members and 1,000,000 entries, made by statements over whole sets and kept between runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from benchmarks.process import HOUSE
from handlers.context import Context, House
from handlers.ledger.posting import summarise
from rules.access import SYSTEM
from rules.periods import first_day, shift
from storage import audit, declarations, ledger, members, outbox, reviews, schemes
from storage.engine import Connection, Database
from storage.kinds import EPOCH, SCALE
from storage.upgrade import newest, upgrade

BRANCHES, PEOPLE, GRIDS = 500, 20, 25
MONTHS = 12
NEWEST = "2026-11"
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
LONG_AGO = date(2000, 1, 1)
TEXT = HOUSE / "examples" / "b1-member-points" / "scheme.yaml"
# code, points of one time, share of the choices
CRITERIA = (("P01", "0.5"), ("P03", "1"), ("D05", "0.5"), ("C01", "0.5"), ("D08", "0.5"), ("M04", "0.5"), ("C05", "1"))


def town(build: Path) -> Path:
    """The data folder; made anew when the tables or this file have changed."""
    made_by = Path(__file__).stat().st_mtime_ns
    folder = build / f"town-{newest()}-{made_by}"
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("zhibu.db*"):
            left.unlink()
        upgrade(folder / "zhibu.db")
        database = Database(folder / "zhibu.db")
        try:
            people = database.write(_tree)
            database.write(_without_indices)
            for index in range(MONTHS):
                database.write(partial(_month, period=shift(NEWEST, index + 1 - MONTHS)))
            database.write(_decided)
            database.write(_pushed)
            database.write(_with_indices)
            for start in range(0, len(people), 500):
                database.write(partial(_summed, people=people[start : start + 500]))
            database.write(_deeds)
        finally:
            database.close()
        (folder / "ready").touch()
    return folder


def _tree(connection: Connection) -> list[int]:
    """Committee, grids, branches, their people and roles, and the scheme; gives the members of branches."""
    top = _unit(connection, "city", "committee", None, "/", "滨湖市直机关工委")
    path = f"/{top}/"
    _person(connection, "committee", "工委委员", top, "committee")
    _person(connection, "admin", "系统管理员", top, "administrator")
    people: list[int] = []
    grids = [_unit(connection, f"g{n}", "grid", top, path, f"第{n + 1}责任区") for n in range(GRIDS)]
    for number, grid in enumerate(grids):
        _person(connection, f"officer{number}", f"党务干部{number}", grid, "officer")
        for index in range(BRANCHES // GRIDS):
            code = number * (BRANCHES // GRIDS) + index
            branch = _unit(connection, f"b{code}", "branch", grid, f"{path}{grid}/", f"第{code + 1}党支部")
            for place in range(PEOPLE):
                name = f"成员{code:03d}{place:02d}"
                role = "secretary" if place == 0 else ""
                people.append(_person(connection, f"m{code:03d}{place:02d}", name, branch, role))
    values = {"scheme": "b1-member-points", "version": "2026.1", "unit_id": top, "text_hash": "", "initials": {}}
    text = TEXT.read_text("utf-8")
    schemes.add_version(connection, {**values, "text": text, "from_on": LONG_AGO, "published_at": NOW})
    for index in range(MONTHS):
        period = shift(NEWEST, index + 1 - MONTHS)
        schemes.open_period(connection, "b1-member-points", period, _at(period, 1))
        if period < NEWEST:
            schemes.close_period(connection, "b1-member-points", period, _at(shift(period, 1), 6))
    return people


def _filled() -> list[sa.Index]:
    """The indices of the tables that are filled: made at the end they take a third of the time."""
    tables = (declarations.line, ledger.entry, reviews.review, outbox.outbox, outbox.delivery)
    return [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]


def _without_indices(connection: Connection) -> None:
    for index in _filled():
        index.drop(connection)


def _with_indices(connection: Connection) -> None:
    for index in _filled():
        index.create(connection)


def _unit(connection: Connection, code: str, kind: str, parent: int | None, above: str, name: str) -> int:
    values = {"code": code, "kind": kind, "name": name, "parent_id": parent, "path": above}
    number = members.insert(connection, members.unit, values)
    members.set_path(connection, number, f"{above}{number}/")
    return number


def _person(connection: Connection, code: str, name: str, unit: int, role: str) -> int:
    number = members.insert(connection, members.member, {"code": code, "name": name, "class": "full"})
    common = {"member_id": number, "unit_id": unit, "from_on": LONG_AGO}
    connection.execute(sa.insert(members.membership), common)
    if role:
        connection.execute(sa.insert(members.role), {**common, "role": role})
    if number % 97:  # the others have no address: nobody reaches them
        members.bind(connection, "webchat", f"m{number}", number, _at("2025-12", 1))
    return number


def _at(period: str, day: int) -> datetime:
    return datetime.combine(first_day(period) + timedelta(days=day - 1), datetime.min.time(), UTC)


def _number(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(milliseconds=1)


def _month(connection: Connection, period: str) -> None:
    """A declaration for everybody, and nine lines in it."""
    declared, line = declarations.declaration, declarations.line
    belongs = members.membership.c
    branch = members.unit.c.kind == "branch"
    joined = members.membership.join(members.unit, members.unit.c.id == belongs.unit_id)
    opened = _number(_at(period, 2))
    rows = sa.select(
        belongs.member_id, sa.literal("b1-member-points"), sa.literal(period), belongs.unit_id, sa.literal(opened)
    )
    names = ["member_id", "scheme", "period", "unit_id", "opened_at"]
    connection.execute(sa.insert(declared).from_select(names, rows.select_from(joined).where(branch)))
    turn = sa.union_all(*(sa.select(sa.literal(n).label("n")) for n in range(9))).cte("turn")
    chosen = (declared.c.member_id * 3 + turn.c.n * 5 + int(period[5:])) % len(CRITERIA)
    code = sa.case({n: each[0] for n, each in enumerate(CRITERIA)}, value=chosen)
    worth = sa.case({n: int(Decimal(each[1]) * SCALE) for n, each in enumerate(CRITERIA)}, value=chosen)
    noted = (declared.c.member_id + turn.c.n) % 10 == 0
    at = opened + (declared.c.member_id % 20) * 86_400_000 + turn.c.n * 60_000
    spread = (declared.c.member_id * 7 + turn.c.n) % 100
    state = sa.case((spread < 2, "returned"), (spread < 3, "rejected"), else_="approved")
    if period == NEWEST:
        state = sa.case((spread < 30, "submitted"), else_=state)
    values = {
        "declaration_id": declared.c.id,
        "member_id": declared.c.member_id,
        "unit_id": declared.c.unit_id,
        "version_id": sa.literal(1),
        "period": declared.c.period,
        "criterion": code,
        "quantity": sa.literal(SCALE),
        "points": worth,
        "note": sa.case((noted, sa.literal("参加社区清洁志愿活动").concat(sa.cast(spread, sa.String))), else_=""),
        "source": sa.case((spread % 5 == 0, "organisation"), else_="member"),
        "recorded_by": declared.c.member_id,
        "batch": sa.literal(1),
        "state": state,
        "edition": sa.literal(2),
        "created_at": at,
        "submitted_at": at,
        "decided_at": sa.case((state == "submitted", sa.null()), else_=at + 86_400_000),
    }
    select = sa.select(*values.values()).select_from(declared.join(turn, sa.true())).where(declared.c.period == period)
    connection.execute(sa.insert(line).from_select(list(values), select.order_by(at, declared.c.id)))


def _decided(connection: Connection) -> None:
    """What was decided on each line, and an entry for what was approved."""
    line, entry = declarations.line.c, ledger.entry
    review = sa.select(
        line.id,
        sa.case({"approved": "approve", "returned": "return", "rejected": "reject"}, value=line.state),
        line.recorded_by,
        sa.case((line.state == "approved", ""), else_="佐证材料不清楚"),
        line.decided_at,
    ).where(line.decided_at.is_not(None))
    names = ["line_id", "decision", "reviewer_id", "reason", "at"]
    connection.execute(sa.insert(reviews.review).from_select(names, review.order_by(line.id)))
    posted = {
        "key": sa.literal("line:").concat(sa.cast(line.id, sa.String)),
        "member_id": line.member_id,
        "unit_id": line.unit_id,
        "scheme": sa.literal("b1-member-points"),
        "version_id": line.version_id,
        "year": sa.cast(sa.func.substr(line.period, 1, 4), sa.Integer),
        "period": line.period,
        "line_id": line.id,
        "criterion": line.criterion,
        "points": line.points,
        "reason": sa.literal(""),
        "posted_by": line.recorded_by,
        "posted_at": line.decided_at,
    }
    select = sa.select(*posted.values()).where(line.state == "approved").order_by(line.id)
    connection.execute(sa.insert(entry).from_select(list(posted), select))


def _pushed(connection: Connection) -> None:
    """A digest a month for everybody, and its one attempt; who has no address was not reached."""
    person, out = members.member.c, outbox.outbox
    for index in range(MONTHS):
        at = _number(_at(shift(NEWEST, index + 1 - MONTHS), 1))
        reached = person.id % 97 != 0
        values = {
            "key": sa.literal(f"digest:{index}:").concat(sa.cast(person.id, sa.String)),
            "class": sa.literal("digest"),
            "member_id": person.id,
            "channel": sa.case((reached, "webchat"), else_=sa.null()),
            "address": sa.case((reached, sa.literal("m").concat(sa.cast(person.id, sa.String))), else_=sa.null()),
            "state": sa.case((reached, "sent"), else_="failed"),
            "attempts": sa.case((reached, 1), else_=0),
            "due_at": sa.literal(at),
            "made_at": sa.literal(at),
            "settled_at": sa.literal(at),
        }
        connection.execute(sa.insert(out).from_select(list(values), sa.select(*values.values())))
    o = out.c
    tried = sa.select(o.id, o.member_id, o.channel, o.attempts, sa.literal("sent"), sa.literal(""), o.settled_at)
    names = ["outbox_id", "member_id", "channel", "attempt", "result", "code", "at"]
    connection.execute(sa.insert(outbox.delivery).from_select(names, tried.where(o.state == "sent")))


def _summed(connection: Connection, people: list[int]) -> None:
    context = Context(connection, SYSTEM, NOW, House(ZoneInfo("Asia/Shanghai")))
    summarise(context, [("b1-member-points", year, member) for year in (2025, 2026) for member in people])


def _deeds(connection: Connection) -> None:
    """The approvals of the last two months, chained like any others: each secretary's of a month together."""
    line, role = declarations.line.c, members.role.c
    query = (
        sa.select(role.member_id, line.period, line.id)
        .join_from(declarations.line, members.role, sa.and_(role.unit_id == line.unit_id, role.role == "secretary"))
        .where(line.period >= shift(NEWEST, -1), line.state == "approved")
    )
    deeds: dict[tuple[str, int], list[audit.Deed]] = {}
    for secretary, period, number in connection.execute(query):
        deed = audit.Deed("approve", "line", number, {"edition": 1, "reason": ""})
        deeds.setdefault((period, secretary), []).append(deed)
    for (period, secretary), some in sorted(deeds.items()):
        audit.record(connection, secretary, some, _at(period, 21))
