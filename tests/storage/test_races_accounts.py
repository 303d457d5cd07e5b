"""Accounts, when two processes work on the same one: links, passwords, bindings, PINs and roles."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from handlers.account import SetPassword
from handlers.appointments import EndRole, GiveRole
from handlers.context import Refused
from handlers.identities.accounts import Unbind
from handlers.identities.binding import AskBinding, BindingDecided, ConfirmBinding, ConfirmByPin, RefuseBinding
from handlers.invitations import InviteAll, Slip
from handlers.members import Invite
from handlers.setup import NewUnit, SetUp
from handlers.signin import AskForLink, ConsoleEntered, Done, EnterByLink, EnterByPassword
from rules.access import SYSTEM, Actor, Grant
from storage import identities, inbox, invitations, members, outbox, signin
from storage.engine import Connection
from storage.members import identity, role
from storage.metadata import metadata
from tests.houses import START
from tests.storage.racing import PATIENCE, Two

OPERATOR = Actor(0, grants=(Grant("administrator", 0, "/"),))
pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)


def code_of(answer: Any) -> str:
    assert isinstance(answer, Refused), answer
    return answer.problems[0].code


def asked(two: Two, *addresses: str) -> list[int]:
    """Requests to bind these addresses to m03, all made with one invitation."""
    member = two.actor("m03").member
    two.first.desk.do(OPERATOR, Invite(member, "token", "token-hash", "000000", "pin-hash"), START)
    for address in addresses:
        two.first.desk.do(SYSTEM, AskBinding("telegram", address, "小孙", "token-hash"), START)
    return two.ask(sa.select(identities.binding.c.id).order_by(identities.binding.c.id))


def bound(two: Two) -> list[Any]:
    """The Telegram addresses of m03."""
    c = identity.c
    here = (c.member_id == two.actor("m03").member, c.channel == "telegram", c.unbound_at.is_(None))
    return two.ask(sa.select(c.address).where(*here))


def test_a_link_to_the_console_opens_one_session(two: Two):
    actor = two.actor("m01")
    two.first.desk.do(actor, AskForLink("token", "link-hash"), START)
    first, second = two.race(
        (SYSTEM, EnterByLink("link-hash", "key-1", "")), (SYSTEM, EnterByLink("link-hash", "key-2", ""))
    )
    assert isinstance(first, ConsoleEntered)
    assert code_of(second) == "link_over"
    assert two.ask(sa.select(signin.session.c.key_hash)) == ["key-1"]


def test_of_two_links_asked_for_at_once_the_last_is_good(two: Two):
    actor = two.actor("m01")
    two.race((actor, AskForLink("a", "hash-a")), (actor, AskForLink("b", "hash-b")))
    assert two.ask(sa.select(signin.link.c.token_hash)) == ["hash-b"]


@pytest.mark.parametrize("code", ["m01", "nobody"])
def test_five_wrong_passwords_are_the_most_however_many_come_at_once(two: Two, code: str):
    wrong = EnterByPassword(code, False, "", "key", "")
    answers = [parts.desk.submit(SYSTEM, wrong, START) for _ in range(8) for parts in (two.first, two.second)]
    codes = sorted(code_of(answer.result(PATIENCE)) for answer in answers)
    assert codes == ["account_rests"] * 12 + ["password_wrong"] * 4
    assert two.ask(sa.select(signin.rest.c.failures)) == [5]


def test_a_password_that_is_being_changed_opens_nothing(two: Two):
    actor = two.actor("m01")
    assert two.first.desk.do(actor, SetPassword("old", 0, True), START) == Done()
    enter = EnterByPassword("m01", True, "old", "key", "")
    _, entered = two.race((actor, SetPassword("new", 0, True)), (SYSTEM, enter), START + timedelta(minutes=1))
    assert code_of(entered) == "password_wrong"
    assert two.ask(sa.select(signin.session.c.id)) == []


@pytest.mark.parametrize("other", [ConfirmBinding, RefuseBinding])
def test_a_request_to_bind_is_decided_once(two: Two, other: Any):
    (number,) = asked(two, "500")
    first, second = two.race((two.actor("m01"), ConfirmBinding(number)), (two.actor("m02"), other(number)))
    assert isinstance(first, BindingDecided)
    assert code_of(second) == "binding_decided"
    assert bound(two) == ["500"]
    assert (two.deeds("bind"), two.deeds("refuse_binding")) == (1, 0)


def test_what_is_refused_meanwhile_is_not_bound(two: Two):
    (number,) = asked(two, "500")
    _, second = two.race((two.actor("m01"), RefuseBinding(number)), (two.actor("m02"), ConfirmBinding(number)))
    assert code_of(second) == "binding_decided"
    assert bound(two) == []


def test_one_invitation_binds_one_account(two: Two):
    one, other = asked(two, "500", "501")
    _, second = two.race((two.actor("m01"), ConfirmBinding(one)), (two.actor("m02"), ConfirmBinding(other)))
    assert code_of(second) == "binding_decided"
    assert bound(two) == ["500"]


def test_five_wrong_pins_are_the_most_on_telegram_too(two: Two):
    def nobody_else_confirms(connection: Connection) -> None:
        connection.execute(sa.delete(role).where(role.c.role.in_(["secretary", "officer", "administrator"])))

    two.first.database.write(nobody_else_confirms)
    asked(two, "500")
    wrong = ConfirmByPin("telegram", "500", "token-hash", False)
    answers = [parts.desk.submit(SYSTEM, wrong, START) for _ in range(8) for parts in (two.first, two.second)]
    codes = sorted(code_of(answer.result(PATIENCE)) for answer in answers)
    assert codes == ["invitation_over"] * 11 + ["pin_wrong"] * 5


def test_of_two_invitations_made_at_once_one_is_good(two: Two):
    member = two.actor("m03").member

    def leave(connection: Connection) -> None:
        connection.execute(sa.delete(identity).where(identity.c.member_id == member))

    two.first.database.write(leave)
    first, second = (InviteAll((Slip(member, f"hash-{number}", "pin"),), 7) for number in (1, 2))
    two.race((OPERATOR, first), (OPERATOR, second))
    held = sa.select(invitations.invitation.c.token_hash).where(invitations.invitation.c.member_id == member)
    assert two.ask(held) == ["hash-2"]


def test_a_role_is_given_once_and_ended_once(two: Two):
    administrator, member = two.actor("s05"), two.actor("m03")
    give = GiveRole(member.member, "instructor", member.unit or 0, START.date())
    first, second = two.race((administrator, give), (administrator, give))
    assert (first, code_of(second)) == (Done(), "role_held")
    (number,) = two.ask(sa.select(role.c.id).where(role.c.member_id == member.member))
    end = EndRole(member.member, number)
    first, second = two.race((administrator, end), (administrator, end))
    assert (first, code_of(second)) == (Done(), "role_over")
    assert (two.deeds("role_given"), two.deeds("role_ended")) == (1, 1)


def test_what_is_being_sent_to_an_account_that_is_unbound_goes_nowhere_else(two: Two):
    actor = two.actor("m03")
    row = {"class": "urgent", "member_id": actor.member, "channel": "telegram", "address": "500", "state": "due"}

    def plant(connection: Connection) -> None:
        members.bind(connection, "telegram", "500", actor.member, START)
        outbox.put_all(connection, [{"key": f"m{n}", "due_at": START, "made_at": START, **row} for n in (1, 2)])

    two.first.database.write(plant)
    owner = two.first.database.owner
    claimed, _ = two.overlap(
        lambda connection: outbox.claim(connection, START, 1, outbox.Among(channel="telegram"), owner),
        lambda: two.second.desk.submit(actor, Unbind("telegram"), START),
    )
    c = outbox.outbox.c
    assert two.ask(sa.select(c.state).where(c.id == claimed[0].id)) == ["sending"]
    assert two.ask(sa.select(c.state).where(c.key == "m2")) == ["cancelled"]
    assert two.ask(sa.select(sa.func.count()).where(c.key.startswith("again:"))) == [1]


def test_an_address_that_gets_the_name_of_one_that_was_asked_something_is_moved(two: Two):
    actor, until = two.actor("m03"), START + timedelta(days=1)

    def move(connection: Connection) -> None:
        members.bind(connection, "telegram", "500", actor.member, START)
        for address in ("500", "-500"):
            row = inbox.DialogRow("Confirm", {"of": address}, "pin", "text", until)
            inbox.put_dialog(connection, "telegram", address, row)
        identities.move(connection, "telegram", "500", "-500")

    two.first.database.write(move)
    assert bound(two) == ["-500"]
    assert two.ask(sa.select(inbox.dialog.c.args).where(inbox.dialog.c.channel == "telegram")) == [{"of": "500"}]


def test_a_house_is_set_up_once(two: Two):
    def everything(connection: Connection) -> None:
        names = ", ".join(table.name for table in reversed(metadata.sorted_tables))
        connection.exec_driver_sql(f"TRUNCATE {names} CASCADE")

    two.first.database.write(everything)
    one, other = (SetUp((NewUnit(code, "committee", "机关工委", ""),), f"{code}-1", "江一帆") for code in "ab")
    _, second = two.race((OPERATOR, one), (OPERATOR, other))
    assert code_of(second) == "people_already"
    assert two.ask(sa.select(members.unit.c.code)) == ["a"]
