"""A desk for use cases, on SQLite and on PostgreSQL, with a clock that stands still."""

from pathlib import Path

import pytest

from bot.services.desk import Desk
from bot.storage.database import Database
from tests.desks import Clock, Phone, make_desk


@pytest.fixture
def clock() -> Clock:
    """Monday noon until moved."""
    return Clock()


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: Clock) -> Desk:
    """The content that ships, on a database of this test."""
    return make_desk(database, tmp_path, clock)


@pytest.fixture
def phone(desk: Desk) -> Phone:
    """A parent's mobile."""
    return Phone(desk)
