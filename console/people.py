"""People: the list, a person's page, and what may be done there: inviting, unbinding, roles and deputies."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from console.lists import Paging, filters, page_number
from handlers.appointments import EndAccount, EndDeputy, EndRole, GiveRole, NameDeputy
from handlers.context import Refused, refuse
from handlers.members import Invite
from handlers.people import ListPeople, ShowPerson
from rules.access import ROLES
from screens.members import role_word
from screens.people import channel_word, class_word, invitation_word, shortened


async def people(visitor: Visitor, request: Request) -> Response:
    """The list: searched, narrowed, a page at a time."""
    asked, number = filters(request, "text", "unit", "role", "reached"), page_number(request)
    query = ListPeople(asked["text"], _whole(asked["unit"]), asked["role"], asked["reached"], number)
    answer = await visitor.ask(query)
    if isinstance(answer, Refused):
        return visitor.refused(answer, "/console")
    say = visitor.say
    rows = [
        {
            "id": row.person.id,
            "code": row.person.code,
            "name": row.person.name,
            "unit": row.person.unit,
            "unit_name": row.person.unit_name,
            "kind": class_word(say, row.person.kind),
            "roles": [(role_word(say, role), unit) for role, unit in row.roles],
            "channels": [channel_word(say, channel) for channel in row.channels],
        }
        for row in answer.rows
    ]
    return visitor.page(
        "people.html",
        title=say("People"),
        rows=rows,
        asked=asked,
        shown=Paging("/console/people", asked, number, answer.total),
        units=[("", say("all units")), *((each.id, each.name) for each in answer.units)],
        roles=[("", say("all")), *((role, role_word(say, role)) for role in ROLES)],
        reached=[
            ("", say("all")),
            ("bound", say("account bound")),
            ("unbound", say("no account bound")),
            ("unreached", say("last message not delivered")),
        ],
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


async def person(visitor: Visitor, request: Request) -> Response:
    """All about a member."""
    facts = await visitor.ask(ShowPerson(request.path_params["id"]))
    if isinstance(facts, Refused):
        return visitor.absent()
    say = visitor.say
    live = [row for row in facts.roles if row.until_on is None or row.until_on >= facts.today]
    return visitor.page(
        "person.html",
        title=facts.person.name,
        facts=facts,
        kind=class_word(say, facts.kind),
        roles=[(row, role_word(say, row.role), row in live) for row in facts.roles],
        live=[(row.id, f"{row.unit_name} {role_word(say, row.role)}") for row in live],
        deputies=[
            (row, role_word(say, row.role), row.until_on is None or row.until_on >= facts.today)
            for row in facts.deputies
        ],
        accounts=[
            (
                row.id,
                channel_word(say, row.channel),
                shortened(row.channel, row.address),
                visitor.moment(row.bound_at),
                visitor.moment(row.blocked_at),
            )
            for row in facts.accounts
        ],
        notices=[
            (
                row,
                channel_word(say, row.channel),
                *(visitor.moment(at) for at in (row.shown_at, row.acknowledged_at, row.declined_at)),
            )
            for row in facts.notices
        ],
        invitation=invitation_word(say, facts.invitation),
        invited_at=visitor.moment(facts.invited_at),
        may_give=[(name, role_word(say, name)) for name in facts.may.roles],
        units=[(each.id, each.name) for each in facts.may.units],
    )


async def invite(visitor: Visitor, request: Request) -> Response:
    """A personal link and PIN, shown in this answer and nowhere else."""
    drawn = await visitor.office.slowly(visitor.office.secrets.draw)
    wanted = Invite(request.path_params["id"], drawn.token, drawn.token_hash, drawn.pin, drawn.pin_hash)
    answer = await visitor.do(wanted)
    if isinstance(answer, Refused):
        return visitor.refused(answer, _page(request))
    link = f"{visitor.office.address}/chat/enter/{answer.token}"
    say, scene = visitor.say, visitor.office.phones.scene
    code = "" if scene is None else await scene(answer.token, answer.until - visitor.now)
    return visitor.page(
        "invitation.html",
        title=say("Invitation for {name}", name=answer.person.name),
        invitation=answer,
        until=visitor.moment(answer.until),
        address=link,
        picture=visitor.office.picture(link),
        wechat=scene is not None,
        wechat_picture=visitor.office.picture(code) if code else "",
        back=_page(request),
    )


def _page(request: Request) -> str:
    return f"/console/people/{request.path_params['id']}"


async def _done(visitor: Visitor, request: Request, wanted: object) -> Response:
    """Does what is wanted and goes back to the person's page, or says why not."""
    answer = wanted if isinstance(wanted, Refused) else await visitor.do(wanted)
    return visitor.refused(answer, _page(request)) if isinstance(answer, Refused) else visitor.to(_page(request))


async def unbind(visitor: Visitor, request: Request) -> Response:
    """Unbinds one account."""
    return await _done(
        visitor, request, EndAccount(request.path_params["id"], _whole(visitor.form.get("identity", "")))
    )


async def give_role(visitor: Visitor, request: Request) -> Response:
    """Gives a role."""
    form, member = visitor.form, request.path_params["id"]
    from_on, until_on = _day(form.get("from_on", "")), _day(form.get("until_on", ""))
    unit, role = _whole(form.get("unit", "")), form.get("role", "")
    if role not in ROLES or not unit:
        return visitor.refused(refuse("choose_one"), _page(request))
    if isinstance(from_on, Refused) or isinstance(until_on, Refused) or from_on is None:
        return visitor.refused(refuse("date_unclear"), _page(request))
    return await _done(visitor, request, GiveRole(member, role, unit, from_on, until_on))


async def end_role(visitor: Visitor, request: Request) -> Response:
    """Ends a role, at once when no last day is given."""
    last = _day(visitor.form.get("last", ""))
    if isinstance(last, Refused):
        return visitor.refused(last, _page(request))
    wanted = EndRole(request.path_params["id"], _whole(visitor.form.get("role", "")), last)
    return await _done(visitor, request, wanted)


async def name_deputy(visitor: Visitor, request: Request) -> Response:
    """Names a deputy in one role, between two days."""
    form, member = visitor.form, request.path_params["id"]
    from_on, until_on = _day(form.get("from_on", "")), _day(form.get("until_on", ""))
    if not isinstance(from_on, date) or not isinstance(until_on, date):
        return visitor.refused(refuse("date_unclear"), _page(request))
    wanted = NameDeputy(member, _whole(form.get("role", "")), form.get("deputy", "").strip()[:64], from_on, until_on)
    return await _done(visitor, request, wanted)


async def end_deputy(visitor: Visitor, request: Request) -> Response:
    """Ends a deputyship at once."""
    return await _done(visitor, request, EndDeputy(request.path_params["id"], _whole(visitor.form.get("deputy", ""))))


def _day(text: str) -> date | Refused | None:
    """A day from a form; None when the field was left empty."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return refuse("date_unclear")


PAGES: tuple[Page, ...] = (
    Page("GET", "/console/people", people),
    Page("GET", "/console/people/{id:int}", person),
    Page("POST", "/console/people/{id:int}/invite", invite),
    Page("POST", "/console/people/{id:int}/unbind", unbind),
    Page("POST", "/console/people/{id:int}/roles", give_role),
    Page("POST", "/console/people/{id:int}/roles/end", end_role),
    Page("POST", "/console/people/{id:int}/deputies", name_deputy),
    Page("POST", "/console/people/{id:int}/deputies/end", end_deputy),
)
