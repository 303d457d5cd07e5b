"""The ways into the phone pages: a one-time link, WeChat and WeCom by their own sign-in, a Telegram Mini App."""

from __future__ import annotations

import asyncio
import hmac
import secrets as chance
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.frame import Office
from console.phone.session import COOKIE, DOOR, DOOR_LIFE, at_door, caller, csrf_of, filled, set_cookie, with_session
from console.phone.vouching import Platform
from handlers.context import Refused
from handlers.phones import (
    LINK_LIFE,
    PAGES,
    EnterByPhoneLink,
    EnterFromChannel,
    FindPhoneLink,
    LeavePhone,
    OnPhone,
)
from rules.access import SYSTEM
from rules.problems import Problem
from screens.problems import sentence
from screens.texts import words

MOST_TOKEN = 200
MOST_DATA = 8192
SEAL = 48
# what a browser's name of itself holds → the channel it belongs to; WeCom's browser has both words
BROWSERS = (("wxwork", "wecom"), ("MicroMessenger", "wechat"))


def routes(office: Office) -> list[Route]:
    """The doors before anybody is known."""
    return [
        Route("/m/in/link/{token}", partial(link_page, office)),
        Route("/m/in/link/{token}", partial(enter_by_link, office), methods=["POST"]),
        Route("/m/in/telegram", partial(mini_app_page, office)),
        Route("/m/in/telegram", partial(enter_by_mini_app, office), methods=["POST"]),
        Route("/m/in/{channel}", partial(to_platform, office)),
        Route("/m/in/{channel}/back", partial(back, office)),
        Route("/m/leave", partial(leave, office), methods=["POST"]),
    ]


def page_of(request: Request) -> str:
    """One of our pages, whatever was asked for."""
    wanted = request.query_params.get("page", "")
    return wanted if wanted in PAGES else PAGES[0]


def how_to(office: Office, request: Request, status: int = HTTPStatus.UNAUTHORIZED) -> Response:
    """How to come in: the same for everybody whom nobody vouches for, or nobody knows."""
    say, platforms = words(office.locale), office.phones.platforms
    facts = {"wechat": "wechat" in platforms, "wecom": "wecom" in platforms, "retry": _own_platform(office, request)}
    return office.draw("phone/how.html", say, status, title=say("How to come in"), **facts)


def said(office: Office, status: int, title: str, line: str) -> Response:
    """A page that only says something."""
    return office.draw("phone/said.html", words(office.locale), status, title=title, lines=[line])


def _own_platform(office: Office, request: Request) -> str:
    """The channel in whose browser this is, when it can be asked; else ""."""
    agent = request.headers.get("user-agent", "")
    found = next((channel for word, channel in BROWSERS if word in agent), "")
    return found if found in office.phones.platforms else ""


def to_door(office: Office, request: Request) -> Response:
    """Nobody is signed in: inside WeChat or WeCom the platform is asked, elsewhere one reads how to come in."""
    channel, page = _own_platform(office, request), request.url.path.removeprefix("/m/")
    if not channel or request.method != "GET":
        return how_to(office, request)
    return RedirectResponse(f"/m/in/{channel}?page={page if page in PAGES else PAGES[0]}", HTTPStatus.SEE_OTHER)


def foreign_form(office: Office) -> Response:
    """A form that is not ours, or of an older session."""
    say = words(office.locale)
    line = say("This form is not from your session. Please open the page again.")
    return said(office, HTTPStatus.FORBIDDEN, say("Not done"), line)


async def _entered(office: Office, wanted: EnterByPhoneLink | EnterFromChannel, key: str) -> Response | None:
    """Signs in; None when nobody is behind it."""
    answer = await asyncio.wrap_future(office.desk.submit(SYSTEM, wanted, office.now()))
    office.wake()
    return with_session(office, key, answer) if isinstance(answer, OnPhone) else None


async def enter_phone(office: Office, channel: str, address: str) -> Response:
    """Signs in whoever is bound to an address; of the door itself, it asks for no proof."""
    key = chance.token_urlsafe(32)
    entered = await _entered(office, EnterFromChannel(channel, address, office.secrets.hashed(key)), key)
    return entered or RedirectResponse("/m", HTTPStatus.SEE_OTHER)


def _drawn(office: Office, request: Request, template: str, **facts: Any) -> Response:
    """A page of a door: its form is bound to this browser, so that nobody signs another in."""
    door = at_door(request)
    response = office.draw(f"phone/{template}", words(office.locale), csrf=csrf_of(office, door), **facts)
    set_cookie(office, response, DOOR, door, DOOR_LIFE)
    return response


def _link_over(office: Office) -> Response:
    say = words(office.locale)
    line = sentence(say, Problem("phone_link_over"))
    return said(office, HTTPStatus.NOT_FOUND, say("This link is over"), line)


async def link_page(office: Office, request: Request) -> Response:
    """One button; looking at a link, as previews do, spends nothing."""
    query = FindPhoneLink(office.secrets.hashed(request.path_params["token"][:MOST_TOKEN]))
    found = await asyncio.to_thread(office.desk.ask, SYSTEM, query, office.now())
    if isinstance(found, Refused):
        return _link_over(office)
    say = words(office.locale)
    return _drawn(office, request, "enter.html", title=say("Your form"))


async def enter_by_link(office: Office, request: Request) -> Response:
    """Pressing the button spends the link."""
    door = request.cookies.get(DOOR, "")
    if not door or await filled(office, request, csrf_of(office, door)) is None:
        return foreign_form(office)
    key = chance.token_urlsafe(32)
    token_hash = office.secrets.hashed(request.path_params["token"][:MOST_TOKEN])
    entered = await _entered(office, EnterByPhoneLink(token_hash, office.secrets.hashed(key)), key)
    return entered or _link_over(office)


def state_of(platform: Platform, channel: str, page: str, door: str, until: datetime) -> str:
    """What the platform hands back: the page, an end, and a seal over both and this browser; letters and digits."""
    head = f"{PAGES.index(page)}{int(until.timestamp()):08x}"
    return head + platform.seal(f"{channel}:{head}:{door}")[:SEAL]


def page_in(platform: Platform, channel: str, state: str, door: str, now: datetime) -> str | None:
    """The page that a state was made for in this browser; None when it is not ours, another's, or too old."""
    head, seal = state[:9], state[9:]
    expected = platform.seal(f"{channel}:{head}:{door}")[:SEAL]
    if not door or not hmac.compare_digest(seal.encode(), expected.encode()):
        return None
    return PAGES[int(head[0])] if int(head[1:], 16) >= now.timestamp() else None


async def to_platform(office: Office, request: Request) -> Response:
    """On to the platform's page, which sends people back with a code."""
    channel = request.path_params["channel"]
    platform = office.phones.platforms.get(channel)
    if platform is None:
        return how_to(office, request, HTTPStatus.NOT_FOUND)
    door = at_door(request)
    state = state_of(platform, channel, page_of(request), door, office.now() + LINK_LIFE)
    address = platform.authorize(f"{office.address}/m/in/{channel}/back", state)
    response = RedirectResponse(address, HTTPStatus.FOUND)
    set_cookie(office, response, DOOR, door, DOOR_LIFE)
    return response


async def back(office: Office, request: Request) -> Response:
    """Back from the platform: the state is ours and of this browser before the code is looked at."""
    channel, query = request.path_params["channel"], request.query_params
    platform = office.phones.platforms.get(channel)
    if platform is None:
        return how_to(office, request, HTTPStatus.NOT_FOUND)
    door = request.cookies.get(DOOR, "")
    page = page_in(platform, channel, query.get("state", "")[:MOST_TOKEN], door, office.now())
    code = query.get("code", "")[:MOST_TOKEN]
    if page is None or not code or request.method != "GET":
        return await _again(office, request)
    address = await platform.address_of(code)
    if address is None:
        return await _again(office, request)
    key = chance.token_urlsafe(32)
    entered = await _entered(office, EnterFromChannel(channel, address, office.secrets.hashed(key), page), key)
    return entered or how_to(office, request)


async def _again(office: Office, request: Request) -> Response:
    """A code that says nothing: whoever is in already goes on (browsers ask twice), all others read how to come in."""
    if request.method == "GET" and await caller(office, request) is not None:
        return RedirectResponse("/m/declare", HTTPStatus.SEE_OTHER)
    return how_to(office, request)


async def mini_app_page(office: Office, request: Request) -> Response:
    """Inside Telegram the page's script sends what Telegram gave it; outside it says how to come in."""
    say = words(office.locale)
    return _drawn(office, request, "mini-app.html", title=say("Your form"), page=page_of(request))


async def enter_by_mini_app(office: Office, request: Request) -> Response:
    """The data must be Telegram's own and fresh."""
    door = request.cookies.get(DOOR, "")
    form = await filled(office, request, csrf_of(office, door)) if door else None
    if form is None:
        return foreign_form(office)
    address = office.phones.mini_app(form["data"][:MOST_DATA], office.now())
    if address is None:
        return how_to(office, request)
    key = chance.token_urlsafe(32)
    page = form["page"] if form["page"] in PAGES else PAGES[0]
    entered = await _entered(office, EnterFromChannel("telegram", address, office.secrets.hashed(key), page), key)
    return entered or how_to(office, request)


async def leave(office: Office, request: Request) -> Response:
    """Ends this session."""
    key = request.cookies.get(COOKIE, "")
    if not key or await filled(office, request, csrf_of(office, key)) is None:
        return foreign_form(office)
    await asyncio.wrap_future(office.desk.submit(SYSTEM, LeavePhone(office.secrets.hashed(key)), office.now()))
    say = words(office.locale)
    response = said(office, HTTPStatus.OK, say("Signed out"), say("You can close this page."))
    response.delete_cookie(COOKIE, path="/m")
    return response
