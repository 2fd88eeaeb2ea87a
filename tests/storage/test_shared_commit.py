"""Writers who wait share one commit: in their order, each undone alone, none answered before it is on the disk."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import func, select

from bot.domain.conversation import Channel
from bot.storage import conversations, sqlite
from bot.storage.conversations import Stored
from bot.storage.database import Database, DatabaseAway, Prepared, Transaction
from bot.storage.secrets import Vault
from bot.storage.shared_commit import MOST_TOGETHER, Errand, Waiting
from bot.storage.sqlite import SqliteDoor
from bot.storage.tables import conversation
from tests.storage.parents import begin

COUNT = Prepared(select(func.count().label("n")).select_from(conversation))


def count(database: Database) -> int:
    return int(database.read(lambda tx: tx.rows(COUNT))[0].n)


def number(n: int) -> str:
    return f"+4477009000{n:02d}"


class Writers:
    """Threads that write while one in front holds the database; what each got, or what it met."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.got: dict[int, object] = {}
        self._threads: list[threading.Thread] = []

    def come(self, n: int, work: Callable[[Transaction], object]) -> None:
        """One more, and it waits in the queue before the next may come."""

        def write() -> None:
            try:
                self.got[n] = self.database.write(work)
            except Exception as fault:
                self.got[n] = fault

        waiting = door(self.database)._waiting
        before = len(waiting)
        self._threads.append(threading.Thread(target=write))
        self._threads[-1].start()
        while len(waiting) == before and self._threads[-1].is_alive():
            time.sleep(0.001)

    def all_answered(self) -> None:
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive(), "somebody was never answered"


def door(database: Database) -> SqliteDoor:
    found = database._door
    assert isinstance(found, SqliteDoor)
    return found


@contextmanager
def somebody_in_front(database: Database) -> Iterator[Callable[[], None]]:
    """One who writes and does not finish until told."""
    inside, go_on = threading.Event(), threading.Event()

    def work(tx: Transaction) -> None:
        inside.set()
        go_on.wait(10)

    def write() -> None:
        with suppress(DatabaseAway, sqlite3.Error):
            database.write(work)

    thread = threading.Thread(target=write)
    thread.start()
    assert inside.wait(10)
    try:
        yield go_on.set
    finally:
        go_on.set()
        thread.join(10)


def commits(database: Database) -> list[str]:
    """Every commit from now on, as the driver is told."""
    told: list[str] = []
    real = door(database)._open

    def opened() -> sqlite3.Cursor:
        cursor = real()
        cursor.connection.set_trace_callback(lambda sql: told.append(sql) if sql == "COMMIT" else None)
        return cursor

    door(database)._open = opened  # type: ignore[method-assign]
    return told


def test_those_who_wait_share_one_commit_in_their_order(sqlite_database: Database, vault: Vault) -> None:
    told, order = commits(sqlite_database), []
    writers = Writers(sqlite_database)

    def work(n: int) -> Callable[[Transaction], str]:
        def run(tx: Transaction) -> str:
            order.append(n)
            return begin(tx, vault, number(n)).contact

        return run

    with somebody_in_front(sqlite_database) as go_on:
        for n in range(6):
            writers.come(n, work(n))
        go_on()
        writers.all_answered()
    assert order == list(range(6))
    assert len(told) == 1
    assert count(sqlite_database) == len(set(writers.got.values())) == 6


def test_nobody_carries_more_than_so_many(sqlite_database: Database, vault: Vault) -> None:
    told = commits(sqlite_database)
    writers = Writers(sqlite_database)
    with somebody_in_front(sqlite_database) as go_on:
        for n in range(MOST_TOGETHER + 4):
            writers.come(n, lambda tx, n=n: begin(tx, vault, number(n)))  # type: ignore[misc]
        go_on()
        writers.all_answered()
    assert len(told) == 2
    assert count(sqlite_database) == MOST_TOGETHER + 4


@pytest.mark.parametrize("fault", [ValueError("ours"), sqlite3.ProgrammingError("the driver's")])
def test_what_fails_is_undone_alone(sqlite_database: Database, vault: Vault, fault: Exception) -> None:
    def fail(tx: Transaction) -> None:
        begin(tx, vault, number(50))
        raise fault

    writers = Writers(sqlite_database)
    with somebody_in_front(sqlite_database) as go_on:
        writers.come(0, lambda tx: begin(tx, vault, number(0)))
        writers.come(1, fail)
        writers.come(2, lambda tx: begin(tx, vault, number(2)))
        go_on()
        writers.all_answered()
    assert writers.got[1] is fault
    assert count(sqlite_database) == 2
    gone = sqlite_database.read(lambda tx: conversations.find(tx, vault, channel=Channel.SMS, contact=number(50)))
    assert gone is None


def test_a_commit_that_is_not_made_is_told_to_all_who_shared_it(sqlite_database: Database, vault: Vault) -> None:
    """The disk fills up: SQLite ends the transaction, and nobody may think that their text is kept."""

    def full_disk(tx: Transaction) -> None:
        tx._cursor.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    writers = Writers(sqlite_database)
    with somebody_in_front(sqlite_database) as go_on:
        writers.come(0, lambda tx: begin(tx, vault, number(0)))
        writers.come(1, full_disk)
        writers.come(2, lambda tx: begin(tx, vault, number(2)))
        go_on()
        writers.all_answered()
    assert isinstance(writers.got[0], DatabaseAway)
    assert isinstance(writers.got[1], DatabaseAway)
    assert isinstance(writers.got[2], Stored), "who came after it had a commit of their own"
    assert count(sqlite_database) == 1


def test_no_answer_before_the_commit(sqlite_database: Database, vault: Vault) -> None:
    seen: list[int] = []
    writers = Writers(sqlite_database)
    with somebody_in_front(sqlite_database) as go_on:
        writers.come(0, lambda tx: begin(tx, vault, number(0)))
        writers.come(1, lambda tx: seen.append(len(writers.got)))
        go_on()
        writers.all_answered()
    assert seen == [0]


def test_who_waits_too_long_is_told_and_left_out(
    sqlite_database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    with somebody_in_front(sqlite_database):
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
        with pytest.raises(DatabaseAway):
            sqlite_database.write(lambda tx: begin(tx, vault))
    assert count(sqlite_database) == 0


def test_who_gave_up_is_not_put_in_front() -> None:
    waiting = Waiting()
    assert waiting.join(Errand(lambda tx: None), 1)
    with pytest.raises(DatabaseAway):
        waiting.join(Errand(lambda tx: None), 0.01)
    waiting.hand_on()
    assert waiting.join(Errand(lambda tx: None), 0.01)
