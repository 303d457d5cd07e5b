"""Commands that write reach the process that serves the folder; when none does, they do it themselves."""

import json
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from benchmarks.process import Server, zhibu
from bot.app import build
from bot.config import Settings
from bot.hatch import ELSEWHERE, SOCKET, NotAsked, call, request_of
from bot.opening import open_parts
from handlers.context import Refused
from handlers.declarations.forms import Submit
from handlers.members import Invitation, Invite

SECRETS = {"token": "t" * 32, "token_hash": "a" * 64, "pin": "123456", "pin_hash": "b"}


@pytest.fixture
def served(folder: Path, tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=folder) as server:
        server.start()
        yield server


def test_an_invitation_is_made_beside_a_running_process(folder: Path, served: Server):
    ran = zhibu(folder, "invite", "m03")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "/chat/enter/" in ran.stdout


def test_a_link_leads_to_the_port_the_running_process_was_given(folder: Path, served: Server):
    ran = zhibu(folder, "invite", "m03")
    assert f"http://127.0.0.1:{served.port}/chat/enter/" in ran.stdout, ran.stdout


def test_a_link_leads_to_the_public_address_the_running_process_was_given(folder: Path, tmp_path: Path):
    given = {"ZHIBU_PUBLIC_URL": "https://zhibu.example.cn"}
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=folder, settings=given) as server:
        server.start()
        assert "https://zhibu.example.cn/chat/enter/" in zhibu(folder, "invite", "m03").stdout
        slips = zhibu(folder, "slips", str(tmp_path / "s.html"))
    assert (slips.returncode, "ZHIBU_PUBLIC_URL" in slips.stdout) == (0, False), slips.stdout
    assert "https://zhibu.example.cn/chat/enter/" in (tmp_path / "s.html").read_text("utf-8")


def test_only_the_owner_may_open_the_socket(folder: Path, served: Server):
    assert stat.S_IMODE((folder / SOCKET).stat().st_mode) == 0o600


def test_a_socket_left_by_a_killed_process_stands_in_nobodys_way(folder: Path, tmp_path: Path, served: Server):
    served.kill()
    assert (folder / SOCKET).exists()
    alone = zhibu(folder, "invite", "m03")
    assert alone.returncode == 0, alone.stdout + alone.stderr
    served.start()
    beside = zhibu(folder, "invite", "m03")
    assert beside.returncode == 0, beside.stdout + beside.stderr


def test_the_socket_is_taken_away_at_the_end(folder: Path, served: Server):
    served.end()
    assert not (folder / SOCKET).exists()


def test_a_path_too_long_for_a_socket_is_told_in_the_folder(folder: Path, tmp_path: Path):
    deep = tmp_path / ("d" * 100)
    folder.rename(deep)
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=deep) as server:
        server.start()
        told = Path((deep / ELSEWHERE).read_text("utf-8"))
        assert told.exists()
        ran = zhibu(deep, "invite", "m03")
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not told.parent.exists()
    assert not (deep / ELSEWHERE).exists()


def test_answers_and_refusals_come_back_as_values(folder: Path, served: Server):
    caller = call(folder)
    assert caller is not None
    made = caller.do(Invite(3, **SECRETS))
    refused = caller.do(Invite(9999, **SECRETS))
    caller.close()
    assert isinstance(made, Invitation)
    assert made.token == SECRETS["token"]
    assert isinstance(refused, Refused)
    assert refused.problems[0].code == "not_allowed"


def test_what_is_not_asked_at_the_hatch_is_left_unanswered_and_the_process_goes_on(folder: Path, served: Server):
    with socket.socket(socket.AF_UNIX) as line, line.makefile("rb") as answers:
        line.connect(str(folder / SOCKET))
        for sent in (b"nonsense\n", b'{"request": "Submit", "fields": {"pins": []}}\n', b'{"request": "Home"}\n'):
            line.sendall(sent)
            assert json.loads(answers.readline())["answer"] == ""
    assert zhibu(folder, "invite", "m03").returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        msgspec.json.encode({"request": "Submit", "fields": Submit(())}),
        b'{"request": "Nothing", "fields": {}}',
        b'{"request": "Invite", "fields": {"member": "three"}}',
    ],
)
def test_only_requests_of_the_table_are_read(line: bytes):
    with pytest.raises(NotAsked):
        request_of(line)


def test_a_process_that_ends_before_it_answers_is_said_in_words(folder: Path):
    def hang_up() -> None:
        line, _ = door.accept()
        line.recv(1)
        line.close()

    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / SOCKET))
        door.listen()
        ending = threading.Thread(target=hang_up)
        ending.start()
        ran = zhibu(folder, "invite", "m03")
        ending.join()
    assert ran.returncode == 1
    assert "没有回答" in ran.stdout
    assert "Traceback" not in ran.stderr


def test_a_folder_that_takes_no_socket_is_served_without_a_hatch(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.hatch.SOCKET", "s/zhibu.sock")
    parts = open_parts(Settings(data=folder))
    with TestClient(build(parts)) as client:
        assert client.get("/healthz").status_code == 200
