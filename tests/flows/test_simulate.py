"""zhibu simulate: years in virtual time, the same from the same seed; what breaks is told."""

from pathlib import Path

import pytest

from bot.simulation.city import Size
from bot.simulation.run import Simulation, Year
from screens.simulation import broken_lines
from screens.texts import words
from storage.metadata import metadata
from tests.flows.commands import zhibu

SMALL = Size(6, organisations=3, branches=3)
TASK = metadata.tables["task"]
OUTBOX = metadata.tables["outbox"]


def a_year(folder: Path, seed: int) -> Year:
    folder.mkdir()
    simulation = Simulation(folder, SMALL, 1, seed)
    try:
        return simulation.run(lambda _: None)[0]
    finally:
        simulation.close()


def test_the_same_seed_gives_the_same_year_and_another_seed_another(tmp_path: Path):
    first, again, other = (a_year(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert first == again
    assert first != other
    assert first.broken == other.broken == {}


def test_every_task_and_declaration_of_a_year_is_counted(tmp_path: Path):
    found = a_year(tmp_path / "a", 3).figures
    # 3 organisations × (12 months, 2 half years, 1 year), 6 grids × 6, 3 branches × 4 quarters
    assert found["issued"] == 3 * 15 + 6 * 6 + 3 * 4
    assert found["declarations"] == found["approvals"] == 6
    assert found["in_time"] > found["late"]
    assert found["digests"] > 0


def twice(connection):
    row = dict(connection.execute(TASK.select().limit(1)).mappings().one())
    connection.execute(TASK.insert(), {**row, "id": None, "key": "duty:another"})


def unsent(connection):
    connection.execute(OUTBOX.update().where(OUTBOX.c.id == 1).values(state="failed"))


def digest_twice(connection):
    digest = OUTBOX.select().where(OUTBOX.c["class"] == "digest").limit(1)
    row = dict(connection.execute(digest).mappings().one())
    connection.execute(OUTBOX.insert(), {**row, "id": None, "key": "digest:another"})


HARMS = ((twice, "task_twice"), (digest_twice, "digest_twice"), (unsent, "message_unsent"))


def test_every_row_that_breaks_what_must_hold_is_told(tmp_path: Path):
    simulation = Simulation(tmp_path, Size(0, organisations=1, branches=1), 1, 1)
    simulation.run(lambda _: None)
    expected: dict[str, int] = {}
    for harm, matter in HARMS:
        simulation.database.write(harm)
        expected[matter] = 1
        found = simulation.judged(2026).broken
        assert found == expected
        assert all(line.endswith(": 1") for line in broken_lines(words("en"), found))
    simulation.close()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [("--years", "0", "1 到 50"), ("--years", "200", "1 到 50"), ("--members", "-1", "0 到 200000")],
)
def test_nonsense_is_refused_with_words(tmp_path: Path, option: str, value: str, told: str):
    ran = zhibu(tmp_path, "simulate", option, value)
    assert ran.returncode == 2
    assert told in ran.stdout
    assert not list(tmp_path.iterdir())
