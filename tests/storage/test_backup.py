"""The database in a backup: one instant while others write, held against its manifest, made fit to go on."""

import os
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import announcements, backup, deliveries, inbox, invitations, outbox, upgrade
from storage.archive import Unfit, compress, unpack
from storage.engine import Connection, Database, sqlite_engine
from storage.tables import metadata
from tests.storage.packed import code, folder, packed, scratch
from tests.storage.sample import NOW, plant
from tests.storage.writer import no_file_beyond

__all__ = ["folder", "packed", "scratch"]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM evidence",
        "DELETE FROM audit",
        "UPDATE audit SET hash = 'other'",
        "INSERT INTO member (id, code, name, class) VALUES (99, 'x', 'x', 'x')",
    ],
)
def test_other_rows_than_the_manifest_says_are_found(packed: Path, scratch: Path, change: str):
    manifest = unpack(packed, scratch)
    connection = sqlite3.connect(scratch / "zhibu.db")
    assert connection.execute(change).rowcount > 0
    connection.commit()
    connection.close()
    with pytest.raises(Unfit) as error:
        backup.check(scratch / "zhibu.db", manifest)
    assert code(error) == "backup_rows_differ"


def test_a_row_that_points_nowhere_is_found(packed: Path, scratch: Path):
    manifest = unpack(packed, scratch)
    connection = sqlite3.connect(scratch / "zhibu.db")
    connection.execute("UPDATE evidence SET member_id = 12345 WHERE id = 1")
    connection.commit()
    connection.close()
    with pytest.raises(Unfit) as error:
        backup.check(scratch / "zhibu.db", manifest)
    assert code(error) == "backup_database_damaged"


def test_a_torn_page_is_found(packed: Path, scratch: Path):
    manifest = unpack(packed, scratch)
    with (scratch / "zhibu.db").open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        for page in range(4096, size, 4096):
            file.seek(page)
            file.write(b"\x77" * 64)
    with pytest.raises(Unfit) as error:
        backup.check(scratch / "zhibu.db", manifest)
    assert code(error) == "backup_database_damaged"


def test_a_newer_revision_is_refused_and_an_unknown_one_too(packed: Path, scratch: Path):
    unpack(packed, scratch)
    for revision in ("9999", "", "abc"):
        with pytest.raises(Unfit) as error:
            backup.bring_up(scratch / "zhibu.db", revision)
        assert code(error) == "backup_newer"


def test_an_older_backup_is_brought_up_to_date(tmp_path: Path):
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(upgrade.FOLDER))
    config.set_main_option("path_separator", "os")
    engine = sqlite_engine(tmp_path / "old.db")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    backup.bring_up(tmp_path / "old.db", "0001")
    with engine.connect() as connection:
        assert upgrade.revision(connection) == upgrade.newest()
    engine.dispose()


def test_the_copy_is_of_one_instant_while_others_write(tmp_path: Path):
    """Each unit writes two rows; a copy with an odd number would be torn, and one that waits for peace never ends."""
    source = tmp_path / "busy.db"
    database = Database(source)
    database.write(lambda c: c.exec_driver_sql("CREATE TABLE pair (id INTEGER PRIMARY KEY, text TEXT)") and None)

    def pair(connection: Connection) -> None:
        for _ in range(2):
            connection.exec_driver_sql("INSERT INTO pair (text) VALUES (?)", ("x" * 2000,))

    for _ in range(4000):
        database.submit(pair)
    database.write(pair)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            database.write(pair)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        before = database.read(lambda c: int(c.exec_driver_sql("SELECT count(*) FROM pair").scalar_one()))
        backup.snapshot(source, tmp_path / "copy.db")
        after = database.read(lambda c: int(c.exec_driver_sql("SELECT count(*) FROM pair").scalar_one()))
    finally:
        stop.set()
        writer.join()
        database.close()
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    (found,) = copy.execute("SELECT count(*) FROM pair").fetchone()
    copy.close()
    assert found % 2 == 0
    assert before <= found < after, "written to meanwhile"


def test_a_full_disk_is_said(folder: Path, tmp_path: Path):
    with no_file_beyond(100_000), pytest.raises(Unfit) as error:
        backup.snapshot(folder / "zhibu.db", tmp_path / "copy.db")
    assert code(error) == "backup_disk_full"
    with no_file_beyond(5_000), pytest.raises(OSError, match="File too large"):
        compress(folder / "zhibu.db", tmp_path / "copy.gz")


def test_a_source_that_is_no_database_is_said(tmp_path: Path):
    (tmp_path / "zhibu.db").write_bytes(b"something else" * 1000)
    with pytest.raises(Unfit) as error:
        backup.snapshot(tmp_path / "zhibu.db", tmp_path / "copy.db")
    assert code(error) == "backup_source_unreadable"


def test_a_restored_database_forgets_what_was_open(connection: sa.Connection):
    sample = plant(connection)
    later = NOW + timedelta(days=1)
    invitations.open_session(connection, "k" * 64, sample.wang, NOW, later)
    common = {"class": "urgent", "member_id": sample.wang, "channel": "webchat", "address": "m1"}
    rows = [
        {"key": state, "state": state, "due_at": NOW, "made_at": NOW, **common}
        for state in ("due", "sending", "sent", "failed", "unknown")
    ]
    outbox.put_all(connection, rows)
    waiting = {"member_id": sample.wang, "kind": "lines_decided", "key": "n", "facts": {}, "made_at": NOW}
    outbox.tell(connection, [waiting])
    question = inbox.DialogRow("Declare", {}, "text", "text", later)
    inbox.put_dialog(connection, "webchat", "m1", question)
    forgotten = backup.forget(connection, later)
    assert (forgotten.entrances, forgotten.buttons, forgotten.messages) == (1, 1, 3)
    assert invitations.session_member(connection, "k" * 64, NOW) is None
    assert inbox.dialog_of(connection, "webchat", "m1") is None
    assert deliveries.counts(connection) == {"unknown": 3, "sent": 1, "failed": 1}
    assert outbox.claim(connection, later + timedelta(days=30), 10) == []
    codes = connection.execute(sa.select(outbox.delivery.c.result, outbox.delivery.c.code)).all()
    assert [tuple(row) for row in codes] == [("unknown", "restored")] * 2
    assert connection.execute(sa.select(outbox.notice.c.state)).scalars().all() == ["lapsed"]


# one row of each table that is not kept as it was, in the state that must not go on
OPEN = """
INSERT INTO announcement (id, author_id, unit_id, audience_id, path, role, title, text, confirm_days, recipients,
    made_at, sent_at) VALUES (1, :who, :unit, :unit, '/', 'all', 't', 't', 0, 9, 0, 0);
INSERT INTO announcement_wave (key, announcement_id, kind, reached_to, made_at) VALUES ('w', 1, 'announcement', 3, 0);
INSERT INTO binding (member_id, channel, address, name, token_hash, state, asked_at)
    VALUES (:who, 'telegram', '5', 'n', 'h', 'asked', 0);
INSERT INTO console_link (token_hash, member_id, issued_at, expires_at) VALUES ('l', :who, 0, 9000000000000);
INSERT INTO console_session (key_hash, member_id, means, device, opened_at, seen_at, expires_at)
    VALUES ('k', :who, 'link', '', 0, 0, 9000000000000);
INSERT INTO console_rest (code_hash, failures, failed_at, rests_until) VALUES ('c', 5, 0, 9000000000000);
INSERT INTO console_password (member_id, hash, set_at) VALUES (:who, 'p', 0);
INSERT INTO invitation (token_hash, member_id, pin_hash, issued_at, expires_at, attempts)
    VALUES ('i', :who, 'p', 0, 9000000000000, 0);
INSERT INTO session (key_hash, member_id, opened_at, expires_at) VALUES ('s', :who, 0, 9000000000000);
INSERT INTO dialog (channel, address, kind, args, field, expects, expires_at)
    VALUES ('webchat', 'm1', 'k', '{}', 'f', 'text', 9000000000000);
INSERT INTO token (token, channel, address, position, label, kind, args, pushed, state, expires_at)
    VALUES ('t', 'webchat', 'm1', 0, 'l', 'k', '{}', :no, 'live', 9000000000000);
INSERT INTO outbox (key, class, member_id, channel, address, state, attempts, due_at, made_at)
    VALUES ('o', 'urgent', :who, 'webchat', 'm1', 'due', 0, 0, 0);
INSERT INTO notice (key, member_id, kind, facts, state, made_at)
    VALUES ('n', :who, 'lines_decided', '{}', 'waiting', 0);
INSERT INTO credential (channel, value, expires_at) VALUES ('wechat', 'a', 9000000000000);
INSERT INTO reply_window (channel, address, remaining, until) VALUES ('wechat', 'o1', 5, 9000000000000);
INSERT INTO batch (channel, addresses, made_at) VALUES ('wecom', '[]', 0);
INSERT INTO card (channel, task, address, code, expires_at) VALUES ('wecom', 't1', 'li', 'c', 9000000000000);
INSERT INTO phone_link (token_hash, member_id, page, issued_at, expires_at)
    VALUES ('pl', :who, 'declare', 0, 9000000000000);
INSERT INTO phone_session (key_hash, member_id, means, opened_at, expires_at)
    VALUES ('ps', :who, 'link', 0, 9000000000000)
"""


def contents(connection: sa.Connection) -> dict[str, list[str]]:
    return {name: sorted(map(str, connection.execute(sa.select(t)).all())) for name, t in metadata.tables.items()}


def test_every_table_is_kept_or_forgotten_when_a_database_is_restored(connection: sa.Connection):
    """A new table must be put into one of the lists; one that is forgotten needs an open row here."""
    assert sorted([*backup.KEPT, *backup.FORGOTTEN]) == sorted(metadata.tables)
    sample = plant(connection)
    for statement in OPEN.split(";"):
        connection.execute(sa.text(statement), {"who": sample.wang, "unit": sample.first, "no": False})
    before = contents(connection)
    assert backup.forget(connection, NOW).entrances == 6
    after = contents(connection)
    assert {name for name in before if before[name] != after[name]} == set(backup.FORGOTTEN)
    assert announcements.unfinished_wave(connection) is None
