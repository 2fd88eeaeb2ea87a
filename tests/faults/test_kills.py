"""`kill -9` at random moments, under load, of real processes: web, worker, and everything at once."""

import statistics
import time
from pathlib import Path

import pytest

from tests.faults.checker import DANGER
from tests.faults.stand import KILLS, LONG
from tests.faults.town import open_town

pytestmark = pytest.mark.slow


def test_nothing_is_lost_however_often_processes_are_killed(database_url: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with open_town(database_url, tmp_path, seed=KILLS, long=LONG) as town:
        with town.texting():
            while len(town.kills) < KILLS:
                town.kill_one()
                if len(town.kills) % 20 == 0:
                    print(f"{len(town.kills)} kills after {time.monotonic() - began:.0f} seconds", flush=True)
        seconds = time.monotonic() - began
        left = town.settle()
        texts = [message for message in town.twilio.network.messages.values() if message.direction == "inbound"]
        kills = ", ".join(f"{town.kills.count(what)} {what}" for what in sorted(set(town.kills)))
        print(
            f"\n{len(town.kills)} kills ({kills}; {town.at_work} of them at work) in {seconds:.0f} seconds, "
            f"and whole again after {time.monotonic() - began:.0f};\n{len(texts)} texts, "
            f"{sum(text.body in DANGER for text in texts)} disclosures, {len(town.acknowledged)} acknowledged at once;"
            f"\nstarted {len(town.starts)} times, serving after {statistics.median(town.starts):.1f} seconds "
            f"(at most {max(town.starts):.1f})",
            flush=True,
        )
        assert left == []
        assert len(texts) > 3 * KILLS, "there was hardly any load"
        assert {"web", "worker"} <= set(town.kills)
        assert town.at_work > KILLS / 2, "most were killed while they started"
