"""Members declare while the bot is killed under them; the large version is `make faults`."""

import shutil
from pathlib import Path

import pytest

from benchmarks.declaring import Declared
from benchmarks.kill import Outcome, Size, compare, run
from benchmarks.process import Samples
from bot.sample.marks import marked

ONE = Declared("m03", 2.0, 1.0)
OTHER = Declared("m04", 2.0, 1.0)


@pytest.fixture(scope="module")
def outcome(year: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    work = tmp_path_factory.mktemp("kill")
    seeded = Path(shutil.copytree(year, work / "year"))
    with marked(seeded):  # a folder without the mark is taken for one of real people
        pass
    return run(Samples(work, seeded), Size(declarations=60, kills=3, killing_s=12))


def test_every_acknowledged_declaration_is_stored_once(outcome: Outcome):
    assert outcome.acknowledged >= 60
    assert outcome.kills > 3
    assert (outcome.lost, outcome.double) == (0, 0)


def test_a_repeated_message_gets_the_same_reply(outcome: Outcome):
    assert outcome.repeated > 0
    assert outcome.differing == 0


def test_verify_and_status_find_nothing_wrong_after_the_kills(outcome: Outcome):
    assert outcome.faults == ()


@pytest.mark.parametrize(
    ("kept", "lost_and_double"),
    [
        ([ONE, OTHER], (0, 0)),
        ([ONE], (1, 0)),
        ([ONE, ONE, OTHER], (0, 1)),
        ([ONE, ONE], (1, 1)),
        ([Declared("m03", 2.0, 0), OTHER], (1, 1)),
    ],
    ids=["as told", "one is lost", "one is double", "one is lost and one double", "half of one is lost"],
)
def test_the_comparison_sees(kept: list[Declared], lost_and_double: tuple[int, int]):
    assert compare([ONE, OTHER], kept) == lost_and_double
