"""Two processes, now one and now the other frozen past its lease; the large version is `make faults`."""

from pathlib import Path

from benchmarks.cluster import Cluster
from benchmarks.zombie import Size, run


def test_who_was_frozen_sends_nothing_that_another_has_sent_and_does_no_job_again(
    postgres: Cluster, year_there: str, tmp_path: Path
):
    outcome = run(tmp_path, postgres, postgres.create(year_there), Size(freezes=3))
    assert outcome.notices > 200
    assert outcome.leaders > 1
    assert outcome.jobs > 0
    assert (outcome.double, outcome.lost, outcome.jobs_double, outcome.faults) == (0, 0, 0, ())
