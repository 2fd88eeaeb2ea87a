"""The benchmark works: every section has its figures. Never how fast: that would fail on a busy day."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.storage.database import Database
from tests.benchmarks.parents import MOST_PARENTS, WALKS, posts
from tests.benchmarks.served import _WARM_UP, FULL
from tests.desks import Phone, make_desk
from tests.factories import make_settings


def test_parents_walk_where_they_should_and_are_understood(sqlite_database: Database, tmp_path: Path) -> None:
    desk = make_desk(sqlite_database, tmp_path)
    for number, (end, texts) in enumerate(WALKS.items()):
        phone = Phone(desk, f"+447700900{number:03d}")
        for text in texts:
            phone.text(text)
            assert phone.conversation.misunderstood == 0, text
        assert phone.conversation.step == end


def test_every_post_is_of_a_number_for_drama_and_sent_once(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    bodies = [post.body for walk in posts(settings, 0, 50) for post in walk]
    assert len(set(bodies)) == len(bodies)
    assert all(b"From=%2B447700900" in body for body in bodies)
    assert FULL.rounds * sum(FULL.parents.values()) + _WARM_UP <= MOST_PARENTS


@pytest.mark.slow
def test_the_short_form_reports_every_figure() -> None:
    run = [sys.executable, "-m", "tests.benchmarks", "--short"]
    said = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True).stdout
    for section in ("SCREENING", "CHOOSING AN OFFER", "ONE TURN", "A TURN AMONG", "TURNS A SECOND", "AMONG PEERS"):
        assert section in said
    for part in ("signature", "parse", "screening", "understand and advance", "words", "encryption", "database"):
        assert re.search(rf"^  {part} +\d+\.\d us", said, re.MULTILINE), part
    for which in ("helo", "reference"):
        assert re.search(rf"^ +8  {which} +\d", said, re.MULTILINE), which
    assert re.search(r"ratio \d\.\d\d of the reference", said)
