"""What two processes do at the same moment is done once: the database settles it, by locks and unique keys."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channel import Inbound
from bot.clock import Clock
from bot.router import Router
from handlers.context import Refused
from handlers.declarations.forms import AddLines, Receipt, Submit
from handlers.declarations.meeting import RecordAttendance
from handlers.declarations.recording import Recorded
from handlers.declarations.review import ApproveAll, Decided
from handlers.digests import ComposeDigests, DispatchUrgent
from handlers.ledger.reversal import Reverse, Reversed
from handlers.members import WEBCHAT, Invitation, Invite, Redeem, address_of
from handlers.notices import Remind
from handlers.periods import ClosePeriods, OpenPeriods
from rules.access import SYSTEM
from storage import declarations, going, inbox, invitations, ledger, outbox, schemes
from storage.lease import Owner
from tests.houses import START
from tests.storage.racing import PATIENCE, Two

DECEMBER = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)


def test_one_draft_confirmed_by_two_is_submitted_once(two: Two):
    actor = two.actor("m03")
    draft = two.first.desk.do(actor, AddLines((("C01", 2),)), START)  # type: ignore[arg-type]
    confirm = Submit(tuple(line.pin for line in draft.lines))
    first, second = two.race((actor, confirm), (actor, confirm))
    assert isinstance(first, Receipt)
    assert isinstance(second, Refused)
    assert second.problems[0].code == "drafts_changed"


def test_the_same_message_at_two_doors_has_one_effect_and_one_reply(two: Two):
    address = address_of(two.actor("m03").member)

    async def both(number: int) -> list[Any]:
        clock = Clock(lambda: START + timedelta(minutes=number))  # drafts of one moment would be one batch
        routers = [Router(parts.desk, clock, "zh_CN", "") for parts in (two.first, two.second)]
        said = Inbound(WEBCHAT, address, f"once-{number}", text="申报 志愿服务 2")
        return await asyncio.gather(*(router.receive(said) for router in routers * 2))

    for number in range(5):
        replies = asyncio.run(both(number))
        assert all(reply == replies[0] for reply in replies)
    rows = sa.select(sa.func.count()).where(inbox.inbox.c.external_id.like("once-%"))
    drafts = sa.select(declarations.line.c.edition).where(declarations.line.c.state == "draft")
    count = two.first.database.read(lambda c: (c.execute(rows).scalar(), c.execute(drafts).scalars().all()))
    assert count == (5, [1] * 5)


def test_one_line_approved_by_two_is_posted_once(two: Two):
    pins = two.declared("m03")
    first, second = two.race((two.actor("m01"), ApproveAll(pins)), (two.actor("m02"), ApproveAll(pins)))
    assert isinstance(first, Decided)
    assert isinstance(second, Decided)
    assert (first.approved, second.approved) == (1, 0)
    assert [line.state for line in second.missed] == ["approved"], "it is shown as it stands now"
    two.sound()


def test_two_lines_of_one_member_posted_at_once_are_both_in_the_figures(two: Two):
    one, other = two.declared("m03", "C01"), two.declared("m03", "P01")
    two.race((two.actor("m01"), ApproveAll(one)), (two.actor("m02"), ApproveAll(other)))
    two.sound()


def test_lines_of_many_approved_in_turns_never_wait_for_each_other(two: Two):
    pins = [pin for code in ("m03", "m04", "m05", "m07", "m08") for pin in two.declared(code)]
    orders = [tuple(pins), tuple(reversed(pins))]
    answers = [
        parts.desk.submit(two.actor(code), ApproveAll(order), START)
        for _ in range(5)
        for parts, code, order in ((two.first, "m01", orders[0]), (two.second, "m02", orders[1]))
    ]
    assert sum(answer.result(PATIENCE).approved for answer in answers) == len(pins)
    two.sound()


def test_an_entry_is_taken_back_once(two: Two):
    posted = two.first.database.read(
        lambda c: ledger.posted_of_year(c, two.actor("m03").member, "b1-member-points", 2026)
    )
    reverse = Reverse(posted[-1].id, "日期有误，重新登记")
    first, second = two.race((two.actor("m01"), reverse), (two.actor("m02"), reverse))
    assert isinstance(first, Reversed)
    assert isinstance(second, Refused)
    two.sound()


def test_a_meeting_is_recorded_once(two: Two):
    found = two.first.database.read(lambda c: schemes.versions(c)[0])
    scheme = two.first.desk.house.parsed.get(found.id) or two.first.database.read(
        lambda c: two.first.desk.house.published(c, found.id)
    )
    code = next(each.code for each in scheme.scheme.recorded_by("organisation") if each.value.attendance)
    record = RecordAttendance(code, (), START.date())
    first, second = two.race((two.actor("m01"), record), (two.actor("m02"), record))
    assert isinstance(first, Recorded)
    assert isinstance(second, Refused)
    two.sound()


def test_a_month_that_closes_meanwhile_takes_no_entry(two: Two):
    pins = two.declared("m03")
    closed, approved = two.race((SYSTEM, ClosePeriods()), (two.actor("m01"), ApproveAll(pins)), DECEMBER)
    assert (closed.done, approved.approved) == (1, 1)
    newest = sa.select(ledger.entry.c.period).order_by(ledger.entry.c.id.desc()).limit(1)
    assert two.first.database.read(lambda c: c.execute(newest).scalar()) == "2026-12"
    two.sound()


def test_five_wrong_pins_are_the_most_however_many_come_at_once(two: Two):
    member, operator = two.actor("m03").member, two.actor("m01")
    invited = two.first.desk.do(operator, Invite(member, "token", "token-hash", "000000", "pin-hash"), START)
    assert isinstance(invited, Invitation)
    answers = [
        parts.desk.submit(SYSTEM, Redeem("token-hash", False, f"key-{number}"), START)
        for number in range(8)
        for parts in (two.first, two.second)
    ]
    codes = sorted(answer.result(PATIENCE).problems[0].code for answer in answers)
    assert codes == ["invitation_over"] * 11 + ["pin_wrong"] * 5
    row = two.first.database.read(lambda c: invitations.find(c, "token-hash"))
    assert row is not None
    assert row.attempts == 5


@pytest.mark.parametrize("job", [OpenPeriods(), ClosePeriods(), Remind(), ComposeDigests(), DispatchUrgent()])
def test_a_job_run_by_two_does_everything_once(two: Two, job: Any):
    for step in (OpenPeriods(), ClosePeriods(), Remind(), ComposeDigests()):
        if type(step) is type(job):
            break
        two.first.desk.do(SYSTEM, step, DECEMBER)
    if isinstance(job, DispatchUrgent):
        two.first.desk.do(two.actor("m01"), ApproveAll(two.declared("m03")), START)
    now = DECEMBER + timedelta(days=20) if isinstance(job, Remind) else DECEMBER
    first, second = two.race((SYSTEM, job), (SYSTEM, job), now)
    assert first.done > 0
    assert second.done == 0
    lost = sa.select(sa.func.count()).where(outbox.notice.c.state == "composed", outbox.notice.c.outbox_id.is_(None))
    assert two.first.database.read(lambda c: c.execute(lost).scalar()) == 0


def test_a_message_is_claimed_by_one_and_taken_over_when_its_claim_ran_out(two: Two):
    two.first.desk.do(SYSTEM, OpenPeriods(), DECEMBER)
    made = two.first.desk.do(SYSTEM, ComposeDigests(), DECEMBER).done
    owners = two.first.database.owner, two.second.database.owner
    taken: list[int] = []

    def claim(owner: Owner) -> Callable[[sa.Connection], list[int]]:
        return lambda connection: [row.id for row in outbox.claim(connection, DECEMBER, 7, owner=owner)]

    stores = two.first.database, two.second.database
    answers = [store.submit(claim(store.owner)) for _ in range(made) for store in stores]
    for answer in answers:
        taken += answer.result(PATIENCE)
    assert len(taken) == len(set(taken)) > 0
    assert two.first.database.write(going.left) == [], "no claim ran out"
    assert not two.first.database.read(going.any_left)
    over = sa.update(outbox.outbox).where(outbox.outbox.c.claimed_by == owners[1].number).values(claimed_until=START)
    of_second = two.first.database.write(lambda c: c.execute(over).rowcount)
    assert of_second > 0
    assert two.first.database.read(going.any_left)
    left = two.first.database.write(going.left)
    assert (len(left), {each.went for each in left}) == (of_second, {False})
