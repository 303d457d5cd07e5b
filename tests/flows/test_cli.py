"""The commands as an operator types them."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.config import Settings
from bot.opening import open_parts
from bot.sample.marks import UNFINISHED, remove_unfinished
from storage.engine import sqlite_engine


def zhibu(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "ZHIBU_DATA": str(folder), **env}
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, capture_output=True, text=True, env=settings, check=False, timeout=60)


def changed(folder: Path, statement: str) -> None:
    engine = sqlite_engine(folder / "zhibu.db")
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def test_verify_is_content_with_a_sound_house(folder: Path):
    ran = zhibu(folder, "verify")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "60" in ran.stdout


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET points = points + 10000 WHERE id = 100",
        "DELETE FROM entry WHERE id = 100",
        "UPDATE summary SET counted = counted + 10000 WHERE node = '*' AND member_id = 3",
        "UPDATE audit SET facts = '{}' WHERE id = 50",
        "DELETE FROM audit WHERE id = 50",
        "UPDATE line SET state = 'rejected' WHERE id = 100",
    ],
)
def test_verify_finds_a_break_and_exits_with_1(folder: Path, statement: str):
    changed(folder, statement)
    ran = zhibu(folder, "verify")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


def test_status_is_json_for_programs(folder: Path):
    ran = zhibu(folder, "status", "--json")
    facts = json.loads(ran.stdout)
    assert facts["lines"]["approved"] == facts["entries"]
    assert facts["parked"] == 0


def test_status_names_what_should_have_gone_out(folder: Path):
    assert "漏发" not in zhibu(folder, "status").stdout
    changed(folder, "UPDATE outbox SET state = 'due', due_at = 0 WHERE id = (SELECT max(id) FROM outbox)")
    assert "漏发：1 条消息到时未发超过一小时" in zhibu(folder, "status").stdout


@pytest.mark.parametrize(
    ("words", "env"),
    [
        (["verify"], {"ZHIBU_DATA": "/nonexistent/folder"}),
        (["run"], {"ZHIBU_TIMEZONE": "Mars/Base"}),
        (["demo", "--now", "yesterday"], {}),
        (["invite", "nobody"], {}),
        (["run"], {"ZHIBU_LOCALE": "fr"}),
        (["run"], {"ZHIBU_DATABASE_URL": "mysql://x"}),
        (["run"], {"ZHIBU_PORT": "eighty"}),
        (["run"], {"ZHIBU_PORT": "99999"}),
        (["run"], {"ZHIBU_PUBLIC_URL": "zhibu.example.cn"}),
        (["run"], {"ZHIBU_HOST": "nowhere.invalid"}),
        (["run"], {"ZHIBU_TELEGRAM_MODE": "webhook"}),
        (["run"], {"ZHIBU_TELEGRAM_BOT": "a b"}),
        (["run"], {"ZHIBU_WECHAT_APP_ID": "wx1", "ZHIBU_WECHAT_SECRET": "s", "ZHIBU_WECHAT_AES_KEY": "k" * 43}),
        (["run"], {"ZHIBU_WECHAT_TEMPLATE": "TM1:phrase1"}),
        (["run"], {"ZHIBU_WECOM_CORP_ID": "ww1", "ZHIBU_WECOM_AGENT_ID": "1000002"}),
        (["run"], {"ZHIBU_BACKUP_KEEP": "7"}),
        (["run", "--port", "eighty"], {}),
        (["run", "--port"], {}),
        (["run", "--bogus"], {}),
        (["restore"], {}),
        (["nosuch"], {}),
        (["import", "nosuch"], {}),
        (["import", "members", "nosuch.xlsx"], {}),
        (["import", "template", "/nonexistent/people.xlsx"], {}),
        (["import", "template", "people.txt"], {}),
        (["init", "/"], {}),
        (["scheme", "check", "nosuch.yaml"], {}),
    ],
)
def test_what_cannot_be_is_said_in_a_chinese_sentence(folder: Path, words: list[str], env: dict[str, str]):
    ran = zhibu(folder, *words, **env)
    assert ran.returncode in (1, 2)
    assert ran.stdout.strip()
    assert not ran.stderr
    assert not re.search("[A-Za-z]+ [a-z]+ [a-z]+", ran.stdout.replace("python -m bot", "")), "no English sentence"


def test_an_account_without_its_token_is_named_and_the_key_must_be_one(tmp_path: Path):
    half = {"ZHIBU_WECHAT_APP_ID": "wx1", "ZHIBU_WECHAT_SECRET": "s", "ZHIBU_WECHAT_AES_KEY": "k" * 43}
    ran = zhibu(tmp_path, "run", **half)
    assert (ran.returncode, ran.stdout) == (2, "这个账号只配置了一部分，请同时填写：ZHIBU_WECHAT_TOKEN\n")
    ran = zhibu(tmp_path, "run", **half, ZHIBU_WECHAT_TOKEN="t", ZHIBU_WECHAT_API="x")
    assert "ZHIBU_WECHAT_API" in ran.stdout


def test_an_unknown_setting_in_the_folder_s_file_is_named(tmp_path: Path):
    (tmp_path / "zhibu.env").write_text("ZHIBU_PROT=8000\n", encoding="utf-8")
    ran = zhibu(tmp_path, "status")
    assert (ran.returncode, ran.stderr) == (2, "")
    assert ran.stdout == "ZHIBU_PROT：zhibu.env 里没有这个名称的设置，请改正或删去\n"


def test_a_house_without_units_is_not_served(tmp_path: Path):
    open_parts(Settings(data=tmp_path)).close()
    for words in (("run", "--port", "0"), ("invite", "a01")):
        ran = zhibu(tmp_path, *words)
        assert (ran.returncode, ran.stdout) == (1, "还没有组织单位。请先执行：zhibu init\n")


def test_status_is_words_for_people(folder: Path):
    ran = zhibu(folder, "status")
    assert ran.returncode == 0
    assert "申报：" in ran.stdout
    assert "{" not in ran.stdout


def test_the_demo_does_not_open_a_folder_of_real_people(folder: Path):
    (folder / "demo").unlink()
    ran = zhibu(folder, "demo", "--data", str(folder))
    assert ran.returncode == 1
    assert str(folder) in ran.stdout


def test_a_demo_cut_short_while_it_was_made_is_made_anew(folder: Path):
    (folder / UNFINISHED).touch()
    remove_unfinished(folder)
    assert not (folder / "zhibu.db").exists()
    assert not (folder / UNFINISHED).exists()
    (folder / "zhibu.db").touch()
    remove_unfinished(folder)
    assert (folder / "zhibu.db").exists(), "a finished one is left alone"


def test_a_port_that_is_taken_is_said_before_any_work(folder: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = zhibu(folder, "demo", "--data", str(folder / "new"), "--port", str(port))
    assert ran.returncode == 3
    assert str(port) in ran.stdout
    assert not (folder / "new").exists()


def test_a_second_process_is_refused_in_words(folder: Path, parts):
    ran = zhibu(folder, "run")
    assert ran.returncode == 1
    assert str(folder) in ran.stdout
    parts.close()


def test_the_commands_work_on_a_server_beside_another_process(request: pytest.FixtureRequest, tmp_path: Path):
    cluster, year = request.getfixturevalue("postgres"), request.getfixturevalue("year_there")
    url = cluster.url(cluster.create(year))
    running = open_parts(Settings(data=tmp_path, database_url=url))
    ran = {
        words: zhibu(tmp_path, *words, ZHIBU_DATABASE_URL=url)
        for words in (("verify",), ("status",), ("invite", "m03"))
    }
    running.close()
    assert {words: each.returncode for words, each in ran.items()} == dict.fromkeys(ran, 0)
    assert "60" in ran["verify",].stdout


@pytest.mark.parametrize(
    ("command", "url"),
    [
        ("run", "postgresql+psycopg://zhibu:Geheim99@127.0.0.1:1/zhibu"),
        ("verify", "postgresql+psycopg://zhibu:Geheim99@127.0.0.1:1/zhibu"),
        ("verify", "postgresql+psycopg://zhibu:Geheim99@127.0.0.1:port/zhibu"),
        ("verify", "postgresql+psycopg://zhibu:Geheim99@127.0.0.1"),
        ("verify", "postgres://zhibu:Geheim99@127.0.0.1/zhibu"),
    ],
)
def test_a_server_that_cannot_be_used_is_said_without_the_password(tmp_path: Path, command: str, url: str):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ran = zhibu(tmp_path, command, ZHIBU_DATABASE_URL=url, ZHIBU_PORT=str(port))
    assert ran.returncode in (1, 2)
    assert ran.stdout.strip()
    assert "Traceback" not in ran.stderr
    assert "Geheim99" not in ran.stdout + ran.stderr
    assert repr(Settings(data=tmp_path, database_url="postgresql+psycopg://a:Geheim99@b/c")).count("Geheim99") == 0


def test_the_demo_does_not_open_a_server_s_database_of_real_people(request: pytest.FixtureRequest, tmp_path: Path):
    cluster, year = request.getfixturevalue("postgres"), request.getfixturevalue("year_there")
    name = cluster.create(year)
    cluster.run("DELETE FROM mark", database=name)
    ran = zhibu(tmp_path, "demo", "--port", "0", ZHIBU_DATABASE_URL=cluster.url(name))
    assert ran.returncode == 1
    assert "演示" in ran.stdout
