"""What only PostgreSQL has: other people's transactions, and a server that can go away."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, make_url, select

from bot.storage import conversations, outbox, postgresql
from bot.storage.database import ConstraintBroken, Database, DatabaseAway, Prepared, Transaction
from bot.storage.postgresql import connect_arguments
from bot.storage.secrets import Vault
from bot.storage.tables import conversation
from tests.storage.parents import NOW, begin, outbound

pytestmark = pytest.mark.postgres

WHO = Prepared(select(func.pg_backend_pid().label("pid")))
IDS = Prepared(select(conversation.c.id))


@pytest.fixture(params=["postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """This file's engine."""
    return str(request.param)


@pytest.fixture
def stranger(database_url: str) -> Iterator[psycopg.Connection]:
    """Somebody else at the same server."""
    with psycopg.connect(autocommit=True, **connect_arguments(make_url(database_url))) as connection:
        yield connection


def cut(stranger: psycopg.Connection, pid: int) -> None:
    """Ends that connection from the server's side, and waits until it is gone."""
    stranger.execute("SELECT pg_terminate_backend(%s)", [pid])
    while stranger.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
        time.sleep(0.005)


def my_pid(tx: Transaction) -> int:
    row = tx.row(WHO)
    assert row is not None
    return int(row.pid)


def test_a_connection_lost_between_two_turns_is_opened_again(
    database: Database, vault: Vault, stranger: psycopg.Connection
) -> None:
    cut(stranger, database.write(my_pid))
    database.write(lambda tx: begin(tx, vault))
    assert len(database.read(lambda tx: tx.rows(IDS))) == 1


def test_a_connection_lost_half_way_runs_the_whole_work_again(
    database: Database, vault: Vault, stranger: psycopg.Connection
) -> None:
    runs: list[int] = []

    def work(tx: Transaction) -> None:
        runs.append(my_pid(tx))
        begin(tx, vault, "+447700900001")
        if len(runs) == 1:
            cut(stranger, runs[0])
        begin(tx, vault, "+447700900002")

    database.write(work)
    assert len(runs) == 2
    assert len(database.read(lambda tx: tx.rows(IDS))) == 2


def test_a_connection_lost_while_committing_is_never_run_again(
    database: Database, vault: Vault, stranger: psycopg.Connection
) -> None:
    """Whether it was kept is not known: running it again could do everything twice."""
    runs: list[int] = []

    def work(tx: Transaction) -> None:
        runs.append(my_pid(tx))
        begin(tx, vault)
        cut(stranger, runs[-1])

    with pytest.raises(DatabaseAway, match="not known"):
        database.write(work)
    assert len(runs) == 1


def test_a_server_that_keeps_going_away_is_away(database: Database, stranger: psycopg.Connection) -> None:
    runs: list[int] = []

    def work(tx: Transaction) -> None:
        runs.append(my_pid(tx))
        cut(stranger, runs[-1])
        tx.rows(IDS)

    with pytest.raises(DatabaseAway):
        database.write(work)
    assert len(runs) == 3


def test_two_that_wait_for_each_other_both_get_through(database: Database, vault: Vault) -> None:
    first = database.write(lambda tx: begin(tx, vault, "+447700900001")).conversation.id
    second = database.write(lambda tx: begin(tx, vault, "+447700900002")).conversation.id
    both_hold_one = threading.Barrier(2)
    runs: list[str] = []

    def lock(one: str, other: str) -> None:
        met: list[bool] = []

        def work(tx: Transaction) -> None:
            runs.append(one)
            conversations.load(tx, vault, one)
            if not met:
                met.append(True)
                both_hold_one.wait(5)
            conversations.load(tx, vault, other)

        database.write(work)

    threads = [threading.Thread(target=lock, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(runs) in (sorted([first, first, second]), sorted([first, second, second]))


def test_a_transaction_that_could_not_be_put_in_order_runs_again(database: Database, vault: Vault) -> None:
    runs: list[int] = []

    def work(tx: Transaction) -> None:
        runs.append(1)
        begin(tx, vault)
        if len(runs) < 3:
            raise psycopg.errors.SerializationFailure

    database.write(work)
    assert len(runs) == 3
    assert len(database.read(lambda tx: tx.rows(IDS))) == 1


def test_a_refusal_passed_over_without_a_savepoint_is_an_error_not_a_silent_loss(
    database: Database, vault: Vault
) -> None:
    once = Prepared(conversation.insert().from_select(list(conversation.c.keys()), select(conversation)))

    def work(tx: Transaction) -> None:
        begin(tx, vault)
        with pytest.raises(ConstraintBroken):
            tx.run(once)

    with pytest.raises(RuntimeError, match="nothing was kept"):
        database.write(work)
    assert database.read(lambda tx: tx.rows(IDS)) == []


def test_when_every_connection_is_busy_the_answer_comes_soon(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_WAIT_SECONDS", 0.05)
    release = threading.Event()
    busy = [
        threading.Thread(target=lambda: database.read(lambda tx: release.wait(5)))
        for _ in range(postgresql.CONNECTIONS)
    ]
    for thread in busy:
        thread.start()
    try:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                database.read(lambda tx: None)
            except DatabaseAway:
                break
            time.sleep(0.01)
        with pytest.raises(DatabaseAway, match="busy"):
            database.read(lambda tx: None)
    finally:
        release.set()
        for thread in busy:
            thread.join()
    database.read(lambda tx: None)


def test_an_unreachable_server_is_away_and_its_address_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway) as away:
        Database(f"postgresql://secretuser:secretword@/db?host={tmp_path}").write(lambda tx: None)
    assert "secret" not in str(away.value)
    assert away.value.__cause__ is None


def test_every_wait_has_an_end(stranger: psycopg.Connection) -> None:
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        (value,) = stranger.execute(f"SHOW {name}".encode()).fetchone() or ("0",)
        assert value != "0"
    assert connect_arguments(make_url("postgresql://h/d"))["connect_timeout"] == 3


def test_a_worker_takes_what_no_other_has_in_hand_and_does_not_wait(database: Database, vault: Vault) -> None:
    database.write(lambda tx: [outbox.put(tx, vault, outbound(key), NOW) for key in ("a", "b")])
    got: list[str] = []

    def claim(tx: Transaction) -> None:
        found = outbox.claim(tx, vault, lane="reply", now=NOW, lease_seconds=30, limit=1)
        got.extend(each.dedupe_key for each in found)

    def work(tx: Transaction) -> bool:
        claim(tx)
        other = threading.Thread(target=lambda: database.write(claim), daemon=True)
        other.start()
        other.join(3)
        return other.is_alive()

    assert not database.write(work)
    assert got == ["a", "b"]


@pytest.mark.parametrize(("unhurried", "value"), [(False, "10s"), (True, "0")])
def test_only_what_reads_everything_may_take_its_time(database: Database, unhurried: bool, value: str) -> None:
    limit = Prepared(select(func.current_setting("statement_timeout").label("limit")))
    assert database.read(lambda tx: tx.rows(limit), unhurried=unhurried) == [(value,)]
    assert database.read(lambda tx: tx.rows(limit)) == [("10s",)]
