"""A console on a database of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.app import create_app
from bot.storage.database import Database
from bot.storage.migrations import upgrade
from tests.desks import Clock, make_desk
from tests.web.console.house import House


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all its tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "helo.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def build(migrated: Path, tmp_path: Path, database_url: str) -> Iterator[Callable[..., House]]:
    """Builds a house; settings by name. The first stands on each engine in turn, a second one beside it on SQLite."""
    opened: list[Database] = []

    def make(**changes: str) -> House:
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        clock = Clock()
        if opened:
            path = folder / "helo.db"
            shutil.copy(migrated, path)
            path.chmod(0o600)
            opened.append(Database(f"sqlite:///{path}"))
        else:
            opened.append(Database(database_url))
        desk = make_desk(opened[-1], folder, clock, **changes)
        return House(create_app(desk.settings, desk), desk, clock)

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    """The console of a demo."""
    return build()
