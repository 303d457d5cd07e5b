"""Settings from the environment: ZHIBU_DATA, ZHIBU_DATABASE_URL, ZHIBU_PUBLIC_URL, …"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SQLITE, SERVER = "sqlite:///", "postgresql+psycopg://"


class Settings(BaseSettings):
    """What an operator may set; each name is prefixed with ZHIBU_."""

    model_config = SettingsConfigDict(env_prefix="ZHIBU_", hide_input_in_errors=True)

    data: Path = Path("data")
    database_url: str = Field(default="", repr=False)  # holds a password
    public_url: str = ""
    timezone: str = "Asia/Shanghai"
    locale: Literal["zh_CN", "en"] = "zh_CN"
    profile: Literal["standard", "cn-public"] = "standard"
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
    def database_served(cls, url: str) -> str:
        """Refuses a database that is not served, in words that do not repeat the password."""
        if not url or (url.startswith(SQLITE) and url != SQLITE):
            return url.rstrip("/")
        form = f"{SERVER}USER:PASSWORD@HOST:5432/DATABASE"
        if not url.startswith(SERVER):
            raise ValueError(f"give sqlite:///FILE or {form}; leave it empty for the data folder")
        try:
            parts = urlsplit(url)
            named = bool(parts.path.strip("/")) and (parts.port is None or parts.port > 0)
        except ValueError:
            named = False
        if not named:
            raise ValueError(f"give it as {form}; write @ : / # % inside the password as %40 %3A %2F %23 %25")
        return url

    @property
    def on_server(self) -> bool:
        """Whether the data stands on PostgreSQL, which several processes may use at once."""
        return self.database_url.startswith(SERVER)

    @property
    def url(self) -> str:
        """Where the data stands; it may hold a password."""
        return self.database_url or f"{SQLITE}{self.data / 'zhibu.db'}"

    @property
    def address(self) -> str:
        """Where people reach the pages."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"
