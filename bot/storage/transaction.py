"""An open transaction, and the facts that can go wrong with one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from bot.storage.statements import Prepared, Row

T = TypeVar("T")


class DatabaseAway(Exception):
    """The database cannot be reached, or cannot be written. Nothing of this transaction is known to be kept."""


class ConstraintBroken(Exception):
    """The database refused a row: a value that must be unique, present or known was not."""


class Transaction:
    """Runs prepared statements on one connection. The service that asked for it owns it; nobody commits it by hand."""

    __slots__ = ("_cursor", "_refusals", "_unset", "engine", "writing")

    def __init__(self, cursor: Any, engine: str, refusals: type[Exception], *, writing: bool) -> None:
        self._cursor = cursor
        self._refusals = refusals
        self._unset = 0  # savepoints entered, the innermost, in which nothing has been written yet
        self.engine = engine
        self.writing = writing

    def rows(self, prepared: Prepared, **values: Any) -> list[Row]:
        """All rows, as named tuples. Raises `ConstraintBroken`; `TypeError` when the values do not fit."""
        form = prepared.form(self.engine)
        self._execute(prepared, form.sql, form.bind(values))
        make = form.row
        return [make(found) for found in self._cursor.fetchall()]

    def row(self, prepared: Prepared, **values: Any) -> Row | None:
        """The first row, or None."""
        form = prepared.form(self.engine)
        self._execute(prepared, form.sql, form.bind(values))
        found = self._cursor.fetchall()
        return form.row(found[0]) if found else None

    def run(self, prepared: Prepared, **values: Any) -> int:
        """How many rows were written."""
        form = prepared.form(self.engine)
        self._execute(prepared, form.sql, form.bind(values))
        count: int = self._cursor.rowcount
        return count

    def each(self, prepared: Prepared, batch: int = 500, **values: Any) -> Iterator[Row]:
        """The rows one by one, a batch in memory at a time; run nothing else until it ends."""
        form = prepared.form(self.engine)
        self._execute(prepared, form.sql, form.bind(values))
        while found := self._cursor.fetchmany(batch):
            yield from map(form.row, found)

    @property
    def is_open(self) -> bool:
        """Whether it still goes on: SQLite ends one by itself when the disk is full."""
        return bool(self._cursor.connection.in_transaction)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What fails inside is undone and raised; the transaction goes on. Needed where `ConstraintBroken` is expected,
        because PostgreSQL gives up a whole transaction at the first refusal. Costs nothing until something is written.
        """
        self._unset += 1
        try:
            yield
        except BaseException:
            if not self._unset:
                self._cursor.execute("ROLLBACK TO SAVEPOINT attempt")
            raise
        finally:
            if self._unset:
                self._unset -= 1
            else:
                self._cursor.execute("RELEASE SAVEPOINT attempt")

    def _execute(self, prepared: Prepared, sql: str, parameters: Any) -> None:
        if not self.writing and not prepared.reads:
            raise TypeError("a reading transaction does not write")
        while self._unset and not prepared.reads:
            self._cursor.execute("SAVEPOINT attempt")
            self._unset -= 1
        try:
            self._cursor.execute(sql, parameters)
        except self._refusals as refusal:
            raise ConstraintBroken(_name_of(refusal)) from None


def _name_of(refusal: Exception) -> str:
    """What was broken, without the row's values: PostgreSQL's own message quotes them."""
    diagnosis = getattr(refusal, "diag", None)
    return str(diagnosis.constraint_name or diagnosis.column_name) if diagnosis is not None else str(refusal)


class Door(Protocol):
    """What each engine offers."""

    name: str

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` in a transaction that may write."""

    def read(self, work: Callable[[Transaction], T], *, unhurried: bool) -> T:
        """Runs `work` on one unchanging view of the database; `unhurried` without the usual time-outs."""

    def close(self) -> None:
        """Closes idle connections."""

    def forget_parent(self) -> None:
        """Called in a forked child: the parent's connections and locks are not ours."""
