"""催办: reminding by hand all who have not answered a task or an announcement, after a look at whom it reaches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from msgspec import Struct, structs

from handlers.announcements.status import managed
from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks.around import carriers, decided, note, seen, terms_of
from handlers.tasks.state import reaches
from handlers.tasks.telling import facts_of
from handlers.ways import taken_by
from rules.access import DECIDING, Reach
from storage import announcements, confirmations, outbox
from storage.confirmations import Listed
from storage.tasks import lists
from storage.tasks.lists import Counts
from storage.tasks.rows import TaskRow

LISTED, MOST_SILENT = 10, 2000
AHEAD, BACK = timedelta(days=92), timedelta(days=366)
NONE = Reach()


class UrgeMenu(Struct, frozen=True):
    """催办: what can be urged."""


class PreviewUrging(Struct, frozen=True):
    """Whom reminding would reach: of the tasks issued with one that stand `which` way, or of an announcement."""

    task: int = 0
    which: str = "open"
    announcement: int = 0


class UrgeTasks(Struct, frozen=True):
    """Reminds who carries them; once a day a task and person."""

    task: int
    which: str = "open"


class Urgeable(Struct, frozen=True):
    """Tasks that are open, and announcements that are not confirmed by all."""

    tasks: tuple[Counts, ...]
    announcements: tuple[Listed, ...]


class UrgingPreview(Struct, frozen=True):
    """Names of those who would be reminded, how many by which channel, and whom nothing reaches: name and why ("" for
    who has no account). `today` were reminded today already, `vacant` tasks have nobody to remind. Of very many
    `people` only the first are looked at."""

    request: PreviewUrging
    title: str
    people: int
    names: tuple[str, ...]
    channels: dict[str, int]
    unreached: tuple[tuple[str, str], ...]
    today: int
    vacant: int


class TasksUrged(Struct, frozen=True):
    """How many people were reminded of how many tasks."""

    title: str
    people: int
    tasks: int
    first: int


Wanted = list[tuple[TaskRow, int]]
"""Tasks, each with a member who carries it and has not been reminded of it today."""


def urge_menu(context: Context, _request: UrgeMenu) -> Urgeable | Refused:
    """What the actor's own units issued or announced."""
    units = frozenset(grant.unit for grant in context.actor.grants if grant.role in DECIDING)
    if not units:
        return refuse("not_looking_after")
    today = context.today
    own = Reach(units=units)
    issued = lists.states(context.connection, NONE, own, today - BACK, today + AHEAD, today)
    sent = confirmations.sent(context.connection, sorted(units), [], 0, LISTED * 2)
    silent = [row for row in sent if not row.withdrawn and row.confirmed < row.recipients]
    return Urgeable(tuple(each for each in issued if each.open)[:LISTED], tuple(silent[:LISTED]))


def preview_urging(context: Context, request: PreviewUrging) -> UrgingPreview | Refused:
    """Nobody is reminded before this was looked at."""
    if request.announcement:
        return _of_announcement(context, request)
    found = _wanted(context, request.task, request.which)
    if isinstance(found, Refused):
        return found
    one, wanted, today, vacant = found
    shown = _preview(context, request, one.title, [member for _, member in wanted])
    return structs.replace(shown, today=today, vacant=vacant)


def _of_announcement(context: Context, request: PreviewUrging) -> UrgingPreview | Refused:
    found = managed(context, request.announcement)
    if isinstance(found, Refused):
        return found
    row, _ = found
    if row.withdrawn_at is not None:
        return refuse("announcement_withdrawn")
    day = row.sent_on or context.today
    silent = confirmations.silent(context.connection, row.id, day, 0, MOST_SILENT)
    if not silent:
        return refuse("announcement_confirmed")
    urged = announcements.waves_of(context.connection, [f"announcement_urged:{row.id}:{context.today.isoformat()}"])
    left = confirmations.left(context.connection, row.id)
    if urged:
        return UrgingPreview(request, row.title, 0, (), {}, (), left, 0)
    shown = _preview(context, request, row.title, [each.member for each in silent])
    return structs.replace(shown, people=left)


def _preview(context: Context, request: PreviewUrging, title: str, people: Sequence[int]) -> UrgingPreview:
    once = list(dict.fromkeys(people))
    names, taken = context.names(once), taken_by(context, once)
    channels: dict[str, int] = {}
    unreached = []
    for member in once:
        way = taken[member]
        if way.channel is None or way.shut:
            unreached.append((names[member], way.shut))
        else:
            channels[way.channel] = channels.get(way.channel, 0) + 1
    shown = tuple(names[each] for each in once)
    return UrgingPreview(request, title, len(once), shown, channels, tuple(unreached), 0, 0)


def _wanted(context: Context, number: int, which: str) -> tuple[TaskRow, Wanted, int, int] | Refused:
    """The task, whom to remind of which, how many were reminded today, and how many tasks nobody carries."""
    one = seen(context, number)
    if isinstance(one, Refused):
        return one
    if which not in ("open", "overdue", "help"):
        return refuse("filter_unclear")
    found = lists.issued_with(context.connection, one, which, reaches(context), context.today)
    granted = decided(context, found)
    tasks = [task for task in found if task.id in granted]
    if not tasks:
        return refuse("nobody_to_urge")
    carried = carriers(context, tasks)
    pairs = [(task, holder.member) for task in tasks for holder in carried[task.id]]
    known = outbox.known_keys(context.connection, [_key(context, task, member) for task, member in pairs])
    fresh = [(task, member) for task, member in pairs if _key(context, task, member) not in known]
    vacant = sum(not carried[task.id] for task in tasks)
    return one, fresh, _people(pairs) - _people(fresh), vacant


def _people(pairs: Collection[tuple[TaskRow, int]]) -> int:
    return len({member for _, member in pairs})


def _key(context: Context, task: TaskRow, member: int) -> str:
    return f"urged:{task.id}:{context.today.isoformat()}:{member}"


def urge_tasks(context: Context, request: UrgeTasks) -> TasksUrged | Refused:
    """The key of each notice holds the day: a second tap reminds nobody."""
    found = _wanted(context, request.task, request.which)
    if isinstance(found, Refused):
        return found
    one, wanted, today, _ = found
    if not wanted:
        return refuse("urged_today" if today else "nobody_to_urge")
    rows = []
    for task, member in wanted:
        facts = facts_of(context, task) | {"compulsory": terms_of(context, task).compulsory}
        rows.append({"member_id": member, "kind": "task_urged", "key": _key(context, task, member), "facts": facts})
    context.tell_all(rows)
    tasks = list(dict.fromkeys(task.id for task, _ in wanted))
    note(context, tasks, "urge")
    return TasksUrged(one.title, _people(wanted), len(tasks), one.id)


REQUESTS: dict[type, Handler] = {
    UrgeMenu: urge_menu,
    PreviewUrging: preview_urging,
    UrgeTasks: urge_tasks,
}
