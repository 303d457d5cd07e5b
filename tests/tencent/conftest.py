"""A house's database, one for two processes, and the stand-ins of both platforms with a client that talks to them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from bot.channel import DeliveryError
from bot.clock import Clock
from bot.tencent.api import Api
from bot.tencent.tokens import Key, Tokens, WeChatKey, WeComKey
from storage.engine import Database, Store
from storage.postgres import PostgresDatabase
from storage.upgrade import upgrade, upgrade_server
from tests.peers.wxplatform import SECRET, Platform

T = TypeVar("T")
Work = Callable[[Api], Awaitable[T]]
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    """It is noon in Shanghai, until a test moves it."""
    return Clock(lambda: NOW)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("tencent") / "zhibu.db"
    upgrade(path)
    return path.read_bytes()


@pytest.fixture
def store(migrated: bytes, tmp_path: Path) -> Iterator[Store]:
    """A house's database."""
    path = tmp_path / "zhibu.db"
    path.write_bytes(migrated)
    with closing(Database(path)) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest) -> Iterator[tuple[Store, Store]]:
    """What each of two processes has of it: one SQLite between them, or PostgreSQL twice."""
    if request.param == "sqlite":
        store = request.getfixturevalue("store")
        yield store, store
        return
    cluster = request.getfixturevalue("postgres")
    name = cluster.create()
    upgrade_server(cluster.url(name))
    with closing(PostgresDatabase(cluster.url(name))) as one, closing(PostgresDatabase(cluster.url(name))) as other:
        yield one, other
    cluster.drop(name)


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Platform]]:
    """Both stand-ins; nobody listens to what they post."""
    with Platform("wechat").serving() as wechat, Platform("wecom", users=("zhaochen", "qianli")).serving() as wecom:
        wechat.config(url="http://127.0.0.1:9/nobody")
        yield {"wechat": wechat, "wecom": wecom}


@pytest.fixture
def platform(request: pytest.FixtureRequest, served: dict[str, Platform]) -> Platform:
    """The one that the test names."""
    return fresh(served[request.param])


@pytest.fixture
def wechat(served: dict[str, Platform]) -> Platform:
    """An Official Account to which o1 has just written."""
    return fresh(served["wechat"])


@pytest.fixture
def wecom(served: dict[str, Platform]) -> Platform:
    """A WeCom app."""
    return fresh(served["wecom"])


def fresh(platform: Platform) -> Platform:
    """Without what the test before has left."""
    platform.reset()
    platform.revoke()
    if platform.kind == "wechat":
        platform.text("o1", "在吗", tries=1)
    return platform


@dataclass
class House:
    """What a house's client does at a platform; each time it is a process of its own."""

    store: Store
    clock: Clock

    def does(self, platform: Platform, work: "Work[T]", secret: str = SECRET) -> T:
        """What the work gives."""

        async def go() -> T:
            api = self.client(platform, secret)
            await api.open()
            try:
                return await work(api)
            finally:
                await api.close()

        return asyncio.run(go())

    def client(self, platform: Platform, secret: str = SECRET) -> Api:
        """A client that is not open yet."""
        wechat = platform.kind == "wechat"
        key: Key = WeChatKey(platform.account, secret) if wechat else WeComKey(platform.account, secret)
        return Api(platform.kind, platform.address, Tokens(platform.kind, self.store, key, self.clock), self.clock)

    def refused(self, platform: Platform, work: "Work[T]", secret: str = SECRET) -> DeliveryError:
        """What the work fails with."""
        with pytest.raises(DeliveryError) as caught:
            self.does(platform, work, secret)
        return caught.value


@pytest.fixture
def house(store: Store, clock: Clock) -> House:
    """A house with an account at both platforms."""
    return House(store, clock)
