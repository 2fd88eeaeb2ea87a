"""Statements written once in SQLAlchemy Core, compiled once per engine, run on the bare driver.

SQLAlchemy spends ten times a driver's own work on executing a statement; compiling is what we want it for.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Executable, Insert, Table, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

DIALECTS: Mapping[str, Dialect] = {
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(),  # type: ignore[no-untyped-call]
}
_INSERTS: Mapping[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Row = Any
"""A named tuple of the columns a statement selects or returns, times as aware UTC datetimes."""

_Turn = Callable[[Any], Any]


class Form:
    """One statement as one engine wants it: its SQL, and what turns values in and rows out."""

    __slots__ = ("_by_name", "_constants", "_inward", "_make", "_names", "_outward", "_take", "_wanted", "sql")

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql: str = str(compiled)
        self._by_name: bool = compiled.positiontup is None
        self._names: list[str] = list(compiled.params) if compiled.positiontup is None else list(compiled.positiontup)
        inward: dict[str, _Turn | None] = {
            name: compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in self._names
        }
        # Values written in the statement itself.
        self._constants = {
            name: (turn(compiled.params[name]) if (turn := inward[name]) else compiled.params[name])
            for name in self._names
            if not compiled.binds[name].required
        }
        self._wanted = len(set(self._names) - set(self._constants))
        self._take = _all_of(self._names)
        self._inward: list[tuple[int, _Turn]] = [
            (place, turn)
            for place, name in enumerate(self._names)
            if (turn := inward[name]) is not None and name not in self._constants
        ]
        columns = list(getattr(statement, "exported_columns", ()))
        kind: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
        self._make: Callable[[Sequence[Any]], Row] = kind._make
        self._outward: list[tuple[int, _Turn]] = []
        for place, column in enumerate(columns):
            outward = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if outward is not None:
                self._outward.append((place, outward))

    def bind(self, values: Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
        """The values as the driver wants them. `TypeError` when one is missing or unknown."""
        if len(values) != self._wanted:
            raise TypeError(f"values {sorted(values)} do not fit {self.sql}")
        try:
            turned = list(self._take({**values, **self._constants} if self._constants else values))
        except KeyError as missing:
            raise TypeError(f"no value for {missing} in {self.sql}") from None
        for place, turn in self._inward:
            turned[place] = turn(turned[place])
        return dict(zip(self._names, turned, strict=True)) if self._by_name else turned

    def row(self, found: Sequence[Any]) -> Row:
        """A named tuple of what the driver found."""
        if self._outward:
            values = list(found)
            for place, turn in self._outward:
                values[place] = turn(values[place])
            return self._make(values)
        return self._make(found)


def _all_of(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """What takes the values of so many names, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


class Prepared:
    """A statement for both engines. Give it a construct, or a function of the engine's name returning one."""

    __slots__ = ("_forms", "_statement", "reads")

    def __init__(self, statement: Executable | Callable[[str], Executable]) -> None:
        self._statement = statement
        self._forms: dict[str, Form] = {}
        self.reads = bool(getattr(statement, "is_select", False))

    def form(self, engine: str) -> Form:
        """The compiled form for "sqlite" or "postgresql"; two threads may both compile it, with the same result."""
        form = self._forms.get(engine)
        if form is None:
            statement = self._statement if isinstance(self._statement, Executable) else self._statement(engine)
            form = self._forms[engine] = Form(statement, DIALECTS[engine])
        return form


def insert_unless_there(table: Table) -> Prepared:
    """An insert of all columns that counts 0 rows, and does no harm, where any unique constraint says no."""

    def build(engine: str) -> Insert:
        statement: Insert = _INSERTS[engine](table).on_conflict_do_nothing()
        return statement

    return Prepared(build)


def one_of(column: ColumnElement[Any], *words: str) -> ColumnElement[bool]:
    """`column IN (words)` with the words written out, so that partial indexes apply. Only for words of our own code."""
    if not all(word.isidentifier() for word in words):
        raise ValueError("only plain words may be written into a statement")
    return column.in_([literal_column(f"'{word}'") for word in words])
