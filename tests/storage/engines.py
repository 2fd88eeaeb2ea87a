"""Real databases for every test: the same test runs on SQLite and on PostgreSQL, each time on a fresh migrated one.

`HELO_TEST_POSTGRES_URL` names a server whose user may create databases. Without it a private server is started from
Debian's files, for this process alone, and thrown away with it.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from bot.storage.columns import metadata
from bot.storage.database import Database
from bot.storage.migrations import upgrade
from bot.storage.postgresql import connect_arguments
from bot.storage.secrets import Vault

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
_DIES_WITH_US = ["setpriv", "--pdeathsig", "QUIT"]
_SHAPE = b"""
    SELECT string_agg(part, '|' ORDER BY part) FROM (
        SELECT indexdef AS part FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT c.relname || ' ' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL SELECT version_num FROM alembic_version
    ) AS parts
"""
_spare: list[str] = []
_names = (f"helo_{os.getpid()}_{number}" for number in itertools.count(1))


@pytest.fixture
def vault() -> Vault:
    """A vault with known keys."""
    return Vault([("first", b"k" * 32)], b"i" * 32)


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture
def empty_database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, on each engine."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    yield request.getfixturevalue("empty_postgres_url")


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    name = next(_names)
    _administer(postgres_server, f"CREATE DATABASE {name}")
    yield _named(postgres_server, name)
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of its own for this test, on each engine."""
    if engine_name == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        path = tmp_path / "helo.db"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    name = _spare.pop() if _spare else _copy_of(server, template)
    yield _named(server, name)
    if _wiped(server, template, name):
        _spare.append(name)
    else:
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database, on each engine."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def database_afresh(
    engine_name: str, database_url: str, request: pytest.FixtureRequest
) -> Iterator[Callable[[], Database]]:
    """For a test that tries many histories: each call gives this test's database, empty again and newly opened."""
    opened: list[Database] = []

    def afresh() -> Database:
        for before in opened:
            before.close()
        if engine_name == "sqlite":
            path = Path(database_url.removeprefix("sqlite:///"))
            for file in path.parent.glob(f"{path.name}*"):
                file.unlink()
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
        elif opened:
            with psycopg.connect(autocommit=True, **connect_arguments(make_url(database_url))) as connection:
                _empty(connection)
        opened[:] = [Database(database_url)]
        return opened[0]

    yield afresh
    for last in opened:
        last.close()


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database, for what only SQLite has."""
    path = tmp_path / "only.db"
    shutil.copy(sqlite_template, path)
    opened = Database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture(scope="session", params=ENGINES)
def lasting_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], str]]:
    """For what many tests share, on each engine: each call gives a migrated, empty database that lasts for the run."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield lambda: f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('lasting') / 'helo.db')}"
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    made: list[str] = []

    def make() -> str:
        made.append(_copy_of(server, template))
        return _named(server, made[-1])

    yield make
    for name in made:
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    upgrade(f"sqlite:///{path}")
    made = Database(f"sqlite:///{path}")
    made.checkpoint()
    made.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    name = next(_names)
    _administer(postgres_server, f"CREATE DATABASE {name}")
    upgrade(_named(postgres_server, name))
    yield name
    for each in (name, *_spare):
        _administer(postgres_server, f"DROP DATABASE {each} WITH (FORCE)")
    _spare.clear()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server; skips, loudly, where there is none to be had."""
    given = os.environ.get("HELO_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not programs:
        pytest.skip("no PostgreSQL: set HELO_TEST_POSTGRES_URL or install the server")
    home = Path(tempfile.mkdtemp(prefix="helo-pg-"))
    try:
        with Cluster(programs[-1], home) as url:
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def postgres_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Cluster"]:
    """A server for one test, which may stop it and start it again."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not programs:
        pytest.skip("no PostgreSQL server's programs here, and a server of others' is not stopped")
    home = Path(tempfile.mkdtemp(prefix="helo-pg-"))
    cluster = Cluster(programs[-1], home)
    try:
        with cluster:
            yield cluster
    finally:
        shutil.rmtree(home, ignore_errors=True)


class Cluster:
    """A server of our own on a socket in `home`; quick rather than safe, for nothing in it outlives the tests."""

    def __init__(self, programs: Path, home: Path) -> None:
        self._programs = programs
        self._home = home
        self._as: dict[str, object] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(home, owner.pw_uid, owner.pw_gid)
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def __enter__(self) -> str:
        data = self._home / "data"
        initdb = [self._programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*initdb, "--locale=C.UTF-8"], check=True, capture_output=True, cwd="/", **self._as)  # type: ignore[call-overload]
        self.start()
        return self.url

    @property
    def url(self) -> str:
        """The address of its own database."""
        return f"postgresql://postgres@/postgres?host={self._home}"

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        data = self._home / "data"
        log = (self._home / "log").open("ab")
        settings = ["--fsync=off", "--full_page_writes=off", "--max_connections=200", "--deadlock_timeout=100ms"]
        self._server = subprocess.Popen(
            [*_DIES_WITH_US, self._programs / "postgres", "-D", data, "-k", self._home, "-h", "", *settings],
            stdout=log,
            stderr=log,
            cwd="/",
            **self._as,  # type: ignore[call-overload]
        )
        log.close()
        deadline = time.monotonic() + 60
        while True:
            try:
                _administer(self.url, "SELECT 1")
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._server.poll() is not None:
                    raise RuntimeError((self._home / "log").read_text()) from None
                time.sleep(0.05)

    def stop(self) -> None:
        """Stops it at once, as a crash would: no connection is taken leave of."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(60)

    def __exit__(self, *_: object) -> None:
        if self._server.poll() is None:
            self.stop()


def _copy_of(server: str, template: str) -> str:
    name = next(_names)
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def _wiped(server: str, template: str, name: str) -> bool:
    """Empties the tables, which is ten times quicker than a new copy; False where the test changed the schema."""
    try:
        with psycopg.connect(autocommit=True, **connect_arguments(make_url(_named(server, template)))) as original:
            expected = original.execute(_SHAPE).fetchone()
        with psycopg.connect(autocommit=True, **connect_arguments(make_url(_named(server, name)))) as connection:
            if connection.execute(_SHAPE).fetchone() != expected:
                return False
            _empty(connection)
    except psycopg.Error:
        return False
    return True


def _empty(connection: psycopg.Connection[Any]) -> None:
    # The history of an alert may not be deleted by anybody else: its trigger is off for this connection.
    connection.execute(b"SET session_replication_role = replica")
    connection.execute("; ".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables)).encode())
    connection.execute(b"SELECT setval('staff_id_seq', 1, false), setval('role_id_seq', 1, false)")


def _administer(server: str, statement: str) -> None:
    with psycopg.connect(autocommit=True, **connect_arguments(make_url(server))) as connection:
        connection.execute(statement.encode())


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)
