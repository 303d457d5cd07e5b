"""What the tests of deciding share: tasks that were reported or ask for more time, and a person's numbered lines."""

from datetime import date
from typing import Any

from handlers.context import Context
from handlers.tasks.around import happen
from handlers.tasks.telling import tell_more_time, tell_reported
from storage.tasks import rows
from storage.tasks.rows import TaskRow
from tests.flows.people import Person
from tests.flows.tasking import Town


def reported(town: Town, task: TaskRow, by: str, text: str = "已完成", **more: Any) -> TaskRow:
    """The task after somebody reported it, as a report leaves it."""

    def report(connection: Any) -> None:
        context = Context(connection, town.actor(by), town.now, town.parts.desk.house)
        now = rows.get(connection, task.id)
        assert now is not None
        values = {"report": text, "reported_at": town.now, "reported_by": town.members[by], **more}
        after = happen(context, now, "report", text=text, **values)
        assert isinstance(after, TaskRow)
        tell_reported(context, after)

    town.write(report)
    return town.task(task.id)


def asks_more_time(town: Town, task: TaskRow, by: str, until: str, reason: str = "材料未收齐") -> TaskRow:
    """The task after its carrier asked for more time."""

    def ask(connection: Any) -> None:
        context = Context(connection, town.actor(by), town.now, town.parts.desk.house)
        now = rows.get(connection, task.id)
        assert now is not None
        after = happen(context, now, "ask_more_time", wanted_on=date.fromisoformat(until), wanted_reason=reason)
        assert isinstance(after, TaskRow)
        tell_more_time(context, after)

    town.write(ask)
    return town.task(task.id)


def numbered(person: Person) -> list[str]:
    """The numbered lines of the last screens."""
    return [line for screen in person.screens for line in screen["lines"] if line[:1].isdigit()]
