"""The backup of each night: once, beside the bot, recorded; a failure is told to the administrators once a day."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.nightly import Nightly
from bot.opening import Parts, real_time
from handlers.overview import Status
from rules.access import SYSTEM
from storage.audit import audit
from storage.engine import Connection
from tests.flows.people import People
from tests.flows.test_backup import offered
from tests.flows.test_cli import zhibu

FULL = {"code": "backup_disk_full", "facts": {"folder": "/somewhere"}}


def deeds(parts: Parts) -> list[str]:
    def query(connection: Connection) -> list[str]:
        chosen = sa.select(audit.c.action).where(audit.c.action.startswith("backup")).order_by(audit.c.id)
        return list(connection.execute(chosen).scalars())

    return parts.database.read(query)


class Launched:
    """Answers as told, and counts."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.count = 0

    async def __call__(self, _settings: object) -> dict[str, Any]:
        self.count += 1
        return self.answer


def nightly(parts: Parts, launched: Launched) -> Nightly:
    return Nightly(parts.settings, parts.desk, parts.clock, lambda: None, launched)


def test_it_is_made_once_by_a_process_of_its_own_and_recorded(people: People, folder: Path):
    parts = people.parts
    night = Nightly(parts.settings, parts.desk, Clock(real_time), lambda: None)
    assert asyncio.run(night.look())
    (name,) = offered(folder / "backups")
    assert deeds(parts) == ["backup_made"]
    assert not asyncio.run(night.look()), "the folder says that it is there"
    facts = json.loads(zhibu(folder, "status", "--json").stdout)["backup"]
    assert (facts["newest"], facts["kept"], facts["failed"]) == (name, 1, 0)


def test_a_failure_is_told_to_the_administrators_once_a_day_and_tried_again_each_hour(people: People, folder: Path):
    parts, launched = people.parts, Launched(FULL)
    night = nightly(parts, launched)
    assert not asyncio.run(night.look())
    assert not asyncio.run(night.look())
    assert launched.count == 1, "not before an hour has passed"
    for hours in (1, 2):
        parts.clock.move(parts.clock.now() + timedelta(hours=1))
        asyncio.run(night.look())
        assert launched.count == 1 + hours
    assert deeds(parts) == ["backup_failed"] * 3
    people.clock("2026-11-22T13:00")
    told = [item for item in people["s05"].inbox() if item["kind"] == "backup_failed"]
    assert [item["title"] for item in told] == ["备份需要您处理"]
    assert told[0]["lines"] == ["磁盘已满或达到限额（/somewhere）。没有留下任何文件。", "还没有任何经过验证的备份。"]
    assert [item for item in people["m03"].inbox() if item["kind"] == "backup_failed"] == []
    facts = json.loads(zhibu(folder, "status", "--json").stdout)["backup"]
    assert (facts["kept"], facts["failed"], facts["too_old"]) == (0, 3, True)
    people.clock("2026-11-23T09:00")
    asyncio.run(night.look())
    people.clock("2026-11-23T09:01")
    assert len([item for item in people["s05"].inbox() if item["kind"] == "backup_failed"]) == 2


def test_an_incomplete_one_is_told_too(people: People):
    launched = Launched({"file": "zhibu-20261122-090000.backup", "size": 1, "seconds": 1.0, "missing": 2})
    assert asyncio.run(nightly(people.parts, launched).look())
    people.clock("2026-11-22T09:01")
    told = [item for item in people["s05"].inbox() if item["kind"] == "backup_failed"]
    assert "2" in told[0]["lines"][0]
    assert "zhibu-20261122-090000.backup" in told[0]["lines"][0]


def test_off_is_off(parts: Parts):
    launched = Launched(FULL)
    settings = parts.settings.model_copy(update={"backup_dir": "off"})
    assert not asyncio.run(Nightly(settings, parts.desk, parts.clock, lambda: None, launched).look())
    assert launched.count == 0
    parts.close()


def test_a_process_that_dies_is_a_failure(people: People, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    parts = people.parts
    assert not asyncio.run(Nightly(parts.settings, parts.desk, parts.clock, lambda: None).look())
    assert deeds(parts) == ["backup_failed"]
    facts = parts.desk.ask(SYSTEM, Status(), parts.clock.now()).facts
    assert facts["parked"] == 0
