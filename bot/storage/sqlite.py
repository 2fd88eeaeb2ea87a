"""The door to SQLite: one file, one writer at a time, every commit on the disk before it is answered."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.storage.shared_commit import MOST_TOGETHER, Errand, Waiting
from bot.storage.transaction import DatabaseAway, T, Transaction
from bot.storage.write_lock import WriteLock

BUSY_SECONDS = 5.0
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL lost acknowledged rows in 96 of 100 power cuts
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 4000",  # 16 MB: the pages that every text touches are copied back less often
    "PRAGMA temp_store = MEMORY",  # no temporary files with what was sorted
)
_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
    }
)


def create_file(path: Path) -> None:
    """An empty database file only its owner can read; an existing one is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def connect(path: Path, *, isolation_level: Any = None) -> sqlite3.Connection:
    """A connection with every setting of the house. Never makes a file: an absent database is away, not empty."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=isolation_level,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def wait_for_turn(lock: WriteLock) -> None:
    """Holds `lock` from here on; raises `DatabaseAway` after five seconds' wait."""
    try:
        if not lock.acquire(BUSY_SECONDS):
            raise DatabaseAway("waited too long to write")
    except OSError as fault:
        raise DatabaseAway(f"the lock file cannot be opened: {fault.strerror}") from None


class SqliteDoor:
    """Connections are kept open and used by one thread at a time; a forked child opens its own."""

    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock_path = path.with_name(path.name + ".lock")
        self._lock = WriteLock(self.lock_path)
        self._waiting = Waiting()
        self._idle: list[sqlite3.Cursor] = []
        self._inherited: list[sqlite3.Cursor] = []

    def write(self, work: Callable[[Transaction], T]) -> T:
        """`work` under the write lock, committed; raises `DatabaseAway` after five seconds' wait."""
        errand = Errand(work)
        if self._waiting.join(errand, BUSY_SECONDS):
            self._lead(errand)
        return errand.outcome()

    def read(self, work: Callable[[Transaction], T], *, unhurried: bool = False) -> T:
        """`work` on one unchanging view; never waits for a writer, and nothing here has a time-out to lift."""
        return self._run("BEGIN", work, writing=False)

    def checkpoint(self) -> None:
        """Writes the log into the file and empties it, so that what was overwritten is gone from both."""
        try:
            cursor = self._open()
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                self._idle.append(cursor)
        except sqlite3.Error as fault:
            raise translated(fault) from fault

    def close(self) -> None:
        """Closes every idle connection."""
        self.part_with_idle()
        self._lock.close()

    def part_with_idle(self) -> None:
        """Before this process forks: closes what no thread is using.

        SQLite remembers, for the whole process, that it has its place among the file's users. A child inherits the
        memory and not the place. When the parent dies, the next process to come believes that it is alone, begins a
        new log, and what the child then writes and acknowledges is lost.
        """
        while self._idle:
            self._idle.pop().connection.close()

    def forget_parent(self) -> None:
        """In a forked child: SQLite connections do not survive a fork, so they are set aside, not used nor closed."""
        self._inherited, self._idle = self._idle, []
        self._waiting = Waiting()
        self._lock.forget_parent()

    def _open(self) -> sqlite3.Cursor:
        try:
            return self._idle.pop()
        except IndexError:
            return connect(self.path).cursor()

    def _run(self, begin: str, work: Callable[[Transaction], T], *, writing: bool) -> T:
        cursor: sqlite3.Cursor | None = None
        try:
            cursor = self._open()
            cursor.execute(begin)
            result = work(Transaction(cursor, "sqlite", sqlite3.IntegrityError, writing=writing))
            cursor.execute("COMMIT")
        except sqlite3.Error as fault:
            if cursor is not None:
                cursor.connection.close()  # rolls back; a connection that failed once is not used again
            raise translated(fault) from fault
        except BaseException:
            if cursor is not None:
                self._roll_back(cursor)
            raise
        self._idle.append(cursor)
        return result

    def _lead(self, front: Errand[Any]) -> None:
        """Writes for the one in front and for those who wait; whatever happens, each of them is woken."""
        aboard = [front]
        try:
            self._under_lock(lambda tx: self._carry_out(tx, aboard))
        except BaseException as fault:
            front.fault = fault
            for other in aboard[1:]:
                other.fault = DatabaseAway("the commit it shared was not made")
        finally:
            self._waiting.hand_on()
            for other in aboard[1:]:
                other.wake()

    def _under_lock(self, work: Callable[[Transaction], None]) -> None:
        wait_for_turn(self._lock)
        try:
            self._run("BEGIN IMMEDIATE", work, writing=True)
        finally:
            self._lock.release()

    def _carry_out(self, tx: Transaction, aboard: list[Errand[Any]]) -> None:
        """The first errand as it is, each other one in a savepoint: what fails there is undone alone."""
        aboard[0].carry_out(tx)
        while len(aboard) < MOST_TOGETHER and (errand := self._waiting.next()) is not None:
            aboard.append(errand)
            try:
                with tx.savepoint():
                    errand.carry_out(tx)
            except Exception as fault:
                if not tx.is_open:
                    raise  # SQLite gave up the whole transaction
                errand.fault = translated(fault) if isinstance(fault, sqlite3.Error) else fault

    def _roll_back(self, cursor: sqlite3.Cursor) -> None:
        try:
            cursor.execute("ROLLBACK")
        except sqlite3.Error:
            cursor.connection.close()
        else:
            self._idle.append(cursor)


def translated(fault: sqlite3.Error) -> Exception:
    """`DatabaseAway` where nothing is wrong but the file or its disk; else the fault itself."""
    code = getattr(fault, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _AWAY:
        return DatabaseAway(fault.sqlite_errorname)
    return fault
