"""The year with members: each branch declares in a month of its own, the secretary approves all at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from bot.simulation.acts import Do
from bot.simulation.city import City
from handlers.declarations.forms import AddLines, Draft, Submit
from handlers.declarations.review import ApproveAll, Queue, ShowQueue

MOST_HOURS = 12
FIRST_DAY, LAST_DAY = 5, 24


class Months:
    """Which day which branch declares, and the day after approves."""

    def __init__(self, city: City, chance: Random, year: int) -> None:
        self._city = city
        self._chance = chance
        self._days: dict[date, list[int]] = {}
        self._waiting: list[int] = []
        for branch, people in city.branches.items():
            day = date(year, chance.randint(1, 12), chance.randint(FIRST_DAY, LAST_DAY))
            if people:
                self._days.setdefault(day, []).append(branch)

    def people(self, do: Do, today: date) -> None:
        """Secretaries approve what was declared the day before; then the branches of the day declare."""
        for branch in self._waiting:
            secretary = self._city.holders[branch, "secretary"]
            queue = do(secretary, ShowQueue())
            while isinstance(queue, Queue) and queue.pins:
                do(secretary, ApproveAll(queue.pins))
                queue = do(secretary, ShowQueue())
        due = sorted(day for day in self._days if day <= today)
        self._waiting = [branch for day in due for branch in self._days.pop(day)]
        for branch in self._waiting:
            for member in self._city.branches[branch]:
                hours = Decimal(self._chance.randint(1, MOST_HOURS))
                draft = do(member, AddLines((("V1", hours),)))
                if isinstance(draft, Draft):
                    do(member, Submit(tuple((line.id, line.edition) for line in draft.lines)))
