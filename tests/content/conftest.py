"""The little world of each test."""

from pathlib import Path

import pytest

from tests.content.little_world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A sound little flow with its words, to plant one fault in."""
    return World(tmp_path)
