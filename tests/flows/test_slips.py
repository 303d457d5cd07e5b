"""Invitation slips: one page to print, a card for everybody without an account, secrets for its owner alone."""

import re
import stat
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from benchmarks.process import Server
from bot.app import build
from bot.config import Settings
from bot.opening import open_parts, real_time
from bot.secrets import hashed
from handlers.context import Refused
from handlers.invitations import InviteAll, Slip
from rules.access import OPERATOR
from storage import invitations
from tests.flows.commands import zhibu
from tests.flows.tables import imported, workbook
from tests.peers.wxplatform import Platform

PEOPLE = (
    ("m1", "江一帆", "forest-1", "", "", "书记"),
    ("m2", "向阳", "forest-1"),
    ("m3", "<b>林&致</b>", "library-1"),
)


@pytest.fixture
def peopled(house: Path, tmp_path: Path) -> Path:
    assert imported(house, workbook(tmp_path / "people.xlsx", *PEOPLE))["new"] == 3
    return house


def links(page: str) -> list[str]:
    return re.findall(r"/chat/enter/([A-Za-z0-9_-]{32})<", page)


def pins(page: str) -> list[str]:
    return re.findall(r"<strong>(\d{6})</strong>", page)


def test_everybody_without_an_account_gets_a_card_and_each_unit_a_sheet(peopled: Path, tmp_path: Path):
    out = tmp_path / "slips.html"
    ran = zhibu(peopled, "slips", str(out))
    assert ran.returncode == 0, ran.stdout
    assert "4 张" in ran.stdout
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    page = out.read_text("utf-8")
    assert (len(set(links(page))), len(pins(page)), page.count("<svg"), page.count("<section")) == (4, 4, 4, 3)
    assert "&lt;b&gt;林&amp;致&lt;/b&gt;" in page
    assert re.search(r"(src|href)=|@import|url\(", page) is None, "the page loads nothing"
    assert not [secret for secret in (*links(page), *pins(page)) if secret in ran.stdout]


def test_a_printed_link_and_pin_let_its_member_in(peopled: Path, tmp_path: Path):
    zhibu(peopled, "slips", str(tmp_path / "s.html"), "--unit", "forest")
    page = (tmp_path / "s.html").read_text("utf-8")
    parts = open_parts(Settings(data=peopled))
    with TestClient(build(parts)) as client:
        form = client.get(f"/chat/enter/{links(page)[1]}")
        csrf = re.search(r'name="csrf" value="([^"]+)"', form.text)
        assert csrf is not None
        entered = client.post(f"/chat/enter/{links(page)[1]}", data={"pin": pins(page)[1], "csrf": csrf[1]})
        assert entered.status_code == 200
        assert "向阳" in entered.text
    again = zhibu(peopled, "slips", str(tmp_path / "again.html"), "--unit", "forest")
    assert "1 张" in again.stdout, "who came in needs no slip"


def test_new_slips_end_the_old_ones_unless_only_new_people_are_wanted(peopled: Path, tmp_path: Path):
    zhibu(peopled, "slips", str(tmp_path / "a.html"), "--unit", "forest-1")
    only_new = zhibu(peopled, "slips", str(tmp_path / "b.html"), "--new")
    assert "1 张" in only_new.stdout, "the administrator holds the invitation of init"
    assert "没有要打印的" in zhibu(peopled, "slips", str(tmp_path / "c.html"), "--new").stdout
    assert not (tmp_path / "c.html").exists()
    zhibu(peopled, "slips", str(tmp_path / "d.html"), "--unit", "forest-1")
    parts = open_parts(Settings(data=peopled))
    try:
        for name, stands in (("a.html", False), ("b.html", True), ("d.html", True)):
            for token in links((tmp_path / name).read_text("utf-8")):
                found = parts.database.read(partial(invitations.find, token_hash=hashed(token)))
                assert (found is not None) is stands, name
    finally:
        parts.close()


def test_slips_are_good_for_the_days_asked(peopled: Path, tmp_path: Path):
    before = real_time()
    zhibu(peopled, "slips", str(tmp_path / "s.html"), "--days", "30")
    parts = open_parts(Settings(data=peopled))
    token_hash = hashed(links((tmp_path / "s.html").read_text("utf-8"))[0])
    found = parts.database.read(lambda c: invitations.find(c, token_hash))
    parts.close()
    assert found is not None
    assert timedelta(days=30) <= found.expires_at - before + timedelta(milliseconds=1) < timedelta(days=30, minutes=5)


@pytest.mark.parametrize("days", [0, 31])
def test_the_unit_itself_refuses_other_days(peopled: Path, days: int):
    parts = open_parts(Settings(data=peopled))
    answer = parts.desk.do(OPERATOR, InviteAll((Slip(2, "h", "p"),), days), real_time())
    parts.close()
    assert isinstance(answer, Refused)


@pytest.mark.parametrize("given", [["--telegram", "river_bot"], ["--telegram", "@river_bot"], []])
def test_with_a_telegram_bot_each_card_has_a_second_code(peopled: Path, tmp_path: Path, given: list[str]):
    env = {} if given else {"ZHIBU_TELEGRAM_BOT": "river_bot"}
    zhibu(peopled, "slips", str(tmp_path / "s.html"), *given, **env)
    page = (tmp_path / "s.html").read_text("utf-8")
    assert page.count("<svg") == 8
    assert page.count("@river_bot") == 4
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token) for token in links(page))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--days", "31"], "1 至 30 天"),
        (["--telegram", "a b"], "机器人名称"),
        (["--unit", "nowhere"], "没有编号为 nowhere"),
    ],
)
def test_what_cannot_be_is_said_and_no_file_is_made(peopled: Path, tmp_path: Path, words: list[str], told: str):
    ran = zhibu(peopled, "slips", str(tmp_path / "s.html"), *words)
    assert ran.returncode in (1, 2)
    assert told in ran.stdout
    assert not (tmp_path / "s.html").exists()


def test_an_existing_file_and_its_invitations_are_left_alone(peopled: Path, tmp_path: Path):
    zhibu(peopled, "slips", str(tmp_path / "s.html"))
    before = (tmp_path / "s.html").read_text("utf-8")
    ran = zhibu(peopled, "slips", str(tmp_path / "s.html"))
    assert ran.returncode == 1
    assert (tmp_path / "s.html").read_text("utf-8") == before
    parts = open_parts(Settings(data=peopled))
    token_hash = hashed(links(before)[0])
    assert parts.database.read(lambda c: invitations.find(c, token_hash)) is not None
    parts.close()


def test_slips_are_made_beside_a_running_process(peopled: Path, tmp_path: Path):
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=peopled) as server:
        server.start()
        ran = zhibu(peopled, "slips", str(tmp_path / "s.html"))
        assert ran.returncode == 0, ran.stdout
        page = (tmp_path / "s.html").read_text("utf-8")
        assert len(links(page)) == 4
        assert page.count(f"http://127.0.0.1:{server.port}/chat/enter/") == 4
        assert f"http://127.0.0.1:{server.port}" in ran.stdout


@pytest.mark.needs("node")
@pytest.mark.parametrize("refuses", [False, True])
def test_each_card_has_the_official_account_s_code_or_says_that_there_is_none(
    peopled: Path, tmp_path: Path, refuses: bool
):
    with Platform("wechat").serving() as platform:
        env = {f"ZHIBU_{name}".upper(): value for name, value in platform.settings().items()}
        if refuses:
            platform.fault("/qrcode/create", errcode=48001, times=9)
        with Server(tmp_path, "bot", "run", "--port", "{port}", data=peopled, settings=env) as server:
            server.start()
            ran = zhibu(peopled, "slips", str(tmp_path / "s.html"), "--wechat", "--days", "3", **env)
        asked = [call["body"] for call in platform.calls("/qrcode/create")]
    page = (tmp_path / "s.html").read_text("utf-8")
    assert ran.returncode == 0, ran.stdout
    assert page.count("<svg") == (4 if refuses else 8)
    assert page.count("没有取得公众号二维码") == (4 if refuses else 0)
    assert ("4 张没有公众号二维码" in ran.stdout) == refuses
    scenes = [body["action_info"]["scene"]["scene_str"] for body in asked]
    assert scenes == (links(page)[:1] if refuses else links(page)), "who refuses is not asked for each card"
    assert {body["expire_seconds"] for body in asked} == {3 * 86_400}


def test_without_an_official_account_or_a_running_house_there_are_no_codes(peopled: Path, tmp_path: Path):
    ran = zhibu(peopled, "slips", str(tmp_path / "a.html"), "--wechat")
    assert ran.returncode == 2
    assert "没有接入公众号" in ran.stdout
    env = {"APP_ID": "wx5823bf96d3bd56c7", "SECRET": "s", "TOKEN": "t" * 16, "AES_KEY": "k" * 43}
    ran = zhibu(
        peopled, "slips", str(tmp_path / "b.html"), "--wechat", **{f"ZHIBU_WECHAT_{k}": v for k, v in env.items()}
    )
    assert "没有在运行" in ran.stdout
    assert len(links((tmp_path / "b.html").read_text("utf-8"))) == 4
