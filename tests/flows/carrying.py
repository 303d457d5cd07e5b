"""What the tests of who carries tasks share: opening one in chat, changing its row, and what became of it."""

from handlers.context import Refused
from storage.evidence import evidence
from storage.tasks import rows
from storage.tasks.rows import TaskRow
from storage.tasks.tables import task as task_table
from tests.flows.people import Person
from tests.flows.tasking import Town
from tests.houses import looking


def opened(town: Town, code: str = "s1") -> Person:
    """Somebody's chat after he typed 任务."""
    person = town.people[code]
    person.say("任务")
    return person


def settle(town: Town, number: int, **values: object) -> None:
    """Changes the row of a task as if somebody had."""
    changed = {"edition": 2} | values
    query = task_table.update().where(task_table.c.id == number).values(**changed)
    town.write(lambda connection: connection.execute(query))


def files(town: Town, task: TaskRow) -> list[str]:
    query = evidence.select().where(evidence.c.task_id == task.id).order_by(evidence.c.id)
    with looking(town.parts) as connection:
        return [row.name for row in connection.execute(query)]


def deeds(town: Town, task: TaskRow) -> list[str]:
    with looking(town.parts) as connection:
        return [each.deed for each in rows.events_of(connection, task.id)]


def code_of(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.problems[0].code
