"""Imports, parked messages and lanes, when two processes work on the same: each thing is done once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channel import Pace, Rendered
from bot.clock import Clock
from bot.parked import RetryParked, retry_parked
from bot.router import Router
from bot.sender import Sender
from handlers.context import Refused
from handlers.declarations.forms import AddLines, Draft
from handlers.imports import BeginImport, Imported, Importing, ImportMembers
from handlers.members import WEBCHAT, address_of
from handlers.undoing import UndoImport, Undone
from rules.access import Actor, Grant
from rules.imports.entries import MemberEntry
from storage import declarations, inbox, outbox
from storage.imports import import_change, import_run
from storage.members import member, membership, unit
from tests.houses import START
from tests.storage.racing import PATIENCE, Two

OPERATOR = Actor(0, grants=(Grant("administrator", 0, "/"),))
pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)


def entry(code: str, name: str, where: str) -> MemberEntry:
    return MemberEntry("成员", 2, code, name, where, "", None, None)


def run_of(two: Two, name: str) -> int:
    answer = two.first.desk.do(OPERATOR, BeginImport(name, name), START)
    assert isinstance(answer, Importing)
    return answer.run


def homes(two: Two, code: str) -> list[Any]:
    """The units a member belongs to from today on."""
    here = (member.c.code == code, membership.c.until_on.is_(None))
    query = sa.select(unit.c.code).join(membership, membership.c.unit_id == unit.c.id)
    return two.ask(query.join(member, member.c.id == membership.c.member_id).where(*here))


def code_of(answer: Any) -> str:
    assert isinstance(answer, Refused), answer
    return answer.problems[0].code


def test_one_file_begun_by_two_is_one_import(two: Two):
    begin = (OPERATOR, BeginImport("hash", "people.xlsx"))
    first, second = two.race(begin, begin)
    assert (first, second) == (Importing(first.run), Importing(first.run, resumed=True))
    assert two.deeds("import") == 1


def test_one_slice_written_by_two_is_written_once(two: Two):
    run = run_of(two, "a")
    slice_ = (OPERATOR, ImportMembers(run, (entry("x1", "江一帆", "water-1"),)))
    first, second = two.race(slice_, slice_)
    assert (first, second) == (Imported(1, 0), Imported(0, 0))
    assert two.ask(sa.select(import_change.c.action)) == ["new"]


def test_a_member_moved_by_two_files_is_in_one_unit(two: Two):
    one, other = (
        (OPERATOR, ImportMembers(run_of(two, where), (entry("m03", "孙柏青", where),)))
        for where in ("water-2", "archive-1")
    )
    first, second = two.race(one, other)
    assert (first.changed, second.changed) == (1, 1)
    assert homes(two, "m03") == ["archive-1"]


def test_an_import_taken_back_by_two_is_taken_back_once(two: Two):
    run = run_of(two, "a")
    two.first.desk.do(OPERATOR, ImportMembers(run, (entry("x1", "江一帆", "water-1"),)), START)
    first, second = two.race((OPERATOR, UndoImport(run)), (OPERATOR, UndoImport(run)))
    assert isinstance(first, Undone)
    assert code_of(second) == "import_undone_already"
    assert two.deeds("undo") == 1


def test_nothing_is_written_under_an_import_that_was_taken_back_meanwhile(two: Two):
    run = run_of(two, "a")
    slice_ = ImportMembers(run, (entry("x1", "江一帆", "water-1"),))
    _, second = two.race((OPERATOR, UndoImport(run)), (OPERATOR, slice_))
    assert code_of(second) == "import_changed"
    assert two.ask(sa.select(member.c.id).where(member.c.code == "x1")) == []
    assert two.ask(sa.select(import_run.c.undone_at)) == [START]


@pytest.mark.parametrize("declares_first", [True, False])
def test_who_declares_while_his_import_is_taken_back_stays_or_is_gone(two: Two, declares_first: bool):
    run = run_of(two, "a")
    two.first.desk.do(OPERATOR, ImportMembers(run, (entry("x1", "江一帆", "water-1"),)), START)
    declare: Any = (two.actor("x1"), AddLines((("C01", 2),)))  # type: ignore[arg-type]
    undo = (OPERATOR, UndoImport(run))
    if declares_first:
        draft, undone = two.race(declare, undo)
        assert isinstance(draft, Draft)
        assert (undone.kept, homes(two, "x1")) == (("江一帆",), ["water-1"])
        return
    undone, answer = two.race(undo, declare)
    assert undone.kept == ()
    assert code_of(answer) == "member_unknown"
    assert homes(two, "x1") == []


def test_a_parked_message_tried_again_by_two_has_one_effect(two: Two):
    address = address_of(two.actor("m03").member)
    said = {"channel": WEBCHAT, "address": address, "external_id": "parked-1", "text": "申报 志愿服务 2"}
    row = {
        **{name: said[name] for name in ("channel", "address", "external_id")},
        "member_id": None,
        "reply": None,
        "state": "parked",
        "error": "planted",
        "received_at": START,
        "said": {"text": said["text"], "token": "", "inbound": said},
    }
    two.first.database.write(lambda connection: inbox.keep(connection, row))
    routers = [Router(parts.desk, Clock(lambda: START), "zh_CN", "") for parts in (two.first, two.second)]

    async def both() -> list[Any]:
        request = RetryParked(everything=True)
        return await asyncio.gather(*(retry_parked(router, request) for router in routers * 2))

    answers = asyncio.run(both())
    assert all(each.handled for answer in answers for each in answer.results)
    drafts = sa.select(declarations.line.c.id).where(declarations.line.c.state == "draft")
    assert len(two.ask(drafts)) == 1
    assert two.ask(sa.select(inbox.inbox.c.state).where(inbox.inbox.c.external_id == "parked-1")) == ["done"]


class Slow:
    """A channel with a pace that writes down what it sends."""

    name = "slow"
    idempotent = False

    def __init__(self, sent: list[tuple[int, str, str]], owner: int) -> None:
        self.pace: Pace | None = Pace(100, 0.001)
        self.sent, self.owner = sent, owner
        self.enough = asyncio.Event()
        self.stop_at = 0

    async def send(self, address: str, body: Rendered) -> None:
        """Each message says its place."""
        self.sent.append((self.owner, address, body["place"]))
        if len(self.sent) >= self.stop_at:
            self.enough.set()


def test_one_process_sends_on_a_paced_channel_in_order_and_another_takes_over(two: Two):
    addresses, many = ("a", "b", "c"), 16
    fixed = {"class": "urgent", "member_id": None, "channel": "slow", "state": "due", "due_at": START, "made_at": START}
    rows = [
        {**fixed, "key": f"{address}{number}", "address": address, "body": {"place": number}}
        for number in range(many)
        for address in addresses
    ]
    two.first.database.write(lambda connection: outbox.put_all(connection, rows))
    sent: list[tuple[int, str, Any]] = []

    async def run() -> None:
        clock = Clock(lambda: START + timedelta(minutes=1))
        channels = [Slow(sent, parts.database.owner.number) for parts in (two.first, two.second)]
        lease = two.first.database.lease("slow")
        assert await asyncio.to_thread(lease.wait, PATIENCE)
        senders = [
            Sender(parts.desk, clock, {"slow": channel}, "zh_CN", "")
            for parts, channel in zip((two.first, two.second), channels, strict=True)
        ]
        channels[0].stop_at, channels[1].stop_at = len(rows) // 3, len(rows)
        tasks = [asyncio.create_task(sender.run()) for sender in senders]
        await asyncio.wait_for(channels[0].enough.wait(), PATIENCE)
        assert not senders[1].may_answer("slow", "d"), "a reply waits for the process that knows the pace"
        lease.give_up()
        await asyncio.wait_for(channels[1].enough.wait(), PATIENCE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())
    assert len(sent) == len(set(sent)) == len(rows)
    for address in addresses:
        assert [place for _, where, place in sent if where == address] == list(range(many))
    senders = [owner for owner, _, _ in sent]
    owners = [two.first.database.owner.number, two.second.database.owner.number]
    assert senders == sorted(senders, key=owners.index), "one after the other"
    assert set(senders) == set(owners)
