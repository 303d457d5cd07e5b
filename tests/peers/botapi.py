"""An emulated Telegram Bot API on the loopback address: `python -m tests.peers.botapi PORT [LEDGER_FILE]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.peers import description, wire
from tests.peers.control import Control
from tests.peers.delivery import Delivery, Patience
from tests.peers.description import Upload
from tests.peers.driving import Driver
from tests.peers.faults import Faults
from tests.peers.ledger import Call, Ledger
from tests.peers.limits import Gate, Limits
from tests.peers.methods import Invalid, Methods
from tests.peers.world import Json, Refusal, World

TOKEN = "4242:" + "E" * 35
FREE_CALLS = frozenset({"getUpdates", "getWebhookInfo", "getMe"})
"""Not kept among the calls, since a bot repeats them all the time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered with; `broken` when the connection ends instead."""

    status: int
    body: Json
    broken: bool = False


class BotApi:
    """One bot's Telegram."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        limits: Limits | None = None,
        patience: Patience | None = None,
        ledger: Path | None = None,
    ) -> None:
        self.token = token
        self.world = World()
        self.ledger = Ledger(ledger)
        self.delivery = Delivery(self.world, self.ledger, patience or Patience())
        self.delivery.answered = self._answered
        self.gate = Gate(limits)
        self.faults = Faults()
        self.control = Control(self.world, self.ledger, self.delivery, self.gate, self.faults)
        self._methods = Methods(self.world, self.delivery).table()
        self.address = ""

    @property
    def base_url(self) -> str:
        """What python-telegram-bot calls `base_url`."""
        return f"{self.address}/bot"

    @property
    def base_file_url(self) -> str:
        """What python-telegram-bot calls `base_file_url`."""
        return f"{self.address}/file/bot"

    def app(self) -> Starlette:
        """The web application."""

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            yield
            await self.delivery.close()
            self.ledger.close()

        routes = [
            Route("/bot{token}/{method}", self._api, methods=["GET", "POST"]),
            Route("/file/bot{token}/{folder}/{name}", self._file),
            Route("/control/{name}", self._control, methods=["POST"]),
            Route("/healthz", lambda _request: JSONResponse({"status": "ok"})),
        ]
        return Starlette(routes=routes, lifespan=lifespan)

    async def call(self, method: str, raw: dict[str, Any], uploads: dict[str, Upload], via: str) -> Answer:
        """One call of the bot, checked, perhaps spoiled on order, done, and kept."""
        at = monotonic()
        facts, faults = description.read(method, raw, uploads)
        fault = self.faults.take(method, facts)
        if fault is not None and fault.kind in ("error", "lose"):
            refusal = Refusal(fault.status, fault.description, **fault.parameters)
            return self._kept(method, facts, at, via, _refused(refusal, broken=fault.kind == "lose"))
        answer = await self._done(method, facts, faults, at)
        if fault is not None:
            answer = Answer(answer.status, answer.body, broken=fault.kind == "drop")
        kept = self._kept(method, facts, at, via, answer)
        if fault is not None and fault.kind == "hang":
            await asyncio.sleep(fault.seconds)
        return kept

    async def _done(self, method: str, facts: Json, faults: list[str], at: float) -> Answer:
        try:
            if faults:
                raise _as_the_real_one(method, facts, faults)
            if method == "getUpdates":
                return _given(await self._polled(facts))
            if method not in self._methods:
                raise Invalid(f"{method} is not emulated")
            chat = facts.get("chat_id")
            if isinstance(chat, int) and (wait := self.gate.wait(method, chat, at)):
                raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
            return _given(self._methods[method](facts))
        except Refusal as refusal:
            if isinstance(refusal, Invalid):
                self.ledger.violated(method, "; ".join(faults) or refusal.description)
            return _refused(refusal)

    async def _polled(self, facts: Json) -> list[Json]:
        if not 1 <= facts.get("limit", 100) <= 100:
            raise Invalid("limit is out of range")
        wanted = facts.get("allowed_updates")
        return await self.delivery.poll(
            facts.get("offset", 0), facts.get("limit", 100), facts.get("timeout", 0), wanted
        )

    def _kept(self, method: str, facts: Json, at: float, via: str, answer: Answer) -> Answer:
        if method not in FREE_CALLS:
            status = 0 if answer.broken else answer.status
            said = answer.body.get("description", "")
            self.ledger.called(Call(at, method, facts, status, said, via, answer.body.get("result")))
            self.world.happened.ring()
        return answer

    async def _answered(self, wanted: Json) -> None:
        """The method a webhook's answer asks for."""
        method = str(wanted.pop("method"))
        if description.exists(method):
            await self.call(method, wanted, {}, "webhook")
        else:
            self.ledger.violated(method, "there is no such method")

    async def _api(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != self.token:
            return _json(_refused(Refusal(401, "Unauthorized")))
        if not description.exists(method):
            self.ledger.violated(method, "there is no such method")
            return _json(_refused(Refusal(404, "Not Found")))
        raw, uploads = await wire.parameters(request)
        answer = await wire.while_connected(request, self.call(method, raw, uploads, "http"))
        return wire.broken() if answer.broken else _json(answer)

    async def _file(self, request: Request) -> Response:
        kept = self.world.files.get(Path(request.path_params["name"]).stem)
        if kept is None or request.path_params["token"] != self.token:
            return _json(_refused(Refusal(404, "Not Found")))
        return Response(kept[1], media_type="application/octet-stream")

    async def _control(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name.startswith("_") or not hasattr(Control, name):
            return JSONResponse({"error": f"no control is called {name}"}, 404)
        facts = await request.json() if await request.body() else {}
        try:
            return JSONResponse(await getattr(self.control, name)(**facts))
        except (TypeError, ValueError, KeyError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[BotApi]:
        """Serves in this event loop; leaving the block ends it."""
        description.shapes()  # read before anybody's calls are timed
        async with wire.served(self.app(), port) as self.address:
            try:
                yield self
            finally:
                await self.delivery.close()

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[Driver]:
        """Serves in a thread of its own; gives what tests drive it with."""
        ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

        async def serve() -> None:
            try:
                async with self.running(port):
                    ended = asyncio.Event()
                    ready.set_result((asyncio.get_running_loop(), ended))
                    await ended.wait()
            except BaseException as error:
                if not ready.done():
                    ready.set_exception(error)
                raise

        thread = Thread(target=lambda: asyncio.run(serve()), name="botapi", daemon=True)
        thread.start()
        loop, ended = ready.result(10)

        def do(name: str, facts: Json) -> Any:
            return asyncio.run_coroutine_threadsafe(getattr(self.control, name)(**facts), loop).result(60)

        try:
            yield Driver(do, self.address, self.token, self.delivery)
        finally:
            loop.call_soon_threadsafe(ended.set)
            thread.join(10)


def _as_the_real_one(method: str, facts: Json, faults: list[str]) -> Invalid:
    """The words of the real API where they are known."""
    if any("callback_data" in each and "bytes" in each for each in faults):
        return Invalid("BUTTON_DATA_INVALID")
    if any(each == "text: is required" for each in faults):
        return Invalid("message text is empty")
    if any(each == "chat_id: is required" for each in faults):
        return Invalid("chat_id is empty")
    return Invalid("; ".join(faults))


def _given(result: Any) -> Answer:
    return Answer(200, {"ok": True, "result": result})


def _refused(refusal: Refusal, broken: bool = False) -> Answer:
    body: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return Answer(refusal.status, body, broken)


def _json(answer: Answer) -> Response:
    return JSONResponse(answer.body, answer.status)


async def main(port: int, ledger: Path | None) -> None:
    """Serves until it is ended."""
    async with BotApi(ledger=ledger).running(port) as api:
        sys.stdout.write(f"{api.address} {api.token}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.peers.botapi")
    parser.add_argument("port", type=int, help="0 takes a free one")
    parser.add_argument("ledger", type=Path, nargs="?", help="file for one JSON line an entry")
    asked = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(main(asked.port, asked.ledger))
