"""`make bench`: measures and prints one report. `--short` takes seconds, shows that it works, and proves nothing."""

import argparse
import os
import platform
import sqlite3
from collections.abc import Iterable

from bot.domain.phrases import count_sayings
from tests.benchmarks import inside, report
from tests.benchmarks.served import FULL, SHORT, measure


def main(*, short: bool) -> None:
    """Prints the report, each part as soon as it is known."""
    plan = SHORT if short else FULL
    _say([f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, "
          f"SQLite {sqlite3.sqlite_version}; load average {_load()} at the start"])  # fmt: skip
    with inside.a_door() as door:
        lexicon = door.desk.lexicon
        phrases = sum(len(shelf.phrases) for shelf in lexicon.shelves)
        times = inside.screening_times(lexicon, 3 if short else 15)
        sayings = sum(count_sayings(phrase) for shelf in lexicon.shelves for phrase in shelf.phrases)
        _say(report.about_screening(times, phrases, sayings))
        found = inside.choosing_times(
            door.desk.directory, door.desk.atlas, 500 if short else 5_000, 20 if short else 200
        )
        _say(report.about_choosing(found))
        _say(report.about_parts(*inside.parts_of_a_turn(door, 10 if short else 150)))
        sizes, parents, turns = ((100, 1_000), 5, 1) if short else ((1_000, 100_000), 100, 5)
        _say(report.about_stored(inside.a_turn_among(door, sizes, parents, turns)))
    rounds = measure(plan)
    _say(report.about_served(rounds))
    _say(report.about_peers(rounds))
    _say([f"load average {_load()} at the end: figures taken while other things run are good for ratios only"])


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
    print(flush=True)


def _load() -> str:
    return " ".join(f"{load:.1f}" for load in os.getloadavg())


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--short", action="store_true", help="a few seconds, to see that it works")
    main(short=asked.parse_args().short)
