"""The sign-in's own way to the database: it waits its turn, hands it on, and says when the database is away."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.storage import sqlite
from bot.storage.database import Database, DatabaseAway
from bot.storage.migrations import upgrade
from bot.storage.secrets import Vault
from bot.storage.staff import user_session
from bot.storage.write_lock import WriteLock
from bot.web.console.people import Staff
from tests.storage.engines import Cluster
from tests.storage.parents import begin


def somebody(name: str) -> Staff:
    person = Staff()
    person.email, person.active, person.fs_uniquifier = f"{name}@example.wales", True, name
    return person


def lock_of(database: Database) -> WriteLock:
    assert database.path is not None
    return WriteLock(database.path.with_name(database.path.name + ".lock"))


def test_a_sign_in_waits_its_turn_like_a_text(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself is free: only the lock that writers hand on to each other is held."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    writing, store = lock_of(sqlite_database), user_session(sqlite_database)
    assert writing.acquire(1)
    store.add(somebody("ann"))
    with pytest.raises(DatabaseAway, match="waited too long"):
        store.commit()
    store.remove()
    writing.release()
    store.add(somebody("ann"))
    store.commit()
    assert store.query(Staff).count() == 1
    store.remove()
    writing.close()


def test_a_lock_that_cannot_be_opened_is_away(sqlite_database: Database) -> None:
    assert sqlite_database.path is not None
    sqlite_database.path.with_name(sqlite_database.path.name + ".lock").mkdir()
    store = user_session(sqlite_database)
    store.add(somebody("ann"))
    with pytest.raises(DatabaseAway, match="lock file"):
        store.commit()
    store.remove()


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_the_turn_is_handed_on_however_it_ends(sqlite_database: Database, vault: Vault, end: str) -> None:
    writing, store = lock_of(sqlite_database), user_session(sqlite_database)
    store.add(somebody("ann"))
    store.flush()
    assert not writing.acquire(0)
    getattr(store, end)()
    assert writing.acquire(0)
    writing.close()
    sqlite_database.write(lambda tx: begin(tx, vault))
    store.remove()


def test_who_only_reads_waits_for_nobody(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    writing, store = lock_of(sqlite_database), user_session(sqlite_database)
    assert writing.acquire(1)
    assert store.query(Staff).count() == 0
    store.remove()
    writing.close()


def test_a_file_that_is_gone_is_away(sqlite_database: Database) -> None:
    store = user_session(sqlite_database)
    assert sqlite_database.path is not None
    sqlite_database.close()
    Path(sqlite_database.path).unlink()
    with pytest.raises(DatabaseAway):
        store.query(Staff).count()
    store.remove()


@pytest.mark.postgres
def test_a_server_that_is_gone_is_away_and_one_that_came_back_is_there(postgres_of_its_own: Cluster) -> None:
    upgrade(postgres_of_its_own.url)
    database = Database(postgres_of_its_own.url)
    store = user_session(database)
    assert store.query(Staff).count() == 0
    store.remove()
    postgres_of_its_own.stop()
    with pytest.raises(DatabaseAway):
        store.query(Staff).count()
    store.remove()
    postgres_of_its_own.start()
    assert store.query(Staff).count() == 0
    store.remove()
    database.close()


def test_a_fault_of_ours_stays_a_fault(database: Database) -> None:
    with database.engine.connect() as connection, pytest.raises(Exception, match="no_such_table") as raised:
        connection.execute(text("SELECT * FROM no_such_table"))
    assert not isinstance(raised.value, DatabaseAway)
