"""A task as who decides about it sees it: with its terms, who carries it, what was reported and its evidence."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from handlers.context import Context
from handlers.tasks.around import carriers, terms_of
from rules.tasks.plan import Terms
from storage import evidence
from storage.evidence import EvidenceRow
from storage.tasks.rows import TaskRow


class TaskView(Struct, frozen=True):
    """A task for people: names instead of numbers; nobody in `carried_by` when the role is vacant."""

    task: TaskRow
    terms: Terms
    carried_by: tuple[str, ...]
    reported_by: str
    settled_by: str
    files: tuple[EvidenceRow, ...]
    reported_late: bool

    @property
    def pin(self) -> tuple[int, int]:
        """What a button pins: the task as it was shown."""
        return self.task.id, self.task.edition


def views(context: Context, tasks: Sequence[TaskRow]) -> list[TaskView]:
    """Tasks for people, in the same order; a query for all names, one for all evidence, one a role."""
    carried = carriers(context, tasks)
    files = evidence.of_tasks(context.connection, [task.id for task in tasks])
    people = {holder.member for some in carried.values() for holder in some if holder.deputy_of is None}
    people |= {number for task in tasks for number in (task.reported_by, task.settled_by) if number is not None}
    names = context.names(people)
    return [
        TaskView(
            task,
            terms_of(context, task),
            tuple(names[holder.member] for holder in carried[task.id] if holder.deputy_of is None),
            names[task.reported_by] if task.reported_by else "",
            names[task.settled_by] if task.settled_by else "",
            tuple(files.get(task.id, ())),
            task.reported_at is not None and context.house.today(task.reported_at) > task.due_on,
        )
        for task in tasks
    ]
