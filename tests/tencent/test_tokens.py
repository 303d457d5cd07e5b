"""The access token: asked for once, by one process, in time; forced once where the platform refuses it."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.channel import DeliveryError
from bot.clock import Clock
from bot.tencent import tokens as there
from bot.tencent.tokens import Asked, Key, Tokens, WeChatKey, WeComKey
from storage import platforms
from storage.engine import Store
from storage.platforms import Credential
from tests.tencent.conftest import NOW

KEY = WeChatKey("wx1", "a secret")


@dataclass
class Platform:
    """Gives tokens t1, t2, …, and writes down what it was asked."""

    lasts: Any = 7200
    takes_s: float = 0.05
    fails: DeliveryError | None = None
    asked: list[Asked] = field(default_factory=list)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, asked: Asked) -> dict[str, Any]:
        self.asked.append(asked)
        self.was_asked.set()
        number = len(self.asked)
        await asyncio.sleep(self.takes_s)
        if self.fails is not None:
            raise self.fails
        return {"access_token": f"t{number}", "expires_in": self.lasts}

    @property
    def forced(self) -> list[bool]:
        return [each.body is not None and each.body["force_refresh"] for each in self.asked]


async def some(tokens: Tokens, platform: Platform, many: int, stale: str = "") -> list[Any]:
    """What so many tasks get at once."""
    tasks = [tokens.value(platform.ask, stale) for _ in range(many)]
    return list(await asyncio.gather(*tasks, return_exceptions=True))


def test_two_processes_and_many_tasks_ask_once(stores: tuple[Store, Store], clock: Clock):
    platform = Platform()

    async def go() -> list[Any]:
        both = [Tokens("wechat", store, KEY, clock) for store in stores]
        return [each for found in await asyncio.gather(*(some(one, platform, 50) for one in both)) for each in found]

    assert asyncio.run(go()) == ["t1"] * 100
    assert platform.forced == [False]


def test_two_processes_that_are_refused_the_same_token_force_one(stores: tuple[Store, Store], clock: Clock):
    platform = Platform()

    async def go() -> list[Any]:
        both = [Tokens("wechat", store, KEY, clock) for store in stores]
        for one in both:
            await one.value(platform.ask)
        refused = await asyncio.gather(*(some(one, platform, 20, stale="t1") for one in both))
        return [each for found in refused for each in found]

    assert asyncio.run(go()) == ["t2"] * 40
    assert platform.forced == [False, True]


def test_a_token_is_asked_for_anew_five_minutes_before_its_end(store: Store, clock: Clock):
    platform = Platform()

    async def go() -> list[str]:
        tokens = Tokens("wechat", store, KEY, clock)
        found = [await tokens.value(platform.ask)]
        for seconds in (7200 - 300 - 1, 7200 - 300):
            clock.move(NOW + timedelta(seconds=seconds))
            found.append(await tokens.value(platform.ask))
        return found

    assert asyncio.run(go()) == ["t1", "t1", "t2"]
    assert platform.forced == [False, False]


def test_a_token_near_its_end_is_used_for_half_a_minute(store: Store, clock: Clock):
    platform = Platform(lasts=290)

    async def go() -> list[str]:
        tokens = Tokens("wechat", store, KEY, clock)
        found = [await tokens.value(platform.ask), await tokens.value(platform.ask)]
        clock.move(NOW + timedelta(seconds=30))
        return [*found, await tokens.value(platform.ask)]

    assert asyncio.run(go()) == ["t1", "t1", "t2"]


def test_a_token_outlives_the_process(store: Store, clock: Clock):
    platform = Platform()

    async def go() -> list[str]:
        return [await Tokens("wechat", store, KEY, clock).value(platform.ask) for _ in range(3)]

    assert asyncio.run(go()) == ["t1"] * 3


def test_each_channel_has_its_own(store: Store, clock: Clock):
    platform = Platform()

    async def go() -> list[str]:
        some: list[tuple[str, Key]] = [("wechat", KEY), ("wecom", WeComKey("ww1", "another"))]
        return [await Tokens(name, store, key, clock).value(platform.ask) for name, key in some]

    assert asyncio.run(go()) == ["t1", "t2"]
    assert platform.asked == [
        Asked(
            "/cgi-bin/stable_token",
            {"grant_type": "client_credential", "appid": "wx1", "secret": "a secret", "force_refresh": False},
            {},
        ),
        Asked("/cgi-bin/gettoken", None, {"corpid": "ww1", "corpsecret": "another"}),
    ]


def test_who_was_refused_what_another_task_is_being_given_forces_his_own(store: Store, clock: Clock):
    """Asked without force, the platform gives everybody the token that it has just refused."""
    forced: list[bool] = []

    async def ask(asked: Asked) -> dict[str, Any]:
        forced.append(asked.body is not None and asked.body["force_refresh"])
        await asyncio.sleep(0.05)
        return {"access_token": "new" if forced[-1] else "refused", "expires_in": 7200}

    async def go() -> list[str]:
        tokens = Tokens("wechat", store, KEY, clock)
        return list(await asyncio.gather(tokens.value(ask), tokens.value(ask, "refused")))

    assert asyncio.run(go()) == ["refused", "new"]
    assert forced == [False, True]


def test_a_token_is_not_forced_twice_within_a_minute(store: Store, clock: Clock):
    platform = Platform()

    async def go() -> list[Any]:
        tokens = Tokens("wechat", store, KEY, clock)
        found: list[Any] = [await tokens.value(platform.ask), await tokens.value(platform.ask, "t1")]
        found += await some(tokens, platform, 3, stale="t2")
        clock.move(NOW + timedelta(seconds=61))
        return [*found, await tokens.value(platform.ask, "t2")]

    *first, one, two, three, last = asyncio.run(go())
    assert (first, last) == (["t1", "t2"], "t3")
    assert [(each.code, each.retry) for each in (one, two, three)] == [("token_invalid", True)] * 3
    assert platform.forced == [False, True, True]


@pytest.mark.parametrize(
    ("fails", "code", "rest_s"),
    [
        (DeliveryError("timed_out", retry=False, unknown=True), "timed_out", 0),
        (DeliveryError("account_refused", retry=True), "account_refused", 0),
        (DeliveryError("no_right", retry=False), "no_right", 0),
        (DeliveryError("quota", retry=True, rest_s=60), "quota", 60),
    ],
)
def test_all_who_wait_hear_of_one_failure_and_the_next_may_ask(
    store: Store, clock: Clock, fails: DeliveryError, code: str, rest_s: float
):
    """The message itself never left, so it may always be tried again."""
    platform = Platform(fails=fails)

    async def go() -> tuple[list[Any], str]:
        tokens = Tokens("wechat", store, KEY, clock)
        errors = await some(tokens, platform, 20)
        platform.fails = None
        return errors, await tokens.value(platform.ask)

    errors, found = asyncio.run(go())
    assert {(each.code, each.retry, each.unknown, each.rest_s) for each in errors} == {(code, True, False, rest_s)}
    assert (found, len(platform.asked)) == ("t2", 2)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": ""},
        {"access_token": "t"},
        {"access_token": 7, "expires_in": 7200},
        {"access_token": "t", "expires_in": "7200"},
        {"access_token": "t", "expires_in": 0},
    ],
)
def test_an_answer_without_a_token_is_none(store: Store, clock: Clock, answer: dict[str, Any]):
    async def ask(_asked: Asked) -> dict[str, Any]:
        return answer

    with pytest.raises(DeliveryError, match="answer_unclear"):
        asyncio.run(Tokens("wechat", store, KEY, clock).value(ask))


def test_whoever_waits_for_another_process_is_not_kept_for_ever(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(there, "LOOKS", 2)
    platform = Platform()
    store.write(lambda connection: platforms.lease_credential(connection, "wechat", NOW + timedelta(seconds=25), None))

    async def go() -> str:
        return await Tokens("wechat", store, KEY, clock).value(platform.ask)

    with pytest.raises(DeliveryError, match="token_awaited"):
        asyncio.run(go())
    assert platform.asked == []
    clock.move(NOW + timedelta(seconds=25))
    assert asyncio.run(go()) == "t1"  # whoever had the right is gone


def test_what_came_too_late_does_not_replace_what_another_process_got(store: Store, clock: Clock):
    mine, others = NOW + timedelta(seconds=25), NOW + timedelta(seconds=60)
    old, new = (Credential(value, NOW + timedelta(hours=2)) for value in ("old", "new"))

    def unit(connection: Any) -> list[bool]:
        platforms.lease_credential(connection, "wechat", mine, None)
        platforms.lease_credential(connection, "wechat", others, None)
        return [
            platforms.keep_credential(connection, "wechat", old, mine),
            platforms.keep_credential(connection, "wechat", new, others),
            platforms.keep_credential(connection, "wechat", old, mine),
        ]

    assert store.write(unit) == [False, True, False]
    found = store.read(lambda connection: platforms.credential_of(connection, "wechat"))
    assert found is not None
    assert (found.value, found.asked_until) == ("new", None)


def test_the_database_is_free_while_the_platform_is_asked(stores: tuple[Store, Store], clock: Clock):
    """A unit of anybody's is done before the platform has answered: no transaction is open."""
    store, other = stores

    async def go() -> str:
        async def ask(asked: Asked) -> dict[str, Any]:
            release = platforms.release_credential
            unit = asyncio.wrap_future(other.submit(lambda connection: release(connection, "wecom", NOW), "any"))
            await asyncio.wait_for(unit, 5)
            row = await asyncio.to_thread(other.read, lambda connection: platforms.credential_of(connection, "wechat"))
            assert row is not None
            assert row.asked_until == NOW + there.LEASE
            return {"access_token": "t", "expires_in": 7200}

        return await Tokens("wechat", store, KEY, clock).value(ask)

    assert asyncio.run(go()) == "t"


def test_nothing_printed_holds_a_secret_or_a_token(store: Store, clock: Clock):
    platform = Platform()
    tokens = Tokens("wechat", store, WeComKey("ww1", "secret-of-ours"), clock)
    asyncio.run(tokens.value(platform.ask))
    assert not [each for each in ("secret-of-ours", "t1") if each in repr(tokens)]


def test_closing_ends_what_is_asked(store: Store, clock: Clock):
    platform = Platform(takes_s=60)

    async def go() -> None:
        tokens = Tokens("wechat", store, KEY, clock)
        waiting = asyncio.create_task(tokens.value(platform.ask))
        await platform.was_asked.wait()
        await tokens.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(asyncio.wait_for(go(), 10))
