"""The database stops, is locked, loses its disk, and comes back: 503 meanwhile, by itself afterwards, nothing lost."""

import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.storage import sqlite
from bot.storage.database import Database
from bot.storage.migrations import upgrade
from bot.storage.postgresql import connect_arguments
from tests.faults.checker import DANGER
from tests.faults.stand import Stand, database_is_seen, open_stand
from tests.storage.engines import Cluster

only_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize(
    "engine_name", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def all_is_well(stand: Stand) -> None:
    """By itself: nobody restarts or repairs anything."""
    before = len(stand.statuses())
    stand.new_phone().text(DANGER[1])
    assert stand.statuses()[before:] == [200]
    stand.settle()
    assert stand.breaches() == []
    assert database_is_seen(stand)


def texts_meet(stand: Stand, status: int) -> None:
    """Two parents text; Twilio tries twice for each."""
    before = len(stand.statuses())
    for words in DANGER:
        stand.new_phone().text(words)
    assert stand.statuses()[before:] == [status] * 4


# --- PostgreSQL


@pytest.mark.postgres
def test_postgresql_is_stopped_at_once_and_comes_back(postgres_of_its_own: Cluster, tmp_path: Path) -> None:
    upgrade(postgres_of_its_own.url)
    database = Database(postgres_of_its_own.url)
    with open_stand(database, tmp_path) as stand:
        for _ in range(3):
            stand.new_phone().text(DANGER[0])
        postgres_of_its_own.stop()
        texts_meet(stand, 503)
        assert not database_is_seen(stand)
        postgres_of_its_own.start()
        all_is_well(stand)
        database.close()


@only_postgresql
def test_backends_of_postgresql_are_ended_while_parents_text(stand: Stand, database_url: str) -> None:
    over = threading.Event()

    def end_backends() -> None:
        with psycopg.connect(autocommit=True, **connect_arguments(make_url(database_url))) as stranger:
            while not over.wait(0.01):
                stranger.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    ending = threading.Thread(target=end_backends)
    ending.start()
    try:
        for number in range(60):
            stand.new_phone().text(DANGER[number % 2])
    finally:
        over.set()
        ending.join(30)
    assert set(stand.statuses()) <= {200, 503}
    all_is_well(stand)


@only_postgresql
def test_a_full_disk_of_postgresql_is_a_503(stand: Stand, database_url: str) -> None:
    """The server's own refusal (53100), raised by a trigger: a volume that is really full is not made here."""
    with psycopg.connect(autocommit=True, **connect_arguments(make_url(database_url))) as owner:
        owner.execute(
            "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$"
        )
        try:
            for table in ("inbound_message", "alert", "outbound_message"):
                owner.execute(
                    f"CREATE TRIGGER disk_full BEFORE INSERT ON {table}"  # type: ignore[arg-type]
                    " FOR EACH ROW EXECUTE FUNCTION disk_full()"
                )
                texts_meet(stand, 503)
                owner.execute(f"DROP TRIGGER disk_full ON {table}")  # type: ignore[arg-type]
        finally:
            owner.execute("DROP FUNCTION disk_full CASCADE")
    all_is_well(stand)


# --- SQLite


@only_sqlite
def test_sqlite_is_locked_by_somebody_who_does_not_let_go(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)  # what we wait for never comes, however long
    stand.desk.database.close()
    path = stand.desk.database.path
    assert path is not None
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    texts_meet(stand, 503)
    stranger.execute("COMMIT")
    stranger.close()
    monkeypatch.undo()
    stand.desk.database.close()
    all_is_well(stand)


@only_sqlite
def test_the_file_of_sqlite_is_gone_and_comes_back(stand: Stand) -> None:
    path = stand.desk.database.path
    assert path is not None
    stand.new_phone().text(DANGER[0])
    stand.desk.database.checkpoint()
    stand.desk.database.close()
    path.rename(path.with_suffix(".away"))
    texts_meet(stand, 503)
    assert not path.exists(), "an absent database is away: it is never begun anew"
    path.with_suffix(".away").rename(path)
    all_is_well(stand)


@contextmanager
def no_space_beyond(size: int) -> Iterator[None]:
    """A full disk, as this process feels it: no file grows beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@only_sqlite
@pytest.mark.parametrize("more", [0, 1, 3, 6, 12], ids="{} pages left".format)
def test_the_disk_of_sqlite_fills_up_in_the_middle_of_a_text(stand: Stand, more: int) -> None:
    path = stand.desk.database.path
    assert path is not None
    stand.new_phone().text(DANGER[0])
    log = path.with_name(path.name + "-wal")
    with no_space_beyond(log.stat().st_size + more * 4096):
        before = len(stand.statuses())
        for number in range(8):
            stand.new_phone().text(DANGER[number % 2])
        assert set(stand.statuses()[before:]) <= {200, 503}
        assert stand.statuses()[-1] == 503, "it is full by now"
        assert database_is_seen(stand), "reading goes on"
        assert not [breach for breach in stand.breaches() if "acknowledged" in breach or "check" in breach]
    all_is_well(stand)
