"""The desk: what is read at start, and what only those who hear parents read."""

import shutil
from pathlib import Path

import pytest

from bot.app import create_app
from bot.content.lexicon_files import LexiconFault
from bot.services.desk import open_desk
from tests.factories import make_settings

FLOWS = Path(__file__).parents[2] / "flows"


def test_a_process_that_hears_no_parent_builds_no_lexicon(tmp_path: Path) -> None:
    desk = open_desk(make_settings(tmp_path))
    assert not {"lexicon", "hears"} & set(vars(desk.ears))
    desk.ears.open()
    assert {"lexicon", "hears"} <= set(vars(desk.ears))
    desk.database.close()


def test_a_lexicon_with_a_fault_is_met_at_start_and_never_by_a_parent(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    shutil.copytree(FLOWS, flows)
    (flows / "safeguarding" / "psychosis.yaml").unlink()
    with pytest.raises(LexiconFault):
        create_app(make_settings(tmp_path, flows=str(flows)))
