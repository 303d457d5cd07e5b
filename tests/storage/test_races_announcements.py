"""Announcements, when two processes work on one: sent, told, reminded of and withdrawn once."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from handlers.announcements import waves
from handlers.announcements.receiving import ConfirmAnnouncement
from handlers.announcements.status import (
    AnnouncementDone,
    AnnouncementState,
    UrgeAnnouncement,
    WithdrawAnnouncement,
)
from handlers.announcements.waves import RemindUnconfirmed, Spread
from handlers.announcements.writing import (
    AnnouncementPreview,
    SendAnnouncement,
    SetConfirmDays,
    WriteAnnouncement,
)
from handlers.context import Refused
from handlers.digests import DispatchUrgent
from rules.access import SYSTEM
from storage import announcements
from storage.outbox import notice
from tests.houses import START
from tests.storage.racing import PATIENCE, Two

TEXT = "关于召开支部党员大会的通知\n明天下午三点，二楼会议室。"
pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)


def written(two: Two) -> int:
    """A draft of the secretary of a branch."""
    shown = two.first.desk.do(two.actor("m01"), WriteAnnouncement(TEXT), START)
    assert isinstance(shown, AnnouncementPreview)
    return shown.draft.id


def sent(two: Two, days: int = 0) -> AnnouncementDone:
    number = written(two)
    two.first.desk.do(two.actor("m01"), SetConfirmDays(number, days), START)
    done = two.first.desk.do(two.actor("m01"), SendAnnouncement(number), START)
    assert isinstance(done, AnnouncementDone)
    return done


def told(two: Two, kind: str) -> list[Any]:
    return two.ask(sa.select(notice.c.member_id).where(notice.c.kind == kind))


def code_of(answer: Any) -> str:
    assert isinstance(answer, Refused)
    return answer.problems[0].code


def test_one_draft_confirmed_by_two_is_sent_once(two: Two):
    send = (two.actor("m01"), SendAnnouncement(written(two)))
    first, second = two.race(send, send)
    assert isinstance(first, AnnouncementDone)
    assert isinstance(second, AnnouncementState)
    assert two.deeds("announce") == 1
    assert len(told(two, "announcement")) == first.count


def test_what_is_sent_meanwhile_is_not_changed(two: Two):
    number, author = written(two), two.actor("m01")
    first, second = two.race((author, SendAnnouncement(number)), (author, SetConfirmDays(number, 3)))
    assert isinstance(first, AnnouncementDone)
    assert code_of(second) == "announcement_sent"


def test_what_is_changed_meanwhile_is_sent_as_it_is_then(two: Two):
    number, author = written(two), two.actor("m01")
    changed, done = two.race((author, SetConfirmDays(number, 3)), (author, SendAnnouncement(number)))
    assert done.row.confirm_by == changed.confirm_by == START.date() + timedelta(days=3)


def test_who_writes_with_two_devices_has_one_draft(two: Two):
    author = two.actor("m01")
    two.race((author, WriteAnnouncement(TEXT)), (author, WriteAnnouncement(TEXT.replace("明天", "后天"))))
    drafts = two.ask(sa.select(announcements.announcement.c.text).where(announcements.announcement.c.sent_at.is_(None)))
    assert ["后天" in text for text in drafts] == [True]


def test_an_announcement_is_withdrawn_once(two: Two):
    number = sent(two).row.id
    withdraw = WithdrawAnnouncement(number, confirmed=True)
    first, second = two.race((two.actor("m01"), withdraw), (two.actor("m02"), withdraw))
    assert isinstance(first, AnnouncementDone)
    assert isinstance(second, AnnouncementState)
    assert two.deeds("withdraw") == 1


def test_nobody_is_urged_to_confirm_what_is_being_withdrawn(two: Two):
    number = sent(two).row.id
    withdraw = (two.actor("m01"), WithdrawAnnouncement(number, confirmed=True))
    _, urged = two.race(withdraw, (two.actor("m02"), UrgeAnnouncement(number)))
    assert code_of(urged) == "announcement_withdrawn"
    assert told(two, "announcement_urged") == []


def test_what_goes_out_while_it_is_withdrawn_is_followed_by_the_withdrawal(two: Two):
    done = sent(two)
    withdraw = (two.actor("m01"), WithdrawAnnouncement(done.row.id, confirmed=True))
    two.race((SYSTEM, DispatchUrgent()), withdraw)
    out = sa.select(notice.c.member_id).where(notice.c.kind == "announcement", notice.c.outbox_id.is_not(None))
    assert len(two.ask(out)) == done.count
    assert sorted(told(two, "announcement_withdrawn")) == sorted(two.ask(out))


def test_a_second_tap_at_another_door_is_told_when_it_was_confirmed(two: Two):
    number = sent(two).row.id
    confirm = (two.actor("m03"), ConfirmAnnouncement(number))
    first, second = two.race(confirm, confirm)
    assert (first.fresh, second.fresh) == (True, False)
    assert second.note.confirmed_on == START.date()
    assert two.deeds("confirm") == 1


def test_one_slice_is_told_by_one_and_all_are_told_once(two: Two, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(waves, "SLICE", 2)
    done = sent(two)
    assert len(told(two, "announcement")) == 2 < done.count
    first, second = two.race((SYSTEM, Spread()), (SYSTEM, Spread()))
    assert (first.done, second.done) == (1, 0)
    while two.first.database.read(announcements.unfinished_wave) is not None:
        answers = [parts.desk.submit(SYSTEM, Spread(), START) for parts in (two.first, two.second) * 2]
        assert sum(answer.result(PATIENCE).done for answer in answers) > 0
    people = told(two, "announcement")
    assert len(people) == len(set(people)) == done.count
    assert two.ask(sa.select(sa.func.count()).select_from(announcements.recipient)) == [done.count]


def test_a_reminder_to_confirm_is_left_once(two: Two):
    done = sent(two, days=3)
    now = START + timedelta(days=2)
    first, second = two.race((SYSTEM, RemindUnconfirmed()), (SYSTEM, RemindUnconfirmed()), now)
    assert (first.done, second.done) == (1, 0)
    assert len(told(two, "announcement_reminder")) == done.count
    assert replace(first, done=0) == second
