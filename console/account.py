"""My account: where I am signed in, leaving, and my password."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console import auth
from console.frame import Page, Visitor
from handlers.account import EndSession, MyAccount, SetPassword
from handlers.context import Refused
from rules.passwords import LONGEST, SHORTEST, check
from rules.problems import Problem
from screens.signin import device_word, means_word


async def me(visitor: Visitor, _request: Request) -> Response:
    """Sessions and password."""
    account = await visitor.ask(MyAccount())
    if isinstance(account, Refused):
        return visitor.refused(account, "/console")
    say = visitor.say
    sessions = [
        {
            "id": row.id,
            "device": device_word(say, row.device),
            "means": means_word(say, row.means),
            "opened": visitor.moment(row.opened_at),
            "seen": visitor.moment(row.seen_at),
            "this": row.id == visitor.session.row.id,
        }
        for row in account.sessions
    ]
    return visitor.page(
        "me.html",
        title=say("My account"),
        account=account,
        sessions=sessions,
        needs_old=_needs_old(visitor, account.password),
        least=SHORTEST,
        most=LONGEST,
    )


def _needs_old(visitor: Visitor, kept: str) -> bool:
    """Who came in by a link has just shown that the chat is his; that is also the way when a password is forgotten."""
    return bool(kept) and visitor.session.row.means == "password"


async def set_password(visitor: Visitor, _request: Request) -> Response:
    """The new password twice, the old one where it is needed; hashing happens outside the unit."""
    form, office = visitor.form, visitor.office
    account = await visitor.ask(MyAccount())
    if isinstance(account, Refused):
        return visitor.refused(account, "/console/me")
    fresh = form.get("fresh", "")
    problems = check(fresh, (account.name, account.code))
    if fresh != form.get("again", ""):
        problems.append(Problem("password_differs"))
    if problems:
        return visitor.refused(Refused(tuple(problems)), "/console/me")
    proved = True
    if _needs_old(visitor, account.password):
        proved = await office.slowly(office.secrets.matches, account.password, form.get("old", "")[:LONGEST])
    hashed = await office.slowly(office.secrets.slowly_hashed, fresh) if proved else ""
    answer = await visitor.do(SetPassword(hashed, visitor.session.row.id, proved))
    return visitor.refused(answer, "/console/me") if isinstance(answer, Refused) else visitor.to("/console/me")


async def end(visitor: Visitor, request: Request) -> Response:
    """Ends a session; one's own this one too."""
    number = request.path_params["id"]
    await visitor.do(EndSession(number))
    return auth.without_session() if number == visitor.session.row.id else visitor.to("/console/me")


async def sign_out(visitor: Visitor, _request: Request) -> Response:
    """Ends this session."""
    await visitor.do(EndSession(visitor.session.row.id))
    return auth.without_session()


PAGES: tuple[Page, ...] = (
    Page("GET", "/console/me", me),
    Page("POST", "/console/me/password", set_password),
    Page("POST", "/console/me/sessions/{id:int}/end", end),
    Page("POST", "/console/sign-out", sign_out),
)
