"""The profile cn-public: Telegram only on a basis that is on record, and nobody served without the notice."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from benchmarks.process import Server
from bot.app import build
from bot.config import Settings
from bot.opening import Parts, open_parts
from handlers.members import Invitation, Invite
from handlers.privacy import RecordBasis
from rules.access import OPERATOR
from storage import members
from storage.audit import audit, unlinked
from tests.flows.commands import zhibu
from tests.flows.test_reach import bind, told, where
from tests.houses import START, looking, on_both
from tests.notices import put_notice

PUBLIC = {"ZHIBU_PROFILE": "cn-public"}
TOKEN = {"ZHIBU_TELEGRAM_TOKEN": "12345:abc"}
BASIS = "网信办评估2026第3号，张三，2026年11月"
WITHOUT_BASIS = {"profile": "cn-public", "telegram_token": SecretStr("12345:abc"), "telegram_bot": "river_bot"}


def opened(folder: Path, **settings: Any) -> Parts:
    return open_parts(Settings(data=folder, **settings))


def recorded(parts: Parts) -> list[dict[str, str]]:
    """The deeds about the basis, oldest first."""
    found: list[tuple[int, str]] = []
    with looking(parts) as connection:
        for table in (audit, unlinked):
            query = sa.select(table.c.actor_id, table.c.facts).where(table.c.action == "telegram_basis")
            found += [tuple(row) for row in connection.execute(query.order_by(table.c.id))]
    assert {actor for actor, _ in found} <= {OPERATOR.recorded}
    return [json.loads(facts) for _, facts in found]


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_token_without_a_basis_is_refused_at_the_start(command: str, folder: Path):
    put_notice(folder)
    ran = zhibu(folder, command, "--port", "0", **PUBLIC, **TOKEN)
    assert ran.returncode == 2
    assert "cn-public 模式下不启用 Telegram" in ran.stdout
    assert "ZHIBU_TELEGRAM_BASIS" in ran.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "要求数据文件夹中有 notice.md"),
        ("", "个人信息告知书没有内容"),
        ("version: 1\n\n# 告知书\n", "个人信息告知书没有内容"),
        ("# 告知书\n处理者：【单位全称】，电话【电话】。", "还有 2 处没有填写，例如 【单位全称】 【电话】"),
        ("# 告知书\n" + "字" * 20_001, "超过 20000 字"),
        (b"\xff\xfe\x00", "无法按 UTF-8 文本读取"),
    ],
)
def test_a_notice_that_cannot_be_shown_is_refused_at_the_start(text: str | bytes | None, words: str, folder: Path):
    if text is not None:
        (folder / "notice.md").write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = zhibu(folder, "run", "--port", "0", **PUBLIC)
    assert (ran.returncode, words in ran.stdout) == (2, True), ran.stdout


def test_the_sample_of_the_notice_only_lacks_what_each_organisation_fills_in(folder: Path):
    sample = Path(__file__).parents[2] / "examples" / "notice"
    for name in ("notice.md", "notice.en.md"):
        (folder / name).write_text((sample / name).read_text("utf-8"), "utf-8")
    assert "处没有填写" in zhibu(folder, "run", "--port", "0", **PUBLIC).stdout
    for name in ("notice.md", "notice.en.md"):
        filled = (sample / name).read_text("utf-8").replace("【", "").replace("】", "")
        (folder / name).write_text(filled, "utf-8")
    assert zhibu(folder, "channels", "check", "--offline", **PUBLIC).returncode == 0


@pytest.mark.parametrize("basis", ["短", "  九个字以内的话  "])
def test_a_basis_that_says_nothing_is_refused(basis: str, folder: Path):
    ran = zhibu(folder, "status", ZHIBU_TELEGRAM_BASIS=basis)
    assert (ran.returncode, "至少 10 个字" in ran.stdout) == (2, True), ran.stdout


def test_without_a_basis_nothing_of_telegram_is_offered_or_written_to(folder: Path, tmp_path: Path):
    put_notice(folder)
    (folder / "telegram.json").write_text('{"username": "river_bot", "menu": ""}')
    parts = opened(folder, **WITHOUT_BASIS)
    try:
        application = build(parts)
        assert not any("telegram" in str(getattr(route, "path", "")) for route in application.routes)
        member = parts.database.read(lambda connection: members.member_by_code(connection, "m03"))
        answer = parts.desk.do(OPERATOR, Invite(member or 0, "token", "hash", "123456", "pin"), START)
        assert isinstance(answer, Invitation)
        assert answer.links == {}
        bind(parts, "m03", "telegram", "7")
        assert where(told(parts, "m03")) == ("webchat", "due")
    finally:
        parts.close()
    slips = tmp_path / "slips.html"
    assert zhibu(folder, "slips", str(slips), **PUBLIC, ZHIBU_TELEGRAM_BOT="river_bot").returncode == 0
    assert "river_bot" not in slips.read_text("utf-8")
    asked = zhibu(folder, "slips", str(tmp_path / "more.html"), "--telegram", "river_bot", **PUBLIC)
    assert (asked.returncode, "不启用 Telegram" in asked.stdout) == (2, True)


def test_with_a_basis_it_is_offered(folder: Path):
    put_notice(folder)
    (folder / "telegram.json").write_text('{"username": "river_bot", "menu": ""}')
    parts = opened(folder, **WITHOUT_BASIS, telegram_basis=BASIS)
    assert parts.desk.house.doors == {"telegram": "https://t.me/river_bot?start="}
    assert parts.desk.house.channels == {"webchat": True, "telegram": True}
    parts.close()


@on_both
def test_the_trail_holds_each_basis_once_and_its_end(place: Any):
    parts = open_parts(place.settings())
    for text in ("", BASIS, BASIS, f"{BASIS}，续期", "", ""):
        parts.desk.do(OPERATOR, RecordBasis(text), START)
    assert recorded(parts) == [
        {"before": "", "after": BASIS},
        {"before": BASIS, "after": f"{BASIS}，续期"},
        {"before": f"{BASIS}，续期", "after": ""},
    ]
    parts.close()


def test_run_records_the_basis_and_serves_the_notice(folder: Path, tmp_path: Path):
    put_notice(folder)
    (folder / "demo").unlink(missing_ok=True)
    given = PUBLIC | {"ZHIBU_TELEGRAM_BASIS": BASIS}
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=folder, settings=given) as server:
        server.start()
    parts = opened(folder)
    assert recorded(parts) == [{"before": "", "after": BASIS}]
    parts.close()
