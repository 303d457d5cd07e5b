"""Two processes on one PostgreSQL, now one and now the other killed; the large version is `make faults`."""

from pathlib import Path

from benchmarks.cluster import Cluster
from benchmarks.postgres import Size, run


def test_nothing_acknowledged_is_lost_or_done_twice(postgres: Cluster, year_there: str, tmp_path: Path):
    outcome = run(tmp_path, postgres, postgres.create(year_there), Size(requests=120, kills=2, asked_again=20))
    assert outcome.requests >= 120
    assert outcome.kills >= 2
    assert outcome.approved > 0
    assert outcome.repeated > 0
    assert (outcome.lost, outcome.double, outcome.differing, outcome.faults) == (0, 0, 0, ())
