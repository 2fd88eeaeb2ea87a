"""Changes of the schema, one file a change in `versions/`, run by Alembic when a process starts.

A change happens whole or not at all, on both engines. To write one: change the tables, add a file, and let
`tests/storage/test_migrations.py` say whether the two agree.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError

from bot.storage.columns import metadata
from bot.storage.database import DatabaseAway
from bot.storage.sqlite import connect, create_file
from bot.storage.write_lock import WriteLock

_HERE = Path(__file__).parent
_LONGEST_WAIT = 600.0
_ADVISORY_LOCK = 0x48656C6F  # "Helo"


class BrokenReferences(Exception):
    """After a change some rows belong to nothing; the change was undone. The message names the tables."""


def upgrade(url: str, revision: str = "head", *, versions: Path | None = None) -> None:
    """Brings the database at `url` to `revision`, making SQLite's file where there is none.

    Processes that start together take turns. `versions` adds a folder of changes, for tests. Raises `DatabaseAway`.
    """
    with _connected(url) as connection:
        config = _config(versions)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def head(*, versions: Path | None = None) -> str:
    """The newest revision this program knows."""
    newest = ScriptDirectory.from_config(_config(versions)).get_current_head()
    if newest is None:
        raise LookupError("no revisions")
    return newest


def current(engine: Engine) -> str | None:
    """The revision the database is at; None where it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(versions: Path | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    if versions is not None:
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", f"{_HERE / 'versions'}\n{versions}".replace("%", "%%"))
    return config


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine, release = _sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else _postgres_engine(url)
    try:
        with _open(engine) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            yield connection
            if engine.dialect.name == "sqlite":
                orphans = {row[0] for row in connection.execute(text("PRAGMA foreign_key_check"))}
                if orphans:
                    raise BrokenReferences(", ".join(sorted(orphans)))
    finally:
        engine.dispose()
        release()


def _open(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except OperationalError:
        raise DatabaseAway("the database cannot be reached") from None


def _sqlite_engine(url: str) -> tuple[Engine, Callable[[], None]]:
    path = Path(make_url(url).database or "")
    create_file(path)
    lock = WriteLock(path.with_name(path.name + ".lock"))
    if not lock.acquire(_LONGEST_WAIT):
        raise DatabaseAway("another process is changing the schema")

    def connect_without_references() -> Any:
        connection = connect(path)
        # A batch change copies a table and drops the old one: with references on, that deletes the rows below it.
        connection.execute("PRAGMA foreign_keys = OFF")
        return connection

    def release() -> None:
        lock.release()
        lock.close()

    engine = create_engine("sqlite://", creator=connect_without_references)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine, release


def _postgres_engine(url: str) -> tuple[Engine, Callable[[], None]]:
    from bot.storage.postgresql import connect_arguments

    engine = create_engine("postgresql+psycopg://", connect_args=connect_arguments(make_url(url)))
    return engine, lambda: None


__all__ = ["BrokenReferences", "current", "head", "metadata", "upgrade"]
