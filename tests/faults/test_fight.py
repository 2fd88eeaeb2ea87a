"""Many attempts at the same few times, by text, on the web and at the console, from eight processes at once.

Nobody is booked twice, nobody sees an error, and who came too late is told so kindly. `make test` runs the short form;
`make faults` makes it 10,000 attempts on each engine (`HELO_TEST_ATTEMPTS`).
"""

import json
import os
import sqlite3
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, text

from bot.app import create_app
from bot.storage.database import Database
from bot.storage.postgresql import connect_arguments
from tests.desks import MONDAY_NOON, Clock, make_desk
from tests.faults.fighters import Corner, at_the_list
from tests.faults.stand import Child
from tests.web.console.house import House

PROCESSES = 8
CORNERS = 2  # threads of each process
ATTEMPTS = int(os.environ.get("HELO_TEST_ATTEMPTS", "800"))
# Nobody waits for it: it only ends a fight that hangs. Eight hundred attempts take some fifteen seconds.
_LONGEST_FIGHT = max(300.0, ATTEMPTS * 0.36)
# No code of ours: one person with two calls that overlap, or a parent with two calls at once.
DOUBLES = """
    SELECT count(*) FROM call AS one JOIN call AS other
    ON one.id < other.id AND one.state IN ('held', 'booked') AND other.state IN ('held', 'booked')
    WHERE (one.staff_key = other.staff_key AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at)
    OR one.conversation_id = other.conversation_id
"""
BOOKED = "SELECT count(*) FROM call WHERE state = 'booked'"

pytestmark = pytest.mark.slow


class QuickClock(Clock):
    """Time flies, twenty times as fast as ours and alike in every process: a time that is held and left is let go."""

    def __init__(self) -> None:
        super().__init__()
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        return MONDAY_NOON + timedelta(seconds=20 * (time.monotonic() - self._began))


@dataclass
class Fight:
    """What everybody met, and how many double bookings were seen at any look while they fought and after."""

    seen: Counter[str]
    faults: list[str]
    doubles: int
    looks: int
    seconds: float
    booked: int
    roads: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.roads = {end.partition(" ")[0] for end in self.seen}

    def __str__(self) -> str:
        ends = "\n".join(f"  {count:6} {end}" for end, count in sorted(self.seen.items()))
        return (
            f"{sum(self.seen.values())} attempts in {self.seconds:.0f} s; {self.doubles} double bookings at the worst "
            f"of {self.looks} looks; {len(self.faults)} errors seen; {self.booked} calls stand at the end\n{ends}"
        )


def fight(database: Database, folder: Path, attempts: int) -> Fight:
    """Everybody at once on `database`."""
    plenty = {"session_idle_seconds": "43200", "web_chat_idle_seconds": "86400", "replies_a_day": "10000000"}
    desk = make_desk(database, folder, QuickClock(), hold_seconds="60", **plenty)
    app = create_app(desk.settings, desk)
    templates = at_the_list(desk)
    share = -(-attempts // (PROCESSES * CORNERS))

    def one_process(number: int) -> bytes:
        try:
            return json.dumps(share_of(number)).encode()
        except BaseException as fault:  # a fault of this test: the parent process tells it
            return json.dumps([{}, ["".join(traceback.format_exception(fault))[-3000:]]]).encode()

    def share_of(number: int) -> tuple[Counter[str], list[str]]:
        house = House(app, desk, desk.now)  # type: ignore[arg-type]
        corners = [
            Corner(desk, app, house.signed_in("lead"), templates, number * CORNERS + each) for each in range(CORNERS)
        ]
        with ThreadPoolExecutor(CORNERS) as pool:
            list(pool.map(lambda corner: corner.fight(share), corners))
        seen = sum((corner.seen for corner in corners), Counter[str]())
        return seen, [fault for corner in corners for fault in corner.faults][:5]

    began = time.monotonic()
    children = [Child(lambda number=number: one_process(number)) for number in range(PROCESSES)]
    with _watched(database.url) as looks:
        said = [child.said(_LONGEST_FIGHT) for child in children]
    took = time.monotonic() - began
    assert None not in said, "a process died of it"
    shares = [json.loads(each or b"") for each in said]
    with _asking(database.url) as ask:
        looks.append(ask(DOUBLES))
        booked = ask(BOOKED)
    seen = sum((Counter(counted) for counted, _ in shares), Counter[str]())
    return Fight(seen, [fault for _, faults in shares for fault in faults], max(looks), len(looks), took, booked)


@contextmanager
def _watched(url: URL) -> Iterator[list[int]]:
    """Looks for double bookings while the block runs, again and again."""
    looks, over = [], threading.Event()

    def look() -> None:
        with _asking(url) as ask:
            while not over.wait(0.2):
                looks.append(ask(DOUBLES))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield looks
    finally:
        over.set()
        watcher.join(120)


@contextmanager
def _asking(url: URL) -> Iterator[Callable[[str], int]]:
    """One number of the database, by its own driver and nothing of ours."""
    connection: sqlite3.Connection | psycopg.Connection[tuple[int]]
    if url.get_backend_name() == "sqlite":
        connection = sqlite3.connect(url.database or "", timeout=60)
    else:
        connection = psycopg.connect(autocommit=True, **connect_arguments(url))
    try:
        yield lambda question: int(connection.execute(question).fetchone()[0])  # type: ignore[index]
    finally:
        connection.close()


def test_nobody_is_booked_twice_and_nobody_sees_an_error(database: Database, tmp_path: Path) -> None:
    fought = fight(database, tmp_path, ATTEMPTS)
    print(f"\n{database.engine.name}: {fought}")
    assert fought.faults == []
    assert fought.doubles == 0
    assert sum(fought.seen.values()) >= ATTEMPTS
    assert fought.roads == {"sms", "web", "console"}
    assert fought.booked > 0
    lost = {"sms just gone, others shown", "web just gone, others shown", "console told why not"}
    assert lost <= set(fought.seen), "on every road somebody came too late, and was told so"
    done = {f"console {each}" for each in ("booked", "moved", "passed on", "brought back")}
    assert done <= set(fought.seen), "staff got their way by each of their forms"


def test_without_the_constraint_the_same_fight_books_somebody_twice(database: Database, tmp_path: Path) -> None:
    """The proof that the test above could find one."""
    with database.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_call_cell"))
    assert fight(database, tmp_path, 100).doubles > 0
