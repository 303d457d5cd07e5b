"""A new house: made from a file or from answers, whole or not at all."""

import re
import stat
from pathlib import Path

import pytest

from bot.config import FILE, Settings
from bot.opening import EXAMPLES
from tests.flows.commands import zhibu

EXAMPLE = EXAMPLES / "own-committee" / "house.yaml"
TOKEN = "123456789:" + "A" * 35


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path / "house"


def written(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "house.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_house_is_made_from_its_file_and_holds_together(empty: Path):
    ran = zhibu(empty, "init", str(EXAMPLE))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "7 个单位，1 位管理员" in ran.stdout
    assert re.search(r"/chat/enter/[A-Za-z0-9_-]{32}\n", ran.stdout)
    assert re.search(r"验证码：\d{6}\n", ran.stdout)
    assert stat.S_IMODE((empty / FILE).stat().st_mode) == 0o600
    assert zhibu(empty, "verify").returncode == 0


def test_the_printed_example_is_a_house(empty: Path, tmp_path: Path):
    example = zhibu(empty, "init", "--example").stdout
    ran = zhibu(empty, "init", str(written(tmp_path, example)))
    assert ran.returncode == 0, ran.stdout


def test_a_folder_of_people_is_left_as_it_is(empty: Path):
    assert zhibu(empty, "init", str(EXAMPLE)).returncode == 0
    before = (empty / FILE).read_bytes()
    again = zhibu(empty, "init", str(EXAMPLE), ZHIBU_PORT="9999")
    assert again.returncode == 1
    assert "已经有人员" in again.stdout
    assert (empty / FILE).read_bytes() == before


def test_an_init_cut_short_before_its_people_is_done_again(empty: Path):
    empty.mkdir()
    (empty / FILE).write_text("ZHIBU_PORT=8123\n", "utf-8")
    (empty / f"{FILE}.new").write_text("half", "utf-8")
    ran = zhibu(empty, "init", str(EXAMPLE))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (empty / f"{FILE}.before").read_text("utf-8") == "ZHIBU_PORT=8123\n"
    assert "8123" not in (empty / FILE).read_text("utf-8")
    assert not (empty / f"{FILE}.new").exists()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name: 夏知秋", 'name: ""', "第 13 行，administrator.name：没有填写名称"),
        ("code: a01", "code: 110101199001011234", "第 12 行，administrator.code：这里应当写文字，请加上引号"),
        ("code: a01", 'code: "13800000000"', "第 12 行，administrator.code：这像是身份证号或手机号"),
        ("林业局第一党支部", "林业局", "第 22 行，units：看不出“林业局”是哪一类单位"),
        ("forest-2 ", "forest-1 ", "第 23 行，units：编号 forest-1 在第 22 行已经有了"),
        ("Asia/Shanghai", "Asia", "timezone：没有这个时区"),
        ("locale: zh_CN", "locale: fr", "locale：请写其中之一：zh_CN、en"),
        ('public_url: ""', "public_url: zhibu.example.cn/x", "public_url：网址要写成"),
        ("port: 8000", "port: 80000", "port：这里的数应当 <= 65535"),
        ("port: 8000", "prot: 8000", "prot：这里没有字段 prot"),
        ("name: 临江市直机关工委", "", "缺少字段 name"),
        ("timezone: Asia", "timezone: : Asia", "第 27 行：这一行或上一行的写法读不出来"),
        ("locale:", "timezone:", "字段 timezone 写了两次"),
        ("# telegram:", "telegram: {bot: ab, token: '1'}", "telegram.bot：机器人名称"),
    ],
)
def test_each_problem_of_a_file_is_told_with_its_line(empty: Path, tmp_path: Path, old: str, new: str, told: str):
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    ran = zhibu(empty, "init", str(written(tmp_path, text.replace(old, new))))
    assert ran.returncode == 2
    assert told in ran.stdout
    assert not empty.exists()


def test_a_file_with_three_problems_tells_all_three(empty: Path, tmp_path: Path):
    text = EXAMPLE.read_text("utf-8").replace("port: 8000", "port: x").replace("zh_CN", "xx").replace("夏知秋", "[1]")
    ran = zhibu(empty, "init", str(written(tmp_path, text)))
    assert "3 处需要改正" in ran.stdout


@pytest.mark.parametrize("content", [b"", b"- a\n", b"\xff\xfe\x00", "name: 市\n".encode("gb18030"), b"a: &a [*a]\n"])
def test_what_is_no_house_is_refused_in_words(empty: Path, tmp_path: Path, content: bytes):
    path = tmp_path / "house.yaml"
    path.write_bytes(content)
    ran = zhibu(empty, "init", str(path))
    assert ran.returncode == 2
    assert "需要改正" in ran.stdout


def test_a_token_goes_into_the_settings_file_and_nowhere_else(empty: Path, tmp_path: Path):
    text = EXAMPLE.read_text("utf-8") + f"telegram:\n  bot: river_bot\n  token: '{TOKEN}'\n"
    ran = zhibu(empty, "init", str(written(tmp_path, text)))
    assert ran.returncode == 0, ran.stdout
    assert TOKEN not in ran.stdout + ran.stderr
    settings = Settings(data=empty)
    assert settings.telegram_token.get_secret_value() == TOKEN
    assert TOKEN not in repr(settings)


def test_the_environment_goes_before_the_settings_file(empty: Path, monkeypatch: pytest.MonkeyPatch):
    empty.mkdir()
    (empty / FILE).write_text("ZHIBU_PORT=8123\nZHIBU_TIMEZONE=Asia/Urumqi\n", "utf-8")
    monkeypatch.setenv("ZHIBU_PORT", "8124")
    monkeypatch.setenv("ZHIBU_DATA", str(empty))
    assert (Settings().port, Settings().timezone) == (8124, "Asia/Urumqi")
    assert Settings(port=8125).port == 8125


def test_a_setting_nobody_knows_is_named(empty: Path):
    empty.mkdir()
    (empty / FILE).write_text("ZHIBU_PROT=8123\n", "utf-8")
    ran = zhibu(empty, "status")
    assert ran.returncode == 2
    assert "ZHIBU_PROT" in ran.stdout


def test_the_same_house_is_made_from_answers_and_a_wrong_one_is_asked_again(empty: Path):
    answers = [
        "市直机关工委",
        "m 1",
        "a01",
        "夏知秋",
        "water 市水务局机关党委",
        "  water-1 水务局第一党支部",
        "  water-2 水务局",
        "",
        "Mars",
        "",
        "zhibu",
        "https://zhibu.example.cn",
        "99999",
        "8011",
        "river_bot",
        "short",
        TOKEN,
    ]
    ran = zhibu(empty, "init", typed="\n".join(answers) + "\n")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 个单位" in ran.stdout
    assert "https://zhibu.example.cn/chat/enter/" in ran.stdout
    assert Settings(data=empty).port == 8011
    assert "看不出“水务局”" in ran.stdout


def test_a_settings_file_that_cannot_be_read_is_said(empty: Path):
    empty.mkdir()
    (empty / FILE).write_bytes(b"ZHIBU_PORT=\xff\xfe")
    ran = zhibu(empty, "status")
    assert ran.returncode == 2
    assert FILE in ran.stdout
