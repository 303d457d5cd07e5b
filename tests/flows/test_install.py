"""The guide walked in real processes: from an empty folder to an approved declaration, over HTTP."""

import html
import re
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx
import openpyxl
import pytest

from benchmarks.process import Server, zhibu
from bot.opening import EXAMPLES

EXAMPLE = EXAMPLES / "own-committee"
SCHEME = EXAMPLES / "b1-member-points" / "scheme.yaml"
CARD = re.compile(r"<h2>(.+?)</h2>.*?<strong>(\d{6})</strong>.*?(/chat/enter/[\w-]+)<", re.DOTALL)


class Browser:
    """One member's browser: it follows links, fills forms in, and taps the buttons it sees."""

    def __init__(self, port: int) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=30)
        self.page = ""

    def enter(self, link: str, pin: str) -> None:
        self._read(self.client.get(link))
        self._read(self.client.post(link, data={"pin": pin, "csrf": self._hidden("csrf")}))

    def send(self, **said: str) -> None:
        form = {"csrf": self._hidden("csrf"), "id": self._hidden("id")}
        self._read(self.client.post("/chat/send", data=form | said))

    def tap(self, label: str) -> None:
        tokens = re.findall(r'name="token" value="([\w-]+)"[^>]*>\s*(?:<span>)?([^<]+)', self.page)
        found = [token for token, text in tokens if html.unescape(text).strip().startswith(label)]
        assert found, (label, tokens)
        self.send(token=found[-1])

    def close(self) -> None:
        self.client.close()

    def _read(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.page = answer.text

    def _hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]+)"', self.page)
        assert found is not None, name
        return found[1]


def done(folder: Path, *words: str) -> str:
    ran = zhibu(folder, *words)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_from_an_empty_folder_to_an_approved_declaration(tmp_path: Path):
    folder, slips = tmp_path / "data", tmp_path / "slips.html"
    done(folder, "init", str(EXAMPLE / "house.yaml"))
    done(folder, "scheme", "check", str(SCHEME))
    done(folder, "scheme", "publish", str(SCHEME))
    done(folder, "import", "members", str(EXAMPLE / "members.xlsx"), "--dry-run")
    assert "新增 30" in done(folder, "import", "members", str(EXAMPLE / "members.xlsx"))
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=folder) as server:
        server.start()
        done(folder, "slips", str(slips), "--unit", "forest-1")
        cards = CARD.findall(slips.read_text("utf-8"))
        assert len(cards) == 10
        (_, secretary_pin, secretary_link), (name, pin, link) = cards[:2]
        member, secretary = Browser(server.port), Browser(server.port)
        member.enter(link, pin)
        assert name in member.page
        member.send(text="申报 志愿服务 2 学习 1")
        member.tap("确认")
        assert "已提交" in member.page
        secretary.enter(secretary_link, secretary_pin)
        secretary.send(text="审核")
        assert name in secretary.page
        secretary.tap("全部通过")
        member.send(text="我的积分")
        assert "61.5" in member.page
        member.close()
        secretary.close()
    assert "核对无误：台账记录 2 笔" in done(folder, "verify")


@pytest.mark.parametrize("file", ["members.xlsx"])
def test_the_example_s_table_is_what_its_program_writes(file: str, tmp_path: Path):
    subprocess.run([sys.executable, str(EXAMPLE / "make_members.py"), str(tmp_path / file)], check=True)

    def cells(path: Path) -> list[tuple[object, ...]]:
        return list(openpyxl.load_workbook(path)["成员"].iter_rows(values_only=True))

    assert cells(tmp_path / file) == cells(EXAMPLE / file)
    assert len({row[1] for row in cells(EXAMPLE / file)}) == 31
