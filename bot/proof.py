"""Evidence over the web: a list of a line's files, and each as a download that no browser runs."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bot.webchat import SECURITY, Front
from handlers.context import Refused
from handlers.declarations.proof import ListEvidence, ListTaskEvidence, OpenEvidence
from rules.access import Actor
from screens.problems import sentence
from screens.texts import clean

LISTS = {"line": ListEvidence, "task": ListTaskEvidence}
"""What evidence may belong to, as its address names it."""


async def proofs(front: Front, request: Request, actor: Actor) -> Response:
    """All evidence of a line or a task, by name."""
    wanted = LISTS.get(request.path_params["of"])
    if wanted is None:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    query = wanted(request.path_params["id"])
    answer = await asyncio.to_thread(front.desk.ask, actor, query, front.clock.now())
    if isinstance(answer, Refused):
        lines = [sentence(front.say, problem) for problem in answer.problems]
        return front.page("plain.html", 404, title=front.say("Not done"), lines=lines, link=None)
    links = [{"href": f"/chat/evidence/{each.id}", "label": clean(each.name)} for each in answer.files]
    return front.page("plain.html", title=front.say("Evidence"), lines=[], link=None, links=links)


async def proof(front: Front, request: Request, actor: Actor) -> Response:
    """A piece of evidence, as a download that no browser runs."""
    query = OpenEvidence(request.path_params["id"])
    answer = await asyncio.to_thread(front.desk.ask, actor, query, front.clock.now())
    if isinstance(answer, Refused):
        lines = [sentence(front.say, problem) for problem in answer.problems]
        return front.page("plain.html", 404, title=front.say("Not done"), lines=lines, link=None)
    headers = {**SECURITY, "Content-Security-Policy": "sandbox; default-src 'none'"}
    path = front.settings.data / answer.stored
    return FileResponse(path, media_type=answer.media_type, filename=answer.name, headers=headers)
