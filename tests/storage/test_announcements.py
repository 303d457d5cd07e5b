"""Whom an announcement is for, in which slices they are told, and that everything counts once."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage import announcements, confirmations, outbox, sending
from storage.announcements import Roll
from tests.storage.sample import (
    DAY,
    NOW,
    TOMORROW,
    YESTERDAY,
    Sample,
    add_member,
    add_unit,
    appoint,
    join,
    stand_in,
)

LATER = NOW + timedelta(hours=1)


def draft(connection: sa.Connection, sample: Sample, **changed: Any) -> int:
    values = {
        "key": None,
        "author_id": sample.wang,
        "behalf_id": None,
        "unit_id": sample.first,
        "audience_id": sample.first,
        "path": "/1/2/",
        "role": "all",
        "title": "标题",
        "text": "正文",
        "confirm_days": 0,
        "recipients": 0,
        "made_at": NOW,
    }
    return announcements.add(connection, values | changed)


def sent(connection: sa.Connection, sample: Sample, *people: int, **changed: Any) -> int:
    number = draft(connection, sample, **changed)
    assert announcements.mark_sent(connection, number, sent_at=NOW, sent_on=DAY, recipients=len(people))
    announcements.add_recipients(connection, number, people, NOW)
    return number


def on_roll(connection: sa.Connection, roll: Roll) -> set[int]:
    found = announcements.next_on_roll(connection, roll, 0, 100)
    assert len(found) == len(set(found)) == announcements.count_roll(connection, roll)
    return set(found)


def test_everybody_below_the_path_on_the_day_but_the_author(connection: sa.Connection, sample: Sample):
    gone, coming = add_member(connection, "gone"), add_member(connection, "coming")
    join(connection, gone, sample.first, end=YESTERDAY)
    join(connection, coming, sample.first, start=TOMORROW)
    staff = add_member(connection, "staff")
    join(connection, staff, sample.committee)
    assert on_roll(connection, Roll("/1/", "all", DAY, sample.wang)) == {sample.li, sample.zhao, staff}
    assert on_roll(connection, Roll("/1/2/", "all", DAY, 0)) == {sample.wang, sample.li}
    assert on_roll(connection, Roll("/1/2/", "all", YESTERDAY, 0)) == {sample.wang, sample.li, gone}
    assert on_roll(connection, Roll("/1/", "member", DAY, 0)) == {sample.wang, sample.li, sample.zhao}


def test_a_path_is_not_a_beginning_of_digits(connection: sa.Connection, sample: Sample):
    other = add_unit(connection, "other", "branch", sample.committee, "/1/20/")
    join(connection, add_member(connection, "far"), other)
    assert on_roll(connection, Roll("/1/2/", "all", DAY, 0)) == {sample.wang, sample.li}


def test_who_belongs_to_two_units_stands_on_the_roll_once(connection: sa.Connection, sample: Sample):
    join(connection, sample.wang, sample.second, start=DAY)
    assert on_roll(connection, Roll("/1/", "all", DAY, 0)) == {sample.wang, sample.li, sample.zhao}


def test_holders_of_a_role_with_their_deputies_of_the_day(connection: sa.Connection, sample: Sample):
    appoint(connection, sample.wang, "secretary", sample.first)
    appoint(connection, sample.zhao, "officer", sample.second)
    stand_in(connection, sample.li, sample.wang, sample.first)
    assert on_roll(connection, Roll("/1/", "secretary", DAY, 0)) == {sample.wang, sample.li}
    assert on_roll(connection, Roll("/1/", "secretary", DAY, sample.wang)) == {sample.li}
    assert on_roll(connection, Roll("/1/3/", "secretary", DAY, 0)) == set()
    assert on_roll(connection, Roll("/1/", "officer", DAY, 0)) == {sample.zhao}


def test_a_deputy_whose_days_are_over_is_not_on_the_roll(connection: sa.Connection, sample: Sample):
    appoint(connection, sample.wang, "secretary", sample.first)
    stand_in(connection, sample.li, sample.wang, sample.first, end=YESTERDAY)
    assert on_roll(connection, Roll("/1/", "secretary", DAY, 0)) == {sample.wang}


def test_slices_follow_one_another_without_gap_or_overlap(connection: sa.Connection, sample: Sample):
    people = {sample.wang, sample.li, sample.zhao}
    for number in range(7):
        extra = add_member(connection, f"extra{number}")
        join(connection, extra, sample.second)
        people.add(extra)
    roll, after, found = Roll("/1/", "all", DAY, 0), 0, []
    while some := announcements.next_on_roll(connection, roll, after, 3):
        assert len(some) <= 3
        found += some
        after = some[-1]
    assert found == sorted(people)


def test_an_author_has_one_draft_and_a_sent_one_is_not_touched(connection: sa.Connection, sample: Sample):
    draft(connection, sample)
    second = draft(connection, sample, title="第二稿")
    count = sa.select(sa.func.count()).select_from(announcements.announcement)
    assert connection.execute(count).scalar_one() == 1
    announcements.mark_sent(connection, second, sent_at=NOW, sent_on=DAY, recipients=1)
    announcements.change_draft(connection, second, title="改了")
    announcements.drop_draft(connection, second)
    third = draft(connection, sample, title="第三稿")
    row = announcements.get(connection, second)
    assert row is not None
    assert row.title == "第二稿"
    found = announcements.draft_of(connection, sample.wang)
    assert found is not None
    assert found.id == third


def test_an_announcement_is_sent_once_withdrawn_once_and_known_by_its_key(connection: sa.Connection, sample: Sample):
    number = draft(connection, sample, key="form:1")
    assert announcements.known(connection, "form:1") == number
    assert announcements.known(connection, "form:2") is None
    assert announcements.mark_sent(connection, number, sent_at=NOW, sent_on=DAY, recipients=1)
    assert not announcements.mark_sent(connection, number, sent_at=LATER, sent_on=TOMORROW, recipients=9)
    assert announcements.mark_withdrawn(connection, number, NOW)
    assert not announcements.mark_withdrawn(connection, number, LATER)
    with pytest.raises(sa.exc.IntegrityError):
        draft(connection, sample, author_id=sample.li, key="form:1")


def test_a_wave_begins_once_a_key_and_ends_with_the_announcement(connection: sa.Connection, sample: Sample):
    number = sent(connection, sample, sample.li)
    values = {"key": "announcement:1", "announcement_id": number, "kind": "announcement", "by_id": None, "made_at": NOW}
    wave = announcements.open_wave(connection, values)
    assert wave is not None
    assert announcements.open_wave(connection, values) is None
    assert announcements.unfinished_wave(connection) == wave
    announcements.move_wave(connection, wave.id, 7, None)
    moved = announcements.unfinished_wave(connection)
    assert moved is not None
    assert moved.reached_to == 7
    assert announcements.waves_of(connection, ["announcement:1", "other"]) == {"announcement:1"}
    announcements.mark_withdrawn(connection, number, NOW)
    assert announcements.unfinished_wave(connection) is None


def test_a_recipient_stands_on_the_list_once(connection: sa.Connection, sample: Sample):
    number = sent(connection, sample, sample.li)
    with pytest.raises(sa.exc.IntegrityError):
        announcements.add_recipients(connection, number, [sample.li], NOW)


def test_confirming_counts_once_and_only_for_recipients(connection: sa.Connection, sample: Sample):
    number = sent(connection, sample, sample.li, sample.zhao)
    assert confirmations.confirm(connection, number, sample.li, NOW)
    assert not confirmations.confirm(connection, number, sample.li, LATER)
    assert not confirmations.confirm(connection, number, sample.wang, NOW)
    one = confirmations.one_to(connection, number, sample.li)
    assert one is not None
    assert one.confirmed_at == NOW
    assert confirmations.one_to(connection, number, sample.wang) is None
    assert confirmations.left(connection, number) == 1
    assert announcements.next_recipients(connection, number, 0, 9, silent=True) == [sample.zhao]
    assert announcements.next_recipients(connection, number, 0, 9, silent=False) == sorted([sample.li, sample.zhao])


def delivered(connection: sa.Connection, number: int, member: int, state: str) -> None:
    key = f"announcement:{number}:{member}"
    row = {"member_id": member, "kind": "announcement", "key": key, "facts": {}, "made_at": NOW}
    outbox.tell(connection, [row])
    message = {"class": "urgent", "channel": "webchat", "address": "a", "due_at": NOW, "made_at": NOW}
    numbers = outbox.put_all(connection, [{**message, "key": key, "member_id": member, "state": state}])
    (waiting,) = outbox.waiting_notices(connection, ["announcement"])[member]
    sending.compose(connection, {waiting.id: numbers[key]})


def test_the_standing_tells_apart_reached_confirmed_and_not_reached(connection: sa.Connection, sample: Sample):
    late = add_member(connection, "late")
    join(connection, late, sample.second)
    number = sent(connection, sample, sample.wang, sample.li, sample.zhao, late)
    delivered(connection, number, sample.wang, "sent")
    delivered(connection, number, sample.li, "sent")
    delivered(connection, number, sample.zhao, "failed")
    delivered(connection, number, late, "due")
    confirmations.confirm(connection, number, sample.li, NOW)
    found = confirmations.standing(connection, number)
    assert (found.told, found.reached, found.confirmed, found.failed) == (4, 2, 1, 1)
    rows = confirmations.silent(connection, number, DAY, 0, 20)
    assert [(row.name, row.unit_name, row.failed) for row in rows] == [
        ("wang", "first", False),
        ("late", "second", False),
        ("zhao", "second", True),
    ]
    assert [row.name for row in confirmations.silent(connection, number, DAY, 1, 1)] == ["late"]
    assert confirmations.silent(connection, number, TOMORROW + timedelta(days=9), 0, 1)[0].name == "wang"


def test_a_member_sees_what_is_for_him_newest_first_and_what_is_open(connection: sa.Connection, sample: Sample):
    first = sent(connection, sample, sample.li, title="一")
    second = sent(connection, sample, sample.li, title="二")
    third = sent(connection, sample, sample.zhao, title="三")
    assert [row.number for row in confirmations.to_member(connection, sample.li, 9)] == [second, first]
    assert [row.number for row in confirmations.to_member(connection, sample.li, 1)] == [second]
    confirmations.confirm(connection, second, sample.li, NOW)
    assert [row.number for row in confirmations.open_to(connection, sample.li, 9)] == [first]
    announcements.mark_withdrawn(connection, first, NOW)
    assert confirmations.open_to(connection, sample.li, 9) == []
    assert confirmations.to_member(connection, sample.li, 9)[1].withdrawn
    assert [row.number for row in confirmations.open_to(connection, sample.zhao, 9)] == [third]


def test_a_list_holds_the_announcements_of_units_or_of_all_below_a_path(connection: sa.Connection, sample: Sample):
    own = sent(connection, sample, sample.li, sample.zhao)
    other = sent(connection, sample, sample.li, unit_id=sample.second)
    draft(connection, sample, title="未发")
    confirmations.confirm(connection, own, sample.li, NOW)
    (row,) = confirmations.sent(connection, [sample.first], [], 0, 9)
    assert (row.number, row.recipients, row.confirmed) == (own, 2, 1)
    assert [row.number for row in confirmations.sent(connection, [], ["/1/"], 0, 9)] == [other, own]
    assert [row.number for row in confirmations.sent(connection, [], ["/1/"], 1, 9)] == [own]
    assert confirmations.sent(connection, [], [], 0, 9) == []


def test_a_reminder_is_needless_once_confirmed_withdrawn_or_too_late(connection: sa.Connection, sample: Sample):
    open_one = sent(connection, sample, sample.li, sample.zhao, confirm_by=TOMORROW)
    gone = sent(connection, sample, sample.li, confirm_by=TOMORROW)
    past = sent(connection, sample, sample.li, confirm_by=YESTERDAY)
    confirmations.confirm(connection, open_one, sample.zhao, NOW)
    announcements.mark_withdrawn(connection, gone, NOW)
    li, zhao = sample.li, sample.zhao
    pairs = [(open_one, li), (open_one, zhao), (gone, li), (past, li)]
    assert confirmations.settled(connection, pairs, DAY) == {(open_one, zhao), (gone, li), (past, li)}
    assert confirmations.settled(connection, [], DAY) == set()
    assert [row.id for row in announcements.to_confirm_from(connection, DAY)] == [open_one]
    assert announcements.to_confirm_from(connection, date(2026, 3, 17)) == []


def test_only_what_waits_under_a_key_is_dropped(connection: sa.Connection, sample: Sample):
    keys = ("announcement:1:5", "announcement:12:5", "announcement_x1:5")
    same: dict[str, Any] = {"member_id": sample.li, "kind": "announcement", "facts": {}, "made_at": NOW}
    outbox.tell(connection, [{**same, "key": key} for key in keys])
    sending.drop_waiting(connection, ["announcement:1:", "announcement_reminder:1:"])
    assert sending.dropped_among(connection, keys) == {"announcement:1:5"}
    (waiting,) = outbox.waiting_notices(connection, ["announcement"], 1).values()
    assert len(waiting) == 1
