"""The built-in web chat: pages, sessions by personal link and PIN, and its edge as a channel."""

from __future__ import annotations

import asyncio
import secrets as chance
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bot import media, secrets
from bot.channel import Inbound, Pace, Rendered
from bot.clock import Clock
from bot.config import Settings
from bot.router import Router
from bot.sender import Sender
from handlers.desk import Desk
from handlers.members import WEBCHAT, address_of
from rules.access import Actor
from screens.members import role_word
from screens.texts import Say, moment, words
from storage import deliveries, inbox, invitations, members
from storage.engine import Connection

PAGES = Path(__file__).parent / "pages"
COOKIE = "zhibu_chat"
SHOWN = 30
MOST_FORM = 64 * 1024 * 1024
SECURITY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class WebChannel:
    """The mailbox of the web chat is the outbox itself: a settled row is what the page shows."""

    name: str = WEBCHAT
    pace: Pace | None = None
    idempotent: bool = True

    async def send(self, address: str, body: Rendered) -> None:
        """Nothing leaves the process."""


@dataclass(slots=True)
class Front:
    """What the pages need: the router behind them, and words in front."""

    settings: Settings
    clock: Clock
    desk: Desk
    router: Router
    sender: Sender
    pages: Environment

    def page(self, name: str, status: int = 200, say: Say | None = None, **facts: Any) -> HTMLResponse:
        """A page in words, with the headers every page carries."""
        facts = {"say": say or self.say, "locale": self.settings.locale.replace("_", "-")} | facts
        return HTMLResponse(self.pages.get_template(name).render(**facts), status, headers=SECURITY)

    @property
    def say(self) -> Say:
        """Words in the language of the house."""
        return words(self.settings.locale)


def environment() -> Environment:
    """The templates: escaped by default, an unknown name is an error."""
    return Environment(
        loader=FileSystemLoader(PAGES / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=False,
    )


def csrf_of(key: str) -> str:
    """What a form must carry: only who has the session's key can know it."""
    return secrets.hashed(f"form:{key}")[:32]


async def signed_in(front: Front, request: Request) -> tuple[Actor, str] | None:
    """Who the cookie's session belongs to, and its key."""
    key = request.cookies.get(COOKIE, "")
    if not key:
        return None
    now = front.clock.now()

    def find(connection: Connection) -> Actor | None:
        member = invitations.session_member(connection, secrets.hashed(key), now)
        return None if member is None else members.actor(connection, member, front.desk.house.today(now))

    actor = await asyncio.to_thread(front.desk.store.read, find)
    return None if actor is None else (actor, key)


def history(front: Front, actor: Actor, say: Say) -> list[dict[str, Any]]:
    """The conversation of a member in the web chat: what he said, what was answered, what was pushed."""
    address, zone = address_of(actor.member), front.desk.house.zone

    def rows(connection: Connection) -> tuple[list[inbox.Said], list[deliveries.Delivered]]:
        return (
            inbox.conversation(connection, WEBCHAT, address, SHOWN),
            deliveries.sent_to(connection, WEBCHAT, address, SHOWN),
        )

    said, pushed = front.desk.store.read(rows)
    items: list[tuple[datetime, dict[str, Any]]] = []
    for row in said:
        file = row.said.get("file")
        own = {"text": row.said["text"], "file": file["name"] if file else None}
        items.append((row.received_at, {"id": f"said-{row.id}", "side": "me", **own}))
        screens = [screen | {"live": row is said[-1]} for screen in row.reply or []]
        items.append((row.received_at, {"id": f"reply-{row.id}", "side": "bot", "screens": screens}))
    for message in pushed:
        screens = [message.body | {"live": message is pushed[-1]}]
        items.append((message.at, {"id": f"push-{message.id}", "side": "push", "screens": screens}))
    items.sort(key=lambda pair: pair[0])
    return [item | {"at": moment(say, at, zone)} for at, item in items[-SHOWN:]]


# what is shown, in both languages as it could be typed, and to whom
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("申报", "declare", "declares"),
    ("和上月一样", "same as last month", "declares"),
    ("我的积分", "my points", "declares"),
    ("审核", "review", "reviews"),
    ("登记", "record", "records"),
    ("公告", "announcement", "announces"),
    ("情况", "state", "looks_after"),
    ("帮助", "help", ""),
)


def commands(front: Front, actor: Actor) -> list[dict[str, str]]:
    """The quick commands of a role: what is tapped is what could be typed."""
    roles = {grant.role for grant in actor.grants}
    holds = {
        "": True,
        "declares": actor.declares,
        "reviews": bool(roles & {"secretary", "officer"}),
        "records": bool(roles & {"secretary", "officer", "administrator"}),
        "announces": bool(actor.granted("announce")),
        "looks_after": bool(roles - {"administrator"}),
    }
    chinese = front.settings.locale == "zh_CN"
    found = [zh if chinese else en for zh, en, who in COMMANDS if holds[who]]
    return [{"label": text if chinese else text.capitalize(), "text": text} for text in found]


async def chat_page(
    front: Front, actor: Actor, key: str, demo: dict[str, Any] | None, drawn: list[dict[str, Any]] | None = None
) -> Response:
    """The conversation with its composer; without JavaScript every button is a form."""
    say = words(actor.locale or front.settings.locale)
    items = drawn or await asyncio.to_thread(history, front, actor, say)
    if not items:
        await front.router.receive(hello(front, actor))
        items = await asyncio.to_thread(history, front, actor, say)
    role = actor.grants[0].role if actor.grants else "member"
    unit = await asyncio.to_thread(_unit_name, front, actor)
    me = {"name": actor.name, "role": role_word(say, role), "unit": unit}
    return front.page(
        "chat.html",
        say=say,
        title=say("Zhibu"),
        me=me,
        items=items,
        csrf=csrf_of(key),
        fresh=chance.token_hex(8),
        commands=commands(front, actor),
        demo=demo,
    )


def hello(front: Front, actor: Actor) -> Inbound:
    """The first word of somebody who has never been here: it opens the home screen."""
    address = address_of(actor.member)
    text = "首页" if front.settings.locale == "zh_CN" else "home"
    return Inbound(WEBCHAT, address, f"{address}:hello", text=text)


def _unit_name(front: Front, actor: Actor) -> str:
    def name(connection: Connection) -> str:
        found = members.person(connection, actor.member, front.desk.house.today(front.clock.now()))
        return found.unit_name if found else ""

    return front.desk.store.read(name)


async def send(front: Front, request: Request, actor: Actor, key: str, demo: dict[str, Any] | None = None) -> Response:
    """One message from the page: a text, a button or a file; the same id gives the same reply."""
    if int(request.headers.get("content-length") or 0) > MOST_FORM:
        return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    reply: list[Rendered] = []
    async with request.form(max_files=1, max_fields=10) as form:
        if not chance.compare_digest(str(form.get("csrf", "")).encode(), csrf_of(key).encode()):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        said = {name: str(form.get(name) or "") for name in ("id", "text", "token")}
        file = form.get("file")
        for inbound in await inbounds(front, address_of(actor.member), said, file):
            reply = await front.router.receive(inbound)
    front.sender.wake.set()
    say = words(actor.locale or front.settings.locale)
    items = await asyncio.to_thread(history, front, actor, say)
    secret = shown_once(items, reply)
    if request.headers.get("x-requested-with") == "fetch":
        return front.page("items.html", say=say, items=items, fresh=chance.token_hex(8))
    if secret:
        return await chat_page(front, actor, key, demo, items)
    return RedirectResponse("/chat", HTTPStatus.SEE_OTHER)


def shown_once(items: list[dict[str, Any]], reply: list[Rendered]) -> bool:
    """Puts a reply that the history does not keep (it holds a secret) into the log that is being drawn."""
    last = next((item for item in reversed(items) if item["side"] == "bot"), None)
    kept = [screen["title"] for screen in last["screens"]] if last else []
    if last is None or not reply or kept == [screen["title"] for screen in reply]:
        return False
    last["screens"] = [screen | {"live": True} for screen in reply]
    return True


async def inbounds(front: Front, address: str, said: dict[str, str], file: Any) -> list[Inbound]:
    """The messages in a form or request: a file, then a text or a token; each has its own id."""
    message = said.get("id") or chance.token_hex(12)
    found = []
    if isinstance(file, UploadFile) and (file.filename or file.size):
        content = await file.read(MOST_FORM)
        kept = await asyncio.to_thread(media.file_in, front.settings.data, file.filename or "", content)
        external = f"{address}:{message[:120]}:file"
        if isinstance(kept, tuple):
            found.append(Inbound(WEBCHAT, address, external, problems=kept))
        else:
            found.append(Inbound(WEBCHAT, address, external, file=kept))
    text, token = said.get("text", ""), said.get("token", "")
    if text or token or not found:
        found.append(Inbound(WEBCHAT, address, f"{address}:{message[:120]}", text=text, token=token))
    return found


def static() -> Mount:
    """The page's own style and script."""
    return Mount("/chat/static", StaticFiles(directory=PAGES / "static"))


def stranger(front: Front) -> Response:
    """Not signed in: how to come in."""
    say = front.say
    line = say("Please open the personal link from your branch secretary and enter the PIN.")
    return front.page("plain.html", 401, title=say("We do not know you yet"), lines=[line], link=None)


async def newer(front: Front, request: Request, actor: Actor) -> Response:
    """The log when something came after an item; nothing otherwise."""
    say = words(actor.locale or front.settings.locale)
    items = await asyncio.to_thread(history, front, actor, say)
    if not items or items[-1]["id"] == request.query_params.get("after"):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return front.page("items.html", say=say, items=items, fresh=chance.token_hex(8))


async def no_page(front: Front, _request: Request, _error: Exception) -> Response:
    """An address that leads nowhere."""
    say = front.say
    link = {"href": "/", "label": say("Home")}
    line = say("Please check the address, or ask your branch secretary for your personal link.")
    return front.page("plain.html", 404, title=say("There is no such page"), lines=[line], link=link)
