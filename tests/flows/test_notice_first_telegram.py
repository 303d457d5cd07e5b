"""The notice about personal data on Telegram: before an invitation, after a refusal, at an address that passes on."""

from pathlib import Path

import sqlalchemy as sa

from bot.opening import Parts
from storage import members
from storage.acknowledgements import acknowledgement
from storage.identities import binding
from tests.flows.telegram import telegram
from tests.flows.test_notice_first import TITLE, proofs
from tests.flows.test_telegram_binding import invited
from tests.houses import looking
from tests.notices import put_notice


def test_a_stranger_on_telegram_reads_it_before_his_invitation_is_looked_at(folder: Path):
    put_notice(folder)
    with telegram(folder) as found:
        answer = invited(found, "m03")
        stranger = found.api.person(77, "孙柏青", started=True)
        stranger.says(f"/start {answer.token}")
        shown = stranger.sees(TITLE)
        assert bindings(found.parts) == 0
        stranger.presses(shown, "我已阅读")
        stranger.sees("书记")
        assert bindings(found.parts) == 1
        with looking(found.parts) as connection:
            (row,) = connection.execute(sa.select(acknowledgement).where(acknowledgement.c.address == "77")).all()
        assert (row.channel, row.member_id, row.acknowledged_at is not None) == ("telegram", None, True)


def test_a_member_who_declined_on_telegram_is_written_to_elsewhere(folder: Path):
    put_notice(folder)
    with telegram(folder) as found:
        member = found.bound("m03")
        member.says("你好")
        member.presses(member.sees(TITLE), "不同意")
        member.sees("书面申报")
        found.notify("m03", "one")
        found.client.post("/demo/clock", json={"now": "2026-11-22T09:05"})
        assert "您的账号已绑定" in "".join(found.pushed("m03"))


def test_an_address_that_passes_to_another_member_asks_him_anew(folder: Path):
    put_notice(folder)
    with telegram(folder) as found:
        first = found.bound("m03")
        first.says("你好")
        first.presses(first.sees(TITLE), "我已阅读")
        first.sees("您要办什么")
        number, other = found.numbers["m03"], found.member("m05")

        def pass_on(connection: sa.Connection) -> None:
            here = (members.identity.c.channel == "telegram", members.identity.c.address == str(number))
            connection.execute(sa.update(members.identity).where(*here).values(member_id=other))

        found.parts.database.write(pass_on)
        first.says("你好")
        first.presses(first.sees(TITLE), "我已阅读")
        first.sees("您要办什么")
        assert [proof.version for proof in proofs(found.people, "m05")] == ["2026-11"]


def bindings(parts: Parts) -> int:
    with looking(parts) as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(binding)).scalar_one())
