"""Files are kept under the hash of their content; the same file on two lines is noticed."""

import hashlib
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import evidence
from storage.evidence import Filed, keep_file
from tests.storage.sample import NOW, Sample, add_line

CONTENT = "照片".encode() * 10_000
NAME = hashlib.sha256(CONTENT).hexdigest() + ".jpg"


def filed(content: str = "a") -> Filed:
    return Filed("photo", "现场.jpg", "image/jpeg", hashlib.sha256(content.encode()).hexdigest(), "evidence/a", 1)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_its_name_and_nothing_beside_it(tmp_path: Path):
    stored = keep_file(tmp_path, NAME, CONTENT)
    assert stored == f"evidence/{NAME[:2]}/{NAME}"
    assert files_in(tmp_path) == [tmp_path / stored]
    assert (tmp_path / stored).read_bytes() == CONTENT


def test_a_file_kept_twice_is_written_once(tmp_path: Path):
    stored = keep_file(tmp_path, NAME, CONTENT)
    before = (tmp_path / stored).stat().st_mtime_ns
    assert keep_file(tmp_path, NAME, CONTENT) == stored
    assert (tmp_path / stored).stat().st_mtime_ns == before


def test_what_a_broken_write_left_behind_does_not_pass_for_the_file(tmp_path: Path):
    stored = tmp_path / f"evidence/{NAME[:2]}/{NAME}"
    stored.parent.mkdir(parents=True)
    stored.with_suffix(".jpg.part").write_bytes(CONTENT[:5])
    keep_file(tmp_path, NAME, CONTENT)
    assert stored.read_bytes() == CONTENT


def test_the_same_file_may_be_sent_many_times_at_one_moment(tmp_path: Path):
    failed: list[BaseException] = []
    together = threading.Barrier(8)

    def keep() -> None:
        together.wait()
        try:
            keep_file(tmp_path, NAME, CONTENT)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=keep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [path.read_bytes() == CONTENT for path in files_in(tmp_path)] == [True]


def test_evidence_belongs_to_its_line_in_the_order_it_came(connection: sa.Connection, sample: Sample):
    line, other = (add_line(connection, sample, sample.wang) for _ in range(2))
    first = evidence.add(connection, sample.wang, line, filed("a"), NOW)
    second = evidence.add(connection, sample.wang, line, filed("b"), NOW)
    found = evidence.of_lines(connection, [line, other])
    assert {number: [row.id for row in rows] for number, rows in found.items()} == {line: [first, second]}
    assert evidence.stored_file(connection, first) == (line, "evidence/a", "image/jpeg", "现场.jpg")
    assert evidence.stored_file(connection, 999) is None


def test_what_a_member_sent_before_he_had_a_line_waits_for_it(connection: sa.Connection, sample: Sample):
    line = add_line(connection, sample, sample.wang)
    evidence.add(connection, sample.wang, None, filed("old"), NOW - timedelta(hours=2))
    waiting = evidence.add(connection, sample.wang, None, filed("new"), NOW)
    evidence.add(connection, sample.li, None, filed("other"), NOW)
    assert evidence.attach_waiting(connection, sample.wang, line, NOW - timedelta(hours=1)) == 1
    assert [row.id for row in evidence.of_lines(connection, [line])[line]] == [waiting]
    assert evidence.attach_waiting(connection, sample.wang, line, NOW - timedelta(hours=1)) == 0


def test_one_waiting_piece_is_attached_once_and_by_its_member(connection: sa.Connection, sample: Sample):
    line = add_line(connection, sample, sample.wang)
    piece = evidence.add(connection, sample.wang, None, filed(), NOW)
    assert evidence.attach(connection, sample.li, piece, line) is False
    assert evidence.attach(connection, sample.wang, piece, line) is True
    assert evidence.attach(connection, sample.wang, piece, line) is False


@pytest.mark.parametrize(
    ("first", "second", "noticed"),
    [(["a"], ["a"], True), (["a", "b"], ["c", "b"], True), (["a"], ["b"], False), (["a", "a"], ["b"], False)],
)
def test_the_same_content_on_another_line_is_noticed(
    connection: sa.Connection, sample: Sample, first: list[str], second: list[str], noticed: bool
):
    line, other = add_line(connection, sample, sample.wang), add_line(connection, sample, sample.li)
    for number, contents in ((line, first), (other, second)):
        for content in contents:
            evidence.add(connection, sample.wang, number, filed(content), NOW)
    assert evidence.used_elsewhere(connection, [line]) == ({line} if noticed else set())
