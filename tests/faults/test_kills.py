"""`kill -9` at random moments, under load, of real processes: web, worker, and everything at once."""

from pathlib import Path

import pytest

from tests.faults.stand import KILLS, LONG
from tests.faults.town import open_town

pytestmark = pytest.mark.slow


def test_nothing_is_lost_however_often_processes_are_killed(database_url: str, tmp_path: Path) -> None:
    with open_town(database_url, tmp_path, seed=KILLS, long=LONG) as town:
        with town.texting():
            while len(town.kills) < KILLS:
                town.look_after(0.2 + town.chance.random())
                town.kill_one()
        left = town.settle()
        texts = [message for message in town.twilio.network.messages.values() if message.direction == "inbound"]
        print(
            f"\n{len(texts)} texts, {len(town.acknowledged)} acknowledged at once, kills: "
            + ", ".join(f"{town.kills.count(what)} {what}" for what in sorted(set(town.kills)))
            + f", started {town.starts} times"
        )
        assert left == []
        assert len(texts) > 3 * KILLS, "there was hardly any load"
        assert {"web", "worker"} <= set(town.kills)
