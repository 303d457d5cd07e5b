"""Settings from the environment: ZHIBU_DATA, ZHIBU_DATABASE_URL, ZHIBU_PUBLIC_URL, …"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


class Settings(BaseSettings):
    """What an operator may set; each name is prefixed with ZHIBU_."""

    model_config = SettingsConfigDict(env_prefix="ZHIBU_")

    data: Path = Path("data")
    database_url: str = ""
    public_url: str = ""
    timezone: str = "Asia/Shanghai"
    locale: Literal["zh_CN", "en"] = "zh_CN"
    profile: Literal["standard", "cn-public"] = "standard"
    host: str = "127.0.0.1"
    port: int = 8000
    telegram_token: SecretStr = SecretStr("")
    telegram_api: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_secret: SecretStr = Field(default=SecretStr(""), validate_default=True)

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

    @field_validator("telegram_secret")
    @classmethod
    def secret_for_webhook(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        """A webhook without a secret would take anybody's word for Telegram's."""
        if info.data.get("telegram_mode") == "webhook" and not SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("webhook mode needs a secret of 16 to 256 letters, digits, _ or -")
        return secret

    @property
    def database(self) -> Path:
        """The database file."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.database_url else self.data / "zhibu.db"

    @property
    def address(self) -> str:
        """Where people reach the pages."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"
