"""What tables are made of: our own kinds of column, and the names constraints get."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    text,
)
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """A moment: whole microseconds UTC since 1970 in the database, an aware UTC datetime in Python.

    A naive datetime is refused with `TypeError`: it names no moment.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Microseconds for the database."""
        return _microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """An aware UTC datetime for Python."""
        return _instant(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        """The same without a call round it: every text is full of moments."""
        return _microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:
        """The same without a call round it."""
        return _instant


def _microseconds(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // _MICROSECOND


def _instant(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


class Listed(TypeDecorator[list[str]]):
    """A list of words without commas, kept in one column."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        """Joined by commas."""
        return None if value is None else ",".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        """Parted again."""
        return None if value is None else [word for word in value.split(",") if word]


class Sealed(LargeBinary):
    """Bytes made by `Vault.seal`: personal data. Key rotation, erasure and the leak test find columns by this type."""


class Id(String):
    """An id of ours, or a foreign key to one."""

    def __init__(self) -> None:
        super().__init__(32)


class Code(String):
    """A word of a closed vocabulary (a state, a kind): never free text, so never personal."""

    def __init__(self) -> None:
        super().__init__(64)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def only(name: str, column: str, *words: str) -> CheckConstraint:
    """A closed vocabulary, held by the database."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=name)


def belongs_to(table: str, *, required: bool = True, index: bool = True) -> Column[str]:
    """A foreign key to `table`."""
    return Column(f"{table}_id", Id(), ForeignKey(f"{table}.id"), nullable=not required, index=index)


def index_while(name: str, condition: str, *columns: str) -> Index:
    """An index of the rows of a condition alone: it costs nothing when other rows are written."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


def unique_while(name: str, condition: str, *columns: str) -> Index:
    """Unique among the rows of a condition: the same on both engines."""
    return Index(name, *columns, unique=True, sqlite_where=text(condition), postgresql_where=text(condition))
