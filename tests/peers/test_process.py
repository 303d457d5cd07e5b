"""The emulator as a process of its own, with a file for its ledger."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.driving import Driver, remote
from tests.peers.wire import posted

HOUSE = Path(__file__).parents[2]
ANN = 1001


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


@pytest.fixture
def api(ledger: Path) -> Iterator[Driver]:
    command = [sys.executable, "-m", "tests.peers.botapi", "0", str(ledger)]
    with subprocess.Popen(command, cwd=HOUSE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield remote(*process.stdout.readline().split())
        finally:
            process.terminate()


def test_the_ledger_is_written_as_things_happen(api: Driver, ledger: Path):
    ann = api.person(ANN, "赵晨")
    update = ann.says("您好")
    address = f"{api.base_url}{api.token}"
    posted(f"{address}/sendMessage", json.dumps({"chat_id": ANN, "text": "收到"}).encode())
    posted(f"{address}/getUpdates", json.dumps({"offset": update + 1}).encode())
    posted(f"{address}/sendMessage", json.dumps({"chat_id": ANN}).encode())
    assert ann.sees().text == "收到"
    api.settled()
    entries = [json.loads(line) for line in ledger.read_text("utf-8").splitlines()]
    assert [each["kind"] for each in entries] == ["call", "acknowledged", "violation", "call"]
    assert (entries[1]["update"], entries[1]["how"]) == (update, "offset")
