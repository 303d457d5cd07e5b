"""Settings from the environment (ZHIBU_DATA, ZHIBU_PUBLIC_URL, …), beneath it from the data folder's zhibu.env."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from rules.setup import BOT_NAME, address_problems

FILE = "zhibu.env"
SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
TEMPLATE = re.compile(r"([A-Za-z0-9_-]{1,64}(:(thing|time|date)\d+(,(thing|time|date)\d+)*)?)?")
LEAST_BASIS = 10

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
    lease_s: int = Field(default=15, ge=1, le=300)
    backup_dir: str = ""
    backup_keep: str = "7/4/12"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    telegram_token: SecretStr = SecretStr("")
    telegram_api: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_secret: SecretStr = Field(default=SecretStr(""), validate_default=True)
    telegram_bot: str = ""
    telegram_basis: str = ""
    wechat_app_id: str = ""
    wechat_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_api: str = "https://api.weixin.qq.com"
    wechat_template: str = ""
    wechat_subscribe: str = ""
    wecom_corp_id: str = ""
    wecom_agent_id: int = Field(default=0, ge=0)
    wecom_secret: SecretStr = SecretStr("")
    wecom_token: SecretStr = SecretStr("")
    wecom_aes_key: SecretStr = SecretStr("")
    wecom_api: str = "https://qyapi.weixin.qq.com"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What a command is given goes before the environment, that before the file in the data folder."""
        given = init_settings.init_kwargs if isinstance(init_settings, InitSettingsSource) else {}
        named = env_settings().get("data") if isinstance(env_settings, EnvSettingsSource) else None
        folder = Path(given.get("data") or named or cls.model_fields["data"].default)
        return init_settings, env_settings, DotEnvSettingsSource(settings_cls, folder / FILE)

    @field_validator("timezone")
    @classmethod
    def zone_exists(cls, name: str) -> str:
        """Refuses a zone that nobody knows."""
        if not known_zone(name):
            raise _unfit("timezone_unknown")
        return name

    @field_validator("public_url")
    @classmethod
    def address_fits(cls, address: str) -> str:
        """Refuses an address no link could be made of."""
        if address_problems(address.rstrip("/")):
            raise _unfit("address_unfit")
        return address

    @field_validator("wechat_api", "wecom_api")
    @classmethod
    def api_fits(cls, address: str) -> str:
        """Refuses an address that could not be asked."""
        if not re.fullmatch(r"https?://[^/\s]+(/[^\s]*)?", address):
            raise _unfit("api_unfit")
        return address.rstrip("/")

    @field_validator("wechat_template", "wechat_subscribe")
    @classmethod
    def template_fits(cls, text: str) -> str:
        """Refuses fields that no notice could fill."""
        if not TEMPLATE.fullmatch(text):
            raise _unfit("template_unfit")
        return text

    @field_validator("telegram_bot")
    @classmethod
    def bot_fits(cls, name: str) -> str:
        """Refuses a name that no bot can have."""
        if name and not BOT_NAME.fullmatch(name):
            raise _unfit("telegram_bot_unfit")
        return name

    @field_validator("telegram_basis")
    @classmethod
    def basis_told(cls, text: str) -> str:
        """Refuses a basis that names nothing."""
        if text and len(" ".join(text.split())) < LEAST_BASIS:
            raise _unfit("basis_unfit", least=str(LEAST_BASIS))
        return " ".join(text.split())

    @field_validator("database_url")
    @classmethod
    def database_served(cls, url: str) -> str:
        """Refuses a database that is not served, in words that do not repeat the password."""
        if not url or (url.startswith(SQLITE) and url != SQLITE):
            return url.rstrip("/")
        form = f"{SERVER}USER:PASSWORD@HOST:5432/DATABASE"
        if not url.startswith(SERVER):
            raise _unfit("database_unserved", form=form)
        try:
            parts = urlsplit(url)
            named = bool(parts.path.strip("/")) and (parts.port is None or parts.port > 0)
        except ValueError:
            named = False
        if not named:
            raise _unfit("database_unfit", form=form)
        return url

    @field_validator("telegram_secret")
    @classmethod
    def secret_for_webhook(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        """A webhook without a secret would take anybody's word for Telegram's."""
        if info.data.get("telegram_mode") == "webhook" and not SECRET.fullmatch(secret.get_secret_value()):
            raise _unfit("secret_unfit")
        return secret

    @model_validator(mode="after")
    def accounts_whole(self) -> Settings:
        """Refuses half an account: what is missing would only be noticed when somebody writes."""
        for name, given in (("wechat", self._wechat), ("wecom", self._wecom)):
            missing = [key for key, value in given.items() if not value]
            if missing and len(missing) < len(given):
                raise _unfit("account_half", missing=", ".join(f"ZHIBU_{name}_{key}".upper() for key in missing))
            if not missing and not AES_KEY.fullmatch(given["aes_key"]):
                raise _unfit("aes_key_unfit", name=f"ZHIBU_{name}_AES_KEY".upper())
        return self

    @property
    def _wechat(self) -> dict[str, str]:
        secrets = {"secret": self.wechat_secret, "token": self.wechat_token, "aes_key": self.wechat_aes_key}
        return {"app_id": self.wechat_app_id} | {name: each.get_secret_value() for name, each in secrets.items()}

    @property
    def _wecom(self) -> dict[str, str]:
        secrets = {"secret": self.wecom_secret, "token": self.wecom_token, "aes_key": self.wecom_aes_key}
        plain = {"corp_id": self.wecom_corp_id, "agent_id": str(self.wecom_agent_id or "")}
        return plain | {name: each.get_secret_value() for name, each in secrets.items()}

    @property
    def telegram_allowed(self) -> bool:
        """Whether personal data may go to a foreign messenger: in public bodies only when the basis is recorded."""
        return self.profile != "cn-public" or bool(self.telegram_basis)

    @property
    def telegram_on(self) -> bool:
        """Whether Telegram is set up and may be used."""
        return bool(self.telegram_token.get_secret_value()) and self.telegram_allowed

    @property
    def wechat_on(self) -> bool:
        """Whether an Official Account is set up."""
        return bool(self.wechat_app_id)

    @property
    def wecom_on(self) -> bool:
        """Whether a WeCom app is set up."""
        return bool(self.wecom_corp_id)

    @field_validator("backup_keep")
    @classmethod
    def three_numbers(cls, text: str) -> str:
        """Days, weeks, months."""
        parts = text.split("/")
        if len(parts) != 3 or not all(part.isdecimal() and len(part) < 4 for part in parts) or parts[0] == "0":
            raise _unfit("keep_unfit")
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
    def on_server(self) -> bool:
        """Whether the data stands on PostgreSQL, which several processes may use at once."""
        return self.database_url.startswith(SERVER)

    @property
    def database(self) -> Path:
        """The database file, where the data does not stand on a server."""
        return Path(self.url.removeprefix(SQLITE))

    @property
    def url(self) -> str:
        """Where the data stands; it may hold a password."""
        return self.database_url or f"{SQLITE}{self.data / 'zhibu.db'}"

    @property
    def address(self) -> str:
        """Where people reach the pages."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


def _unfit(code: str, **facts: str) -> PydanticCustomError:
    """A reason to refuse a setting; its words stand in bot/cli/wrong.py."""
    return PydanticCustomError(code, code, facts)


def known_zone(name: str) -> bool:
    """Whether a time zone has this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of the zones' own is no zone
        return False
    return True


def write_file(folder: Path, values: Mapping[str, object]) -> Path:
    """Writes a folder's settings whole or not at all, readable by its owner alone; another file there is kept aside."""
    folder.mkdir(parents=True, exist_ok=True)
    path, fresh = folder / FILE, folder / f"{FILE}.new"
    text = "".join(f"ZHIBU_{name.upper()}={value}\n" for name, value in values.items())
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if path.exists() and path.read_text(encoding="utf-8") != text:
        path.replace(folder / f"{FILE}.before")
    fresh.replace(path)
    return path
