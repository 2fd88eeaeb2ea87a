"""The one door to the database, whichever engine it is."""

import os
import threading
import weakref
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from sqlalchemy import URL, Engine, make_url

from bot.storage.sqlite import SqliteDoor
from bot.storage.statements import Prepared, Row, insert_unless_there, one_of
from bot.storage.transaction import ConstraintBroken, DatabaseAway, Door, T, Transaction

__all__ = [
    "ConstraintBroken",
    "Database",
    "DatabaseAway",
    "Prepared",
    "Row",
    "Transaction",
    "insert_unless_there",
    "one_of",
]


class Database:
    """Hands open transactions to the work it is given; `url` as SQLAlchemy writes them, sqlite or postgresql.

    Work may run twice (PostgreSQL), so it does nothing but database work. Transactions do not nest: within one thread
    a second one is a `RuntimeError`. Both calls raise `DatabaseAway` when the database cannot be reached or written.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self._door: Door = _door(self.url)
        self._inside = threading.local()
        _everyone.add(self)

    @property
    def name(self) -> str:
        """The engine: "sqlite" or "postgresql"."""
        return self._door.name

    @property
    def path(self) -> Path | None:
        """The file, for SQLite."""
        return self._door.path if isinstance(self._door, SqliteDoor) else None

    def write(self, work: Callable[[Transaction], T]) -> T:
        """What `work` returns, after its changes are on the disk. An exception leaves nothing behind."""
        return self._enter(self._door.write, work)

    def read(self, work: Callable[[Transaction], T], *, unhurried: bool = False) -> T:
        """What `work` returns, having seen one moment of the database; it cannot write.

        `unhurried` lifts the time-outs, for what reads everything.
        """
        return self._enter(lambda given: self._door.read(given, unhurried=unhurried), work)

    def checkpoint(self) -> None:
        """Makes sure that what was erased is gone from SQLite's log as well. Nothing to do on PostgreSQL."""
        if isinstance(self._door, SqliteDoor):
            self._door.checkpoint()

    @cached_property
    def engine(self) -> Engine:
        """A SQLAlchemy engine for the sign-in's user store alone. Commit its session before calling `write`:
        on SQLite it holds the one place for writers from its first change to its commit."""
        from bot.storage import sign_in_engine  # nobody else needs it

        if isinstance(self._door, SqliteDoor):
            return sign_in_engine.sqlite_engine(self._door)
        return sign_in_engine.postgresql_engine(self.url)

    def close(self) -> None:
        """Closes idle connections; the next call opens new ones."""
        self._door.close()
        if "engine" in self.__dict__:
            self.engine.dispose()

    def _enter(self, door: Callable[[Callable[[Transaction], T]], T], work: Callable[[Transaction], T]) -> T:
        if getattr(self._inside, "busy", False):
            raise RuntimeError("this thread is in a transaction already")
        self._inside.busy = True
        try:
            return door(work)
        finally:
            self._inside.busy = False

    def _part_with_idle(self) -> None:
        if isinstance(self._door, SqliteDoor):
            self._door.part_with_idle()

    def _forget_parent(self) -> None:
        self._inside = threading.local()
        self._door.forget_parent()
        if "engine" in self.__dict__:
            self.engine.dispose(close=False)


def _door(url: URL) -> Door:
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file: a database in memory forgets what parents wrote")
        return SqliteDoor(Path(url.database))
    if url.get_backend_name() == "postgresql":
        from bot.storage.postgresql import PostgresDoor  # psycopg is an extra

        return PostgresDoor(url)
    raise ValueError(f"no door to {url.get_backend_name()}: only sqlite and postgresql")


_everyone: "weakref.WeakSet[Database]" = weakref.WeakSet()


def _part_with_idle() -> None:
    for database in list(_everyone):
        database._part_with_idle()


def _forget_parents() -> None:
    for database in list(_everyone):
        database._forget_parent()


os.register_at_fork(before=_part_with_idle, after_in_child=_forget_parents)
