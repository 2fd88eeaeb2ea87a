"""A house on the test stand, on each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storage.database import Database
from tests.faults.stand import Stand, open_stand


@pytest.fixture
def stand(database: Database, tmp_path: Path) -> Iterator[Stand]:
    """A house on a fresh database."""
    with open_stand(database, tmp_path) as opened:
        yield opened
