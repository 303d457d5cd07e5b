"""The member's word on an entry the organisation made."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.view import LineView, views
from rules.declarations import check_note
from storage import declarations, members, reviews


class Answer(Struct, frozen=True):
    """The member's word on an entry the organisation made."""

    line: int
    text: str = ""


class AnswerQuestion(Struct, frozen=True):
    """What does the member want to say about this entry?"""

    line: LineView


class Answered(Struct, frozen=True):
    """The answer reached the one who made the entry."""

    to: str


def answer(context: Context, request: Answer) -> AnswerQuestion | Answered | Refused:
    """Keeps the member's word with the line and passes it on."""
    line = declarations.by_ids(context.connection, [request.line]).get(request.line)
    if line is None or line.member != context.actor.member:
        return refuse("line_unknown")
    shown = views(context, [line])[0]
    if not request.text:
        return AnswerQuestion(shown)
    problems = check_note(request.text)
    if problems:
        return Refused(tuple(problems))
    reviews.add_remark(context.connection, line.id, context.actor.member, request.text, context.now)
    context.audit("answer", "line", line.id)
    facts = {"name": shown.criterion.name, "by": context.actor.name, "text": request.text, "points": str(line.points)}
    key = f"answer:{line.id}:{int(context.now.timestamp() * 1000)}"
    context.tell(line.recorded_by, "member_answered", key, facts)
    return Answered(members.names(context.connection, [line.recorded_by])[line.recorded_by])


REQUESTS: dict[type, Handler] = {Answer: answer}
