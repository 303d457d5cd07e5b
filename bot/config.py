"""Settings from the environment: ZHIBU_DATA, ZHIBU_DATABASE_URL, ZHIBU_PUBLIC_URL, …"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set; each name is prefixed with ZHIBU_."""

    model_config = SettingsConfigDict(env_prefix="ZHIBU_")

    data: Path = Path("data")
    database_url: str = ""
    public_url: str = ""
    timezone: str = "Asia/Shanghai"
    locale: Literal["zh_CN", "en"] = "zh_CN"
    profile: Literal["standard", "cn-public"] = "standard"
    backup_dir: str = ""
    backup_keep: str = "7/4/12"
    host: str = "127.0.0.1"
    port: int = 8000

    @field_validator("timezone")
    @classmethod
    def zone_exists(cls, name: str) -> str:
        """Refuses a zone that nobody knows."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone is called {name}; for example Asia/Shanghai") from error
        return name

    @field_validator("database_url")
    @classmethod
    def sqlite_only(cls, url: str) -> str:
        """PostgreSQL is not served yet."""
        if url and not url.startswith("sqlite:///"):
            raise ValueError("only sqlite:///FILE is served in this version; leave it empty for the data folder")
        return url.rstrip("/")

    @field_validator("backup_keep")
    @classmethod
    def three_numbers(cls, text: str) -> str:
        """Days, weeks, months."""
        parts = text.split("/")
        if len(parts) != 3 or not all(part.isdecimal() and len(part) < 4 for part in parts) or parts[0] == "0":
            raise ValueError("give days/weeks/months, for example 7/4/12; at least one day")
        return text

    @property
    def backups(self) -> Path | None:
        """Where backups are made; None when ZHIBU_BACKUP_DIR is off."""
        if self.backup_dir == "off":
            return None
        return Path(self.backup_dir) if self.backup_dir else self.data / "backups"

    @property
    def keep(self) -> tuple[int, int, int]:
        """How many days, weeks and months keep a backup."""
        days, weeks, months = self.backup_keep.split("/")
        return int(days), int(weeks), int(months)

    @property
    def database(self) -> Path:
        """The database file."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.database_url else self.data / "zhibu.db"

    @property
    def address(self) -> str:
        """Where people reach the pages."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"
