"""Who was asked, reached, refused, and did what the message was about."""

from handlers.deliveries import ListDeliveries, Messages
from tests.flows.announcing import confirm, sent
from tests.flows.people import People
from tests.flows.test_mute import actor
from tests.houses import on_both

pytestmark = on_both


def done(people: People, code: str, kind: str) -> list[tuple[int, int] | None]:
    """What became of the messages to a member that hold a kind of notice."""
    request = ListDeliveries(member=code, first="2026-11-22", last="2026-11-30", notice=kind)
    page = people.parts.desk.ask(actor(people, "s04"), request, people.parts.clock.now())
    assert isinstance(page, Messages)
    assert all(kind in dict(row.notices) for row in page.rows)
    return [row.acted for row in page.rows]


def test_who_declared_after_the_reminder_did_what_it_was_about(people: People):
    people.clock("2026-11-23T09:00")
    people["m03"].say("申报 学习 1")
    people["m03"].tap("确认")
    assert done(people, "m03", "declare_reminder") == [(1, 1)]
    assert done(people, "m04", "declare_reminder") == [(0, 1)]


def test_who_confirmed_an_announcement_did(people: People):
    sent(people)
    confirm(people["m03"])
    assert done(people, "m03", "announcement") == [(1, 1)]
    assert done(people, "m04", "announcement") == [(0, 1)]


def test_a_message_that_asks_for_nothing_says_nothing_of_it(people: People):
    people["m03"].say("申报 学习 1")
    people["m03"].tap("确认")
    people["m01"].say("审核")
    people["m01"].tap("全部通过")
    assert done(people, "m03", "lines_decided") == [None]


def test_nobody_is_alarmed_in_a_house_where_all_goes_out(people: People):
    people.clock("2026-11-26T20:30")
    kinds = {item["kind"] for code in ("s05", "s04") for item in people[code].inbox()}
    assert "not_sent" not in kinds
