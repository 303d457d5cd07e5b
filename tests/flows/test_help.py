"""`--help` speaks the language of the settings."""

import re
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from bot.cli import commands
from tests.flows.commands import zhibu
from tests.flows.test_nothing_there import every_command

GROUP = get_command(commands())
assert isinstance(GROUP, TyperGroup)
CALLS = ["", "channels", "import", "scheme", "inbox", *every_command(GROUP)]


@pytest.mark.parametrize("command", CALLS)
def test_the_help_of_every_command_is_chinese(command: str, tmp_path: Path):
    ran = zhibu(tmp_path, *command.split(), "--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("用法：")
    assert not re.search("[A-Za-z]+ [a-z]+ [a-z]+ [a-z]+", ran.stdout.splitlines()[1] + ran.stdout.split("\n\n", 1)[1])
    assert "Show this" not in ran.stdout


def test_it_is_english_for_who_reads_english(tmp_path: Path):
    said = zhibu(tmp_path, "slips", "--help", ZHIBU_LOCALE="en").stdout
    assert "How many days the slips are good, up to 30. If none is given: 7." in said
    assert said.splitlines()[0].endswith("slips [OPTIONS] FILE")


def test_nothing_given_says_what_there_is(tmp_path: Path):
    ran = zhibu(tmp_path)
    assert (ran.returncode, "命令：" in ran.stdout, "inbox" in ran.stdout) == (2, True, True)
    assert "放弃无法处理的消息" in zhibu(tmp_path, "inbox").stdout


def test_a_setting_that_cannot_be_read_keeps_nobody_from_help(tmp_path: Path):
    assert zhibu(tmp_path, "--help", ZHIBU_LOCALE="fr").stdout.startswith("用法：")
