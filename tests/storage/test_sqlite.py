"""What only SQLite has: one file, one writer, and a disk that can be full."""

import os
import resource
import sqlite3
import stat
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.storage import sqlite
from bot.storage.database import Database, DatabaseAway, Prepared
from bot.storage.secrets import Vault
from bot.storage.tables import conversation
from bot.storage.write_lock import WriteLock
from tests.storage.parents import begin

IDS = Prepared(select(conversation.c.id))


def pragma(database: Database, name: str) -> object:
    assert database.path is not None
    connection = sqlite.connect(database.path)
    try:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("trusted_schema", 0)],
)
def test_every_connection_is_set_for_safety(sqlite_database: Database, name: str, value: object) -> None:
    assert pragma(sqlite_database, name) == value


def test_nobody_else_on_the_machine_can_read_it(sqlite_database: Database, vault: Vault) -> None:
    sqlite_database.write(lambda tx: begin(tx, vault))
    path = sqlite_database.path
    assert path is not None
    made = path.with_name("made.db")
    sqlite.create_file(made)
    lock = path.with_name(path.name + ".lock")
    assert {stat.S_IMODE(each.stat().st_mode) for each in (made, lock)} == {0o600}


def test_a_writer_that_does_not_finish_makes_others_away_not_stuck(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    assert sqlite_database.path is not None
    stopped = WriteLock(sqlite_database.path.with_name(sqlite_database.path.name + ".lock"))
    assert stopped.acquire(1)
    try:
        with pytest.raises(DatabaseAway):
            sqlite_database.write(lambda tx: None)
        sqlite_database.read(lambda tx: tx.rows(IDS))
    finally:
        stopped.release()
        stopped.close()
    sqlite_database.write(lambda tx: None)


def test_a_stranger_who_writes_without_our_lock_is_waited_for(sqlite_database: Database, vault: Vault) -> None:
    assert sqlite_database.path is not None
    stranger = sqlite.connect(sqlite_database.path)
    stranger.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, stranger.execute, ["COMMIT"])
    timer.start()
    sqlite_database.write(lambda tx: begin(tx, vault))
    timer.join()
    stranger.close()
    assert len(sqlite_database.read(lambda tx: tx.rows(IDS))) == 1


def test_a_file_that_is_no_database_is_away(sqlite_database: Database) -> None:
    assert sqlite_database.path is not None
    sqlite_database.path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(DatabaseAway):
        sqlite_database.write(lambda tx: None)


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """A full disk, as this process feels it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_away_and_heals_by_itself(sqlite_database: Database, vault: Vault) -> None:
    sqlite_database.write(lambda tx: begin(tx, vault, "+447700900001"))
    with files_no_longer_than(4096), pytest.raises(DatabaseAway):
        sqlite_database.write(lambda tx: begin(tx, vault, "+447700900002"))
    assert len(sqlite_database.read(lambda tx: tx.rows(IDS))) == 1
    sqlite_database.write(lambda tx: begin(tx, vault, "+447700900003"))
    assert len(sqlite_database.read(lambda tx: tx.rows(IDS))) == 2
    assert pragma(sqlite_database, "integrity_check") == "ok"


def forked(work: Callable[[], object]) -> int:
    """Runs `work` in a forked child; its id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are threads here; the child needs none of them
        child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return child


def test_a_forked_child_opens_its_own_connection(
    sqlite_database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_database.write(lambda tx: begin(tx, vault, "+447700900001"))
    opened: list[Path] = []
    real = sqlite.connect

    def connect(path: Path) -> sqlite3.Connection:
        opened.append(path)
        return real(path)

    monkeypatch.setattr(sqlite, "connect", connect)

    def in_the_child() -> None:
        sqlite_database.write(lambda tx: begin(tx, vault, "+447700900002"))
        if len(opened) != 1:
            raise AssertionError

    child = forked(in_the_child)
    sqlite_database.write(lambda tx: begin(tx, vault, "+447700900003"))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(sqlite_database.read(lambda tx: tx.rows(IDS))) == 3
    assert pragma(sqlite_database, "integrity_check") == "ok"


def test_a_forked_child_does_not_think_it_holds_its_parents_lock(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock")
    assert lock.acquire(1)

    def child() -> None:
        lock.forget_parent()
        if lock.acquire(0.05):
            raise AssertionError

    assert os.waitstatus_to_exitcode(os.waitpid(forked(child), 0)[1]) == 0
    lock.release()
    lock.close()


def test_what_a_forked_process_writes_outlives_its_parent(sqlite_database: Database, vault: Vault) -> None:
    """A server's parent is killed, its child answers one more text, and the next server has come meanwhile."""
    sqlite_database.close()
    (told, tells), (waits, goes) = os.pipe(), os.pipe()

    def parent() -> None:
        mine = Database(str(sqlite_database.url))
        mine.read(lambda tx: tx.rows(IDS))

        def child() -> None:
            mine.read(lambda tx: tx.rows(IDS))
            os.write(tells, b"1")
            os.read(waits, 1)
            mine.write(lambda tx: begin(tx, vault))

        forked(child)

    os.waitpid(forked(parent), 0)
    os.close(tells)
    assert os.read(told, 1) == b"1"
    sqlite_database.read(lambda tx: tx.rows(IDS))
    sqlite_database.close()  # whoever closes last puts the log away
    os.write(goes, b"1")
    assert os.read(told, 1) == b"", "the child has ended"
    for end in (told, waits, goes):
        os.close(end)
    assert len(sqlite_database.read(lambda tx: tx.rows(IDS))) == 1, "acknowledged, and lost"
    assert pragma(sqlite_database, "integrity_check") == "ok"


def test_erased_content_leaves_the_log_as_well(sqlite_database: Database, vault: Vault) -> None:
    sqlite_database.write(lambda tx: begin(tx, vault))
    sqlite_database.checkpoint()
    assert sqlite_database.path is not None
    assert sqlite_database.path.with_name(sqlite_database.path.name + "-wal").stat().st_size == 0


def test_the_user_store_opens_the_same_file(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
