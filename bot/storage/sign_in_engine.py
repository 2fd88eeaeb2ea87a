"""SQLAlchemy's own engine for the sign-in library's user store: its changes wait their turn like everybody's.

Left to itself it would wait by SQLite's sleeping, behind those who hand the file's lock on to each other; on a busy
night a practitioner would not get in. And where the database is away, it says so as the doors do.
"""

import sqlite3
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.pool import NullPool

from bot.storage import sqlite
from bot.storage.transaction import DatabaseAway
from bot.storage.write_lock import WriteLock

_TURN = "turn to write"


def sqlite_engine(door: sqlite.SqliteDoor) -> Engine:
    """An engine on the file of `door`. From its first change to its commit it holds the file's lock.

    Raises `DatabaseAway` after five seconds' wait, and where the file cannot be read or written.
    """
    # IMMEDIATE makes the driver begin before the first change, not before a read: no reader ever holds a lock.
    # Without a pool: the one that belongs to this address closes connections of others beyond five threads.
    begin = partial(sqlite.connect, door.path, isolation_level="IMMEDIATE")
    engine = create_engine("sqlite://", creator=begin, poolclass=NullPool)

    def before_change(
        connection: Connection, _cursor: Any, _statement: Any, _values: Any, context: Any, *_: Any
    ) -> None:
        if _TURN in connection.info or not (context.isinsert or context.isupdate or context.isdelete):
            return
        turn = WriteLock(door.lock_path)
        try:
            sqlite.wait_for_turn(turn)
        except DatabaseAway:
            turn.close()
            raise
        connection.info[_TURN] = turn

    def hand_on(_connection: Any, record: Any) -> None:
        if turn := record.info.pop(_TURN, None):
            turn.close()  # which lets go of it

    event.listen(engine, "before_cursor_execute", before_change)
    # Given back to the pool: committed or rolled back, whichever way it ended.
    event.listen(engine, "checkin", hand_on)
    event.listen(engine, "handle_error", _translate_sqlite)
    return engine


def postgresql_engine(url: URL) -> Engine:
    """An engine on the server at `url`; raises `DatabaseAway` where it cannot be reached."""
    from bot.storage.postgresql import connect_arguments  # psycopg is an extra

    engine = create_engine("postgresql+psycopg://", connect_args=connect_arguments(url), pool_pre_ping=True)
    event.listen(engine, "handle_error", _translate_postgresql)
    return engine


def _translate_sqlite(context: ExceptionContext) -> None:
    fault = context.original_exception
    if isinstance(fault, sqlite3.Error):
        translated = sqlite.translated(fault)
        if translated is not fault:
            raise translated from fault


def _translate_postgresql(context: ExceptionContext) -> None:
    if context.is_pre_ping:
        return  # the pool connects again
    fault = context.original_exception
    if context.dialect.dbapi and isinstance(fault, context.dialect.dbapi.OperationalError):
        raise DatabaseAway(type(fault).__name__) from fault
