"""zhibu tasks: a plan is published, a period previewed and issued, plans listed and ended, in words."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.cluster import Cluster
from benchmarks.process import Server
from tests.flows.commands import zhibu
from tests.flows.town import HEAD

MEETING = "  - {code: meeting, name: 支部党员大会, every: month, due: {day: 25}, lead: 10}\n"


@pytest.fixture
def folder(settled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(settled, tmp_path / "town"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "plan.yaml")


def written(path: Path, text: str = HEAD + MEETING) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def anywhere(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the small house; where its database stands is in the environment."""
    if request.param == "sqlite":
        yield folder
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create(request.getfixturevalue("settled_there"))
    for path in folder.glob("zhibu.db*"):
        path.unlink()
    monkeypatch.setenv("ZHIBU_DATABASE_URL", cluster.url(name))
    yield folder
    cluster.drop(name)


def test_a_dry_run_says_who_would_get_what_and_writes_nothing(anywhere: Path, file: Path):
    for _ in range(2):
        ran = zhibu(anywhere, "tasks", "issue", str(file), "--period", "2031-05", "--dry-run")
        assert ran.returncode == 0, ran.stdout
        assert "支部党员大会，2031-05-25 截止，4 项" in ran.stdout
        assert "水务局第一党支部：沈书记、戴代理" in ran.stdout
        assert "档案局党支部：支部书记空缺" in ran.stdout
        assert "将下发 4 项任务" in ran.stdout
    assert "没有现行的任务计划" in zhibu(anywhere, "tasks", "list").stdout


def test_a_period_is_issued_once_and_the_plan_is_in_force_from_then_on(anywhere: Path, file: Path):
    first = zhibu(anywhere, "tasks", "issue", str(file), "--period", "2031-05")
    assert first.returncode == 0, first.stdout
    assert "党建任务，版本 1 已发布，适用于市直机关工委，自 2031-05-01 起" in first.stdout
    assert "已下发 4 项，另有 0 项此前已下发" in first.stdout
    assert "支部党员大会已下发至档案局党支部，该单位支部书记空缺" in first.stdout
    again = zhibu(anywhere, "tasks", "issue", str(file), "--period", "2031-05")
    assert "已下发 0 项，另有 4 项此前已下发" in again.stdout
    assert "（已下发）" in zhibu(anywhere, "tasks", "issue", str(file), "--period", "2031-05", "--dry-run").stdout
    listed = zhibu(anywhere, "tasks", "list").stdout
    assert "beats：党建任务" in listed
    assert "自 2031-05-01 起" in listed


def test_a_plan_is_published_the_same_again_changes_nothing_other_text_is_refused(folder: Path, file: Path):
    words = ("tasks", "publish", str(file), "--from", "2031-05-01")
    assert "市直机关工委" in zhibu(folder, *words).stdout
    again = zhibu(folder, *words)
    assert (again.returncode, "未作任何改动" in again.stdout) == (0, True), again.stdout
    written(file, HEAD + MEETING.replace("25", "26"))
    other = zhibu(folder, *words)
    assert (other.returncode, "不能修改" in other.stdout) == (1, True), other.stdout


def test_a_plan_for_a_unit_below_falls_only_there(folder: Path, file: Path):
    ran = zhibu(folder, "tasks", "issue", str(file), "--period", "2031-05", "--dry-run", "--unit", "o1")
    assert "将下发 2 项任务" in ran.stdout
    assert zhibu(folder, "tasks", "publish", str(file), "--unit", "nowhere").returncode == 1


@pytest.mark.parametrize(
    ("period", "told"),
    [("2020-05", "已过"), ("2031-Q1", "没有应下发的任务"), ("May", "不是有效的周期")],
)
def test_what_cannot_be_issued_is_said_and_nothing_is_published(folder: Path, file: Path, period: str, told: str):
    ran = zhibu(folder, "tasks", "issue", str(file), "--period", period)
    assert (ran.returncode, told in ran.stdout) == (1, True), ran.stdout
    assert "没有现行的任务计划" in zhibu(folder, "tasks", "list").stdout


def test_a_plan_that_does_not_read_is_refused(folder: Path, tmp_path: Path):
    ran = zhibu(folder, "tasks", "publish", str(written(tmp_path / "x.yaml", "plan: x\n")))
    assert ran.returncode == 1, ran.stdout


def test_criteria_nobody_posts_are_warned_of(folder: Path, tmp_path: Path):
    text = HEAD + "  - {code: one, name: 任务甲, every: month, terms: {posts: {done: T9}}}\n"
    ran = zhibu(folder, "tasks", "publish", str(written(tmp_path / "x.yaml", text)), "--from", "2031-05-01")
    assert (ran.returncode, "提示：任务甲不会按“T9”自动入账" in ran.stdout) == (0, True), ran.stdout


def test_a_plan_is_ended(folder: Path, file: Path):
    zhibu(folder, "tasks", "publish", str(file), "--from", "2031-05-01")
    assert "最后一天为 2031-12-31" in zhibu(folder, "tasks", "end", "beats", "--on", "2031-12-31").stdout
    assert "至 2031-12-31 止" in zhibu(folder, "tasks", "list").stdout
    assert zhibu(folder, "tasks", "end", "other").returncode == 1


def test_a_running_house_is_reached(folder: Path, file: Path, tmp_path: Path):
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=folder) as server:
        server.start()
        ran = zhibu(folder, "tasks", "issue", str(file), "--period", "2031-05")
        assert (ran.returncode, "已下发 4 项" in ran.stdout) == (0, True), ran.stdout
        published = zhibu(folder, "tasks", "publish", str(file))
        assert published.returncode == 0, published.stdout
        assert zhibu(folder, "tasks", "end", "beats").returncode == 0
