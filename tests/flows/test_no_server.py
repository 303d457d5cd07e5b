"""A database server that cannot be used is told in the reader's language: where, and why, never the password."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.cluster import Cluster
from tests.flows.commands import zhibu
from tests.flows.test_nothing_there import NEEDING

CLOSED = "postgresql+psycopg://zhibu:Geheim99@127.0.0.1:1/zhibu"


def told(folder: Path, url: str, *words: str, **env: str) -> str:
    ran = zhibu(folder, *words, ZHIBU_DATABASE_URL=url, **env)
    assert (ran.returncode, ran.stderr) == (1, ""), ran.stdout
    assert "Geheim99" not in ran.stdout
    return ran.stdout


def in_chinese(text: str) -> bool:
    return not re.search("[A-Za-z]+ [a-z]+ [a-z]+", text)


@pytest.mark.parametrize("command", [*(command for command in NEEDING if command != "backup"), "demo"])
def test_every_command_says_who_does_not_answer(command: str, tmp_path: Path):
    said = told(tmp_path / "data", CLOSED, *command.split(), *NEEDING.get(command, ("--port", "0")))
    assert said.startswith("无法使用 127.0.0.1 端口 1 上的 PostgreSQL（ZHIBU_DATABASE_URL）：没有应答。")
    assert in_chinese(said)


def test_it_is_said_in_english_to_who_reads_english(tmp_path: Path):
    said = told(tmp_path, CLOSED, "status", ZHIBU_LOCALE="en")
    assert said.startswith("PostgreSQL on 127.0.0.1, port 1, cannot be used")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"database": "nosuch"}, "没有数据库“nosuch”"),
        ({"username": "nosuch"}, "不接受用户“nosuch”"),
    ],
)
@pytest.mark.parametrize("command", ["status", "run"])
def test_a_server_that_refuses_says_what(
    command: str, changes: dict[str, Any], words: str, postgres: Cluster, tmp_path: Path
):
    url = sa.make_url(postgres.url("postgres")).set(password="Geheim99", **changes)
    said = told(tmp_path, url.render_as_string(hide_password=False), command, ZHIBU_PORT="0")
    assert words in said
    assert str(url.query["host"]) in said
    assert in_chinese(said)


def test_a_user_without_rights_and_a_database_of_another_encoding(postgres: Cluster, tmp_path: Path):
    postgres.run("CREATE ROLE weak LOGIN", "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    house = Path(__file__).parents[2] / "examples" / "own-committee" / "house.yaml"
    try:
        url = sa.make_url(postgres.url(postgres.create())).set(username="weak")
        said = told(tmp_path, url.render_as_string(hide_password=False), "init", str(house))
        assert "用户“weak”" in said
        assert "ENCODING 'UTF8'" in told(tmp_path, postgres.url("latin"), "init", str(house))
    finally:
        postgres.drop("latin")
