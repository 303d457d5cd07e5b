"""The demo's doors: choose a persona, move the clock, and the plain JSON interface of the chat."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from bot.dialogs import plain
from bot.proof import proof, proofs
from bot.webchat import MOST_FORM, Front, chat_page, inbounds, newer, send
from console.auth import enter_demo
from console.frame import Office
from console.phone.doors import enter_phone
from handlers.context import Refused
from handlers.digests import DigestHours
from handlers.members import WEBCHAT, address_of
from rules.access import SYSTEM, Actor
from rules.evidence import check_file
from rules.periods import first_day, last_day, period_of, shift
from scheduler.jobs import instants
from scheduler.runner import Runner
from screens.door import stranger, unknown
from screens.members import role_word
from screens.problems import refused
from screens.texts import moment
from storage import deliveries, identities, members
from storage.engine import Connection
from storage.identities import Reachable

COOKIE = "zhibu_persona"
MOST_INBOX = 200
DAYS_STEPPED = 200


class Said(msgspec.Struct, frozen=True):
    """A message of the JSON interface."""

    persona: str = ""
    text: str = ""
    token: str = ""
    id: str = ""


class Demo:
    """Everything that exists only in the demo."""

    def __init__(self, front: Front, runner: Runner, office: Office) -> None:
        self.front = front
        self.runner = runner
        self.office = office

    def routes(self) -> list[Route | Mount]:
        """The demo's pages and its JSON interface."""
        return [
            Route("/", self.people_page),
            Route("/chat", self.chat),
            Route("/chat/items", self.items),
            Route("/chat/send", self.send, methods=["POST"]),
            Route("/chat/evidence/{id:int}", self.evidence),
            Route("/chat/evidence/{of}/{id:int}", self.evidence_of),
            Route("/demo/enter", self.enter, methods=["POST"]),
            Route("/demo/console", self.console),
            Route("/demo/phone", self.phone),
            Route("/demo/clock", self.clock, methods=["POST"]),
            Route("/demo/clock-form", self.clock_form, methods=["POST"]),
            Route("/chat/api/personas", self.personas),
            Route("/chat/api/inbox", self.inbox),
            Route("/chat/api/messages", self.messages, methods=["POST"]),
        ]

    async def _people(self) -> list[Reachable]:
        day = self.front.desk.house.today(self.front.clock.now())
        return await asyncio.to_thread(
            self.front.desk.store.read, lambda connection: identities.reachable(connection, WEBCHAT, day)
        )

    async def _person(self, code: str) -> int | None:
        """The member behind a persona."""
        return await asyncio.to_thread(
            self.front.desk.store.read, lambda connection: identities.reachable_by_code(connection, WEBCHAT, code)
        )

    async def _actor(self, request: Request) -> tuple[Actor, str] | None:
        code = request.cookies.get(COOKIE, "")
        person = await self._person(code)
        if person is None:
            return None
        day = self.front.desk.house.today(self.front.clock.now())

        def find(connection: Connection) -> Actor | None:
            return members.actor(connection, person, day)

        actor = await asyncio.to_thread(self.front.desk.store.read, find)
        return None if actor is None else (actor, code)

    async def personas(self, _request: Request) -> Response:
        """Everybody one may be."""
        return JSONResponse(
            [
                {"id": each.code, "name": each.name, "role": each.role, "unit": each.unit_name}
                for each in await self._people()
            ]
        )

    async def people_page(self, _request: Request) -> Response:
        """Who are you today?"""
        groups: dict[str, list[dict[str, str]]] = {}
        for each in await self._people():
            row = {"id": each.code, "name": each.name, "role": role_word(self.front.say, each.role)}
            groups.setdefault(each.unit_name, []).append(row | {"unit": each.unit_name})
        return self.front.page(
            "people.html",
            title=self.front.say("Zhibu"),
            now=self._now(),
            groups=[{"unit": unit, "people": people} for unit, people in groups.items()],
            clock_steps=self._steps(),
        )

    async def enter(self, request: Request) -> Response:
        """Becomes a persona."""
        async with request.form(max_fields=3) as form:
            code = str(form.get("persona", ""))
        response = RedirectResponse("/chat", HTTPStatus.SEE_OTHER)
        if await self._person(code) is not None:
            response.set_cookie(COOKIE, code, httponly=True, samesite="lax")
        return response

    async def console(self, request: Request) -> Response:
        """Opens the console as a persona, without any secret."""
        person = await self._person(request.query_params.get("persona", ""))
        if person is None:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        return await enter_demo(self.office, person)

    async def phone(self, request: Request) -> Response:
        """Opens the phone pages as a persona, without any secret."""
        person = await self._person(request.query_params.get("persona", ""))
        if person is None:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        return await enter_phone(self.office, WEBCHAT, address_of(person))

    async def chat(self, request: Request) -> Response:
        """The chat as the chosen persona; without one, the choice."""
        known = await self._actor(request)
        if known is None:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        return await chat_page(self.front, *known, await self._facts())

    async def _facts(self) -> dict[str, Any]:
        """What the page needs for its demo panel."""
        people = [
            {"id": each.code, "name": each.name, "role": role_word(self.front.say, each.role), "unit": each.unit_name}
            for each in await self._people()
        ]
        return {"now": self._now(), "personas": people, "clock_steps": self._steps()}

    async def items(self, request: Request) -> Response:
        """What came since."""
        known = await self._actor(request)
        return Response(status_code=401) if known is None else await newer(self.front, request, known[0])

    async def send(self, request: Request) -> Response:
        """A message from the page."""
        known = await self._actor(request)
        return (
            Response(status_code=401) if known is None else await send(self.front, request, *known, await self._facts())
        )

    async def evidence(self, request: Request) -> Response:
        """A piece of evidence."""
        known = await self._actor(request)
        return Response(status_code=401) if known is None else await proof(self.front, request, known[0])

    async def evidence_of(self, request: Request) -> Response:
        """All evidence of a line or a task."""
        known = await self._actor(request)
        return Response(status_code=401) if known is None else await proofs(self.front, request, known[0])

    async def messages(self, request: Request) -> Response:
        """One message as JSON or as a form with a file: always 200 with at least one screen."""
        size = int(request.headers.get("content-length") or 0)
        if size > MOST_FORM:
            screen = refused(self.front.say, Refused(tuple(check_file(size, ""))))
            return JSONResponse({"screens": [plain(screen, "")]})
        if request.headers.get("content-type", "").startswith("multipart/"):
            async with request.form(max_files=1, max_fields=10) as form:
                said = Said(**{name: str(form.get(name) or "") for name in Said.__struct_fields__})
                return await self._replies(said, form.get("file"))
        try:
            said = msgspec.json.decode(await request.body(), type=Said)
        except msgspec.DecodeError:
            return JSONResponse({"screens": [plain(unknown(self.front.say, ""), "")]})
        return await self._replies(said, None)

    async def _replies(self, said: Said, file: Any) -> Response:
        person = await self._person(said.persona)
        say = self.front.say
        if person is None:
            return JSONResponse({"screens": [plain(stranger(say), "")]})
        fields = {"id": said.id, "text": said.text, "token": said.token}
        screens: list[Any] = []
        for inbound in await inbounds(self.front, address_of(person), fields, file):
            screens += await self.front.router.receive(inbound)
        await self.front.sender.drain()
        return JSONResponse({"screens": screens or [plain(unknown(say, ""), "")]})

    async def inbox(self, request: Request) -> Response:
        """What was pushed to a persona, oldest first."""
        person = await self._person(request.query_params.get("persona", ""))
        if person is None:
            return JSONResponse({"items": []})
        address = address_of(person)
        rows = await asyncio.to_thread(
            self.front.desk.store.read, lambda connection: deliveries.sent_to(connection, WEBCHAT, address, MOST_INBOX)
        )
        return JSONResponse(
            {
                "items": [
                    {
                        "at": row.at.astimezone(self.front.desk.house.zone).isoformat(),
                        "kind": row.body["kind"],
                        "title": row.body["title"],
                        "lines": row.body["lines"],
                        "choices": row.body["choices"],
                    }
                    for row in rows
                ]
            }
        )

    async def clock(self, request: Request) -> Response:
        """Moves the clock forward; answers when all that fell due is delivered."""
        try:
            wanted = datetime.fromisoformat(msgspec.json.decode(await request.body(), type=dict[str, str])["now"])
        except (msgspec.DecodeError, KeyError, ValueError):
            return JSONResponse({"error": self.front.say("Give an instant such as 2026-12-01T08:30.")}, 400)
        if not await self._move(self._local(wanted)):
            return JSONResponse({"error": self.front.say("The clock only goes forward.")}, 409)
        return JSONResponse({"now": self.front.clock.now().astimezone(self.front.desk.house.zone).isoformat()})

    async def clock_form(self, request: Request) -> Response:
        """The same from a page."""
        async with request.form(max_fields=4) as form:
            wanted, back = str(form.get("now", "")), str(form.get("back", "/"))
        try:
            await self._move(self._local(datetime.fromisoformat(wanted)))
        except ValueError:
            back = "/"
        return RedirectResponse(back if back in ("/", "/chat") else "/", HTTPStatus.SEE_OTHER)

    def _local(self, wanted: datetime) -> datetime:
        local = wanted if wanted.tzinfo else wanted.replace(tzinfo=self.front.desk.house.zone)
        return local.astimezone(UTC)

    async def _move(self, wanted: datetime) -> bool:
        """Goes from job to job as if the house had been open all the time; leaps count as downtime."""
        clock, zone = self.front.clock, self.front.desk.house.zone
        if wanted < clock.now():
            return False
        hours = await asyncio.to_thread(self.front.desk.ask, SYSTEM, DigestHours(), clock.now())
        used = {time.fromisoformat(hour) for hour in hours}
        steps = list(instants(max(clock.now(), wanted - timedelta(days=DAYS_STEPPED)), wanted, zone, used))
        for step in [*steps, wanted]:
            clock.move(step)
            await self.runner.tick()
            await self.front.sender.drain()
        return True

    def _now(self) -> str:
        return f"{self.front.clock.now().astimezone(self.front.desk.house.zone):%Y-%m-%d %H:%M}"

    def _steps(self) -> list[dict[str, str]]:
        """The next moments worth going to."""
        zone = self.front.desk.house.zone
        now = self.front.clock.now().astimezone(zone)
        period = period_of(now.date())
        days = [
            now.date() + timedelta(days=1),
            last_day(period),
            first_day(shift(period, 1)),
            first_day(shift(period, 1)).replace(day=6),
        ]
        moments = sorted({datetime.combine(day, time(8, 30), zone) for day in days} - {now})
        return [
            {"label": moment(self.front.say, each, zone), "value": f"{each:%Y-%m-%dT%H:%M}"}
            for each in moments
            if each > now
        ]
