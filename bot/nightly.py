"""The backup of each night: when the newest is from before 03:00, another process makes one beside the bot."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.config import Settings
from bot.shelf import offered
from handlers.backup import RecordBackup, ReportFailure
from handlers.desk import Desk
from rules.access import SYSTEM
from rules.backup import due

log = structlog.get_logger(__name__)
START_S = 60.0  # a start is not slowed by it
EVERY_S = 60.0
MOST_S = 6 * 3600.0
AGAIN = timedelta(hours=1)
HANDED = ("data", "database_url", "timezone", "locale", "backup_dir", "backup_keep")
Launch = Callable[[Settings], Awaitable[dict[str, Any]]]


async def launch(settings: Settings) -> dict[str, Any]:
    """Runs `zhibu backup` in a process of its own, so that the bot loses neither time nor memory to it."""
    given = {f"ZHIBU_{name.upper()}": str(getattr(settings, name)) for name in HANDED}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "backup", "--json"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **given},
    )
    try:
        async with asyncio.timeout(MOST_S):
            said, _ = await process.communicate()
    except TimeoutError:
        return {"code": "backup_killed", "facts": {"code": "timeout"}}
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError:
        return {"code": "backup_killed", "facts": {"code": process.returncode}}
    return answer


@dataclass(slots=True)
class Nightly:
    """Looks once a minute; the folder says what is there, so a restart or a backup by hand is no second one."""

    settings: Settings
    desk: Desk
    clock: Clock
    after: Callable[[], None]
    launch: Launch = launch
    _failed_at: datetime | None = field(default=None, init=False)

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.sleep(START_S)
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("backup could not be started or recorded; goes on in a moment")
            await asyncio.sleep(EVERY_S)

    async def look(self) -> bool:
        """Makes a backup if one is due, records it, and tells the administrators of a failure; True when it is made."""
        folder, now = self.settings.backups, self.clock.now()
        if folder is None or (self._failed_at is not None and now - self._failed_at < AGAIN):
            return False
        zone = self.desk.house.zone
        found = await asyncio.to_thread(offered, folder, zone)
        newest = found[0].at if found else None
        if not due(newest, now.astimezone(zone)):
            return False
        answer = await self.launch(self.settings)
        failed = "code" in answer
        request = ReportFailure(**answer, newest=newest) if failed else RecordBackup(**answer)
        if failed:
            log.error("backup failed", **answer)
        self._failed_at = now if failed else None
        await asyncio.wrap_future(self.desk.submit(SYSTEM, request, self.clock.now()))
        self.after()
        return not failed
