"""The door to PostgreSQL: psycopg's own connections, a few kept open; lost transactions are tried again whole."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import URL

from bot.storage.transaction import DatabaseAway, T, Transaction

CONNECTIONS = 20
_WAIT_SECONDS = 3.0
_ATTEMPTS = 12
_RECONNECTS = 3
_CLASHES = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
_SETTINGS = (
    "-c timezone=UTC -c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
    " -c synchronous_commit=on"
)

_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_UNHURRIED = "; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


def connect_arguments(url: URL) -> dict[str, Any]:
    """What psycopg needs to connect, with every time-out set. Parts of the URL's query are passed on."""
    arguments: dict[str, Any] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
    given = {name: value for name, value in arguments.items() if value is not None}
    timeouts = {"connect_timeout": 3, "tcp_user_timeout": 5000, "keepalives_idle": 30, "options": _SETTINGS}
    return timeouts | given | dict(url.query)


class PostgresDoor:
    """At most `CONNECTIONS` at once from one process; who waits longer than three seconds is told `DatabaseAway`."""

    name = "postgresql"

    def __init__(self, url: URL) -> None:
        self._arguments = connect_arguments(url)
        self._idle: list[psycopg.Cursor[Any]] = []
        self._inherited: list[psycopg.Cursor[Any]] = []
        self._places = threading.BoundedSemaphore(CONNECTIONS)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """`work`, committed. It may run more than once, so it must do nothing but database work."""
        return self._persist("BEGIN ISOLATION LEVEL READ COMMITTED", work, writing=True)

    def read(self, work: Callable[[Transaction], T], *, unhurried: bool = False) -> T:
        """`work` on one unchanging view; `unhurried` for what reads everything, as a backup does."""
        return self._persist(_READ + _UNHURRIED if unhurried else _READ, work, writing=False)

    def close(self) -> None:
        """Closes every idle connection."""
        while self._idle:
            self._idle.pop().connection.close()

    def forget_parent(self) -> None:
        """In a forked child: the parent's connections are set aside, for two must not speak on one line."""
        self._inherited, self._idle = self._idle, []
        self._places = threading.BoundedSemaphore(CONNECTIONS)

    def _persist(self, begin: str, work: Callable[[Transaction], T], *, writing: bool) -> T:
        if not self._places.acquire(timeout=_WAIT_SECONDS):
            raise DatabaseAway("all connections are busy")
        try:
            losses = 0
            for attempt in range(_ATTEMPTS):
                try:
                    return self._run(begin, work, writing=writing)
                except _CLASHES:
                    time.sleep(os.urandom(1)[0] / 255 * 0.004 * 2 ** min(attempt, 6))
                except _ConnectionLost as lost:
                    losses += 1
                    if losses >= _RECONNECTS:
                        raise DatabaseAway(str(lost)) from lost
                    self.close()  # the others were lost with it, most likely
            raise DatabaseAway("other transactions kept getting in the way")
        finally:
            self._places.release()

    def _run(self, begin: str, work: Callable[[Transaction], T], *, writing: bool) -> T:
        cursor = self._open()
        committing = False
        try:
            cursor.execute(begin)
            result = work(Transaction(cursor, "postgresql", psycopg.errors.IntegrityError, writing=writing))
            committing = True
            cursor.execute("COMMIT")
            kept = cursor.statusmessage
        except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
            if cursor.connection.broken or cursor.connection.closed:
                if committing and writing:
                    raise DatabaseAway("lost while committing: whether it was kept is not known") from fault
                raise _ConnectionLost(type(fault).__name__) from fault
            self._put_back(cursor)
            if isinstance(fault, _CLASHES):
                raise
            raise DatabaseAway(type(fault).__name__) from fault
        except BaseException:
            self._put_back(cursor)
            raise
        self._put_back(cursor)
        if kept != "COMMIT":
            raise RuntimeError("a refused statement was passed over without a savepoint: nothing was kept")
        return result

    def _open(self) -> "psycopg.Cursor[Any]":
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            return psycopg.connect(autocommit=True, **self._arguments).cursor()
        except psycopg.OperationalError as fault:
            raise DatabaseAway(type(fault).__name__) from None  # its message may quote the address and user

    def _put_back(self, cursor: "psycopg.Cursor[Any]") -> None:
        connection = cursor.connection
        try:
            if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                cursor.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()
        else:
            self._idle.append(cursor)


class _ConnectionLost(Exception):
    """The connection went away before anything was committed: safe to run the work again."""
