"""`zhibu channels check`: what works and what is missing, in words, against stand-ins of the platforms."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.opening import lock_folder
from tests.flows.commands import Ran, zhibu
from tests.notices import put_notice
from tests.peers.botapi import BotApi
from tests.peers.wxplatform import AES_KEY, SECRET, TOKEN, Kind, Platform

PUBLIC = {"ZHIBU_PUBLIC_URL": "https://zhibu.example"}
BASIS = "网信办评估2026第3号，张三，2026年11月"
MENU = {"menu": {"button": [{"type": "click", "name": "首页", "key": "home"}]}}
AGENT = {"errcode": 0, "errmsg": "ok", "agentid": 1000002, "name": "党建积分", "close": 0}


def env(platform: Platform) -> dict[str, str]:
    return {f"ZHIBU_{name}".upper(): value for name, value in platform.settings().items()} | PUBLIC


def answering(folder: Path, **answers: Any) -> Path:
    """A folder of answers as the platforms gave them, by path."""
    folder.mkdir()
    for name, answer in answers.items():
        (folder / f"{name}.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
    return folder


def section(ran: Ran, name: str) -> list[str]:
    """The lines about one channel."""
    lines, found, inside = ran.stdout.splitlines(), [], False
    for line in lines:
        inside = line.startswith(name) if not line.startswith(" ") else inside
        found += [line] if inside else []
    return found


def test_a_house_with_the_web_chat_alone_misses_nothing(folder: Path):
    ran = zhibu(folder, "channels", "check", "--offline")
    assert ran.returncode == 0, ran.stdout
    assert section(ran, "网页聊天")[0] == "网页聊天：正常"
    assert section(ran, "微信公众号") == ["微信公众号：未启用"]
    assert "没有缺项。" in ran.stdout


def test_it_may_be_given_beside_the_running_process_and_writes_nothing(folder: Path):
    with lock_folder(folder), sqlite3.connect(folder / "zhibu.db") as connection:
        before = connection.execute("PRAGMA data_version").fetchone()
        assert zhibu(folder, "channels", "check", "--offline").returncode == 0
        assert connection.execute("PRAGMA data_version").fetchone() == before


@pytest.mark.needs("node")
def test_an_official_account_that_is_all_set_up(folder: Path, tmp_path: Path):
    template = {"template_list": [{"template_id": "T1", "title": "通知"}]}
    answers = answering(
        tmp_path / "answers",
        menu_get=MENU,
        template_get_all_private_template=template,
        wxaapi_newtmpl_gettemplate={"errcode": 0, "data": [{"priTmplId": "S1"}]},
    )
    with Platform(answers=answers).serving() as platform:
        more = {"ZHIBU_WECHAT_TEMPLATE": "T1", "ZHIBU_WECHAT_SUBSCRIBE": "S1"}
        ran = zhibu(folder, "channels", "check", **env(platform) | more)
    lines = section(ran, "微信公众号")
    assert lines[0] == "微信公众号：正常", ran.stdout
    for words in ("可以取得访问令牌", "菜单已设置", "模板消息（ZHIBU_WECHAT_TEMPLATE）：属于本账号", "订阅通知"):
        assert any(words in line for line in lines), words
    assert any("URL https://zhibu.example/hooks/wechat；" in line for line in lines)
    assert not any(secret in ran.stdout for secret in (SECRET, TOKEN, AES_KEY, platform.account))


# the call that goes wrong, the platform's number and text → what is said
REFUSALS: list[tuple[Kind, str, int, str, str]] = [
    (
        "wechat",
        "stable_token",
        40164,
        "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
        "203.0.113.7",
    ),
    ("wechat", "stable_token", 40125, "invalid appsecret", "密钥（Secret）不对"),
    ("wechat", "stable_token", 40013, "invalid appid", "账号 ID 不对"),
    ("wechat", "menu/get", 48001, "api unauthorized", "接口权限"),
    ("wechat", "menu/get", 46003, "menu no exist", "菜单没有设置"),
    ("wechat", "stable_token", 99999, "something new", "被拒绝（99999）"),
    ("wecom", "agent/get", 60020, "not allow to access from your ip, from ip: 203.0.113.8, more", "企业可信IP"),
    ("wecom", "agent/get", 60020, "not allow to access from your ip, from ip: 203.0.113.8, more", "203.0.113.8"),
    ("wecom", "gettoken", 40001, "invalid credential", "密钥（Secret）不对"),
    ("wecom", "agent/get", 301002, "not allow operate another agent", "ZHIBU_WECOM_AGENT_ID"),
    ("wecom", "menu/get", 46003, "menu no exist", "菜单没有设置"),
]


@pytest.mark.needs("node")
@pytest.mark.parametrize(("kind", "path", "number", "text", "words"), REFUSALS)
def test_what_the_platform_refuses_is_said_with_what_to_do(
    kind: Kind, path: str, number: int, text: str, words: str, folder: Path, tmp_path: Path
):
    answers = answering(tmp_path / "answers", menu_get=MENU, agent_get=AGENT)
    with Platform(kind, answers=answers).serving() as platform:
        platform.fault(path, errcode=number, errmsg=text)
        ran = zhibu(folder, "channels", "check", **env(platform))
    lines = section(ran, {"wechat": "微信公众号", "wecom": "企业微信"}[kind])
    assert ran.returncode == 1
    assert "缺 1 项" in lines[0], ran.stdout
    assert lines[1].startswith("  ✗ "), "what is missing stands first"
    assert words in lines[1]
    assert SECRET not in ran.stdout


@pytest.mark.needs("node")
def test_a_wecom_app_that_is_all_set_up_and_one_that_is_off(folder: Path, tmp_path: Path):
    for number, (close, said) in enumerate(((0, "企业微信：正常"), (1, "企业微信：缺 1 项"))):
        answers = answering(tmp_path / str(number), menu_get=MENU, agent_get=AGENT | {"close": close})
        with Platform("wecom", answers=answers).serving() as platform:
            assert section(zhibu(folder, "channels", "check", **env(platform)), "企业微信")[0] == said


@pytest.mark.needs("node")
def test_a_platform_that_says_nothing_sensible_is_told_of(folder: Path):
    with Platform().serving() as platform:
        platform.fault("stable_token", text="<html>502</html>", status=502)
        ran = zhibu(folder, "channels", "check", **env(platform))
    assert "没有应答，或应答无法读取" in section(ran, "微信公众号")[1]
    ran = zhibu(folder, "channels", "check", **env(platform))
    assert "没有应答，或应答无法读取" in section(ran, "微信公众号")[1], "nobody listens any more"


@pytest.mark.needs("node")
def test_offline_asks_nobody(folder: Path):
    with Platform().serving() as platform:
        ran = zhibu(folder, "channels", "check", "--offline", **env(platform))
        assert (ran.returncode, platform.calls()) == (0, [])
    assert section(ran, "微信公众号")[0] == "微信公众号：正常"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "没有设置 ZHIBU_PUBLIC_URL"),
        ("http://zhibu.example", "不是 https 地址"),
        ("https://localhost", "不是外部可以访问的域名"),
        ("https://192.168.1.2", "不是外部可以访问的域名"),
        ("https://zhibu.example:8443", "只向 443（或 80）端口推送"),
    ],
)
def test_an_address_that_the_platforms_cannot_post_to_is_missing(address: str, words: str, folder: Path):
    account = {"APP_ID": "wx1", "SECRET": "s" * 32, "TOKEN": "t" * 8, "AES_KEY": AES_KEY}
    given = {f"ZHIBU_WECHAT_{name}": value for name, value in account.items()}
    ran = zhibu(folder, "channels", "check", "--offline", ZHIBU_PUBLIC_URL=address, **given)
    assert ran.returncode == 1
    assert words in section(ran, "对外地址")[1]
    alone = zhibu(folder, "channels", "check", "--offline", ZHIBU_PUBLIC_URL=address)
    assert alone.returncode == 0, "the web chat does without"
    assert words in section(alone, "对外地址")[1]


def test_telegram_s_token_is_tried_and_never_printed(folder: Path):
    with BotApi().serving() as api:
        given = {"ZHIBU_TELEGRAM_API": api.address, "ZHIBU_TELEGRAM_TOKEN": api.token}
        ran = zhibu(folder, "channels", "check", **given)
        assert section(ran, "Telegram")[0] == "Telegram：正常", ran.stdout
        assert "机器人是 @" in ran.stdout
        wrong = zhibu(folder, "channels", "check", **given | {"ZHIBU_TELEGRAM_TOKEN": "12345:not-the-token"})
        assert (wrong.returncode, "令牌不对或已作废" in section(wrong, "Telegram")[1]) == (1, True), wrong.stdout
        assert not any(token in ran.stdout + wrong.stdout for token in (api.token, "not-the-token"))


def test_the_profile_asks_for_the_notice_and_for_the_basis_of_telegram(folder: Path):
    given = {"ZHIBU_PROFILE": "cn-public", "ZHIBU_TELEGRAM_TOKEN": "1:a"}
    ran = zhibu(folder, "channels", "check", "--offline", **given)
    assert ran.returncode == 1
    assert "cn-public 模式要求数据文件夹中有 notice.md" in ran.stdout
    assert "cn-public 模式下不启用 Telegram" in section(ran, "Telegram")[1]
    put_notice(folder)
    ran = zhibu(folder, "channels", "check", "--offline", **given, ZHIBU_TELEGRAM_BASIS=BASIS)
    assert ran.returncode == 0, ran.stdout
    assert f"已登记依据：{BASIS}" in ran.stdout
    assert "个人信息告知书：版本 2026-11" in ran.stdout


def test_for_programs_it_is_json(folder: Path):
    found = json.loads(zhibu(folder, "channels", "check", "--offline", "--json").stdout)
    assert found["missing"] == 0
    assert [(each["name"], each["on"]) for each in found["channels"]] == [
        ("house", True),
        ("public", True),
        ("webchat", True),
        ("telegram", False),
        ("wechat", False),
        ("wecom", False),
    ]
    web = found["channels"][2]
    assert web["findings"][0]["code"] == "accounts"
    assert web["findings"][0]["text"].startswith("已绑定账号：")
