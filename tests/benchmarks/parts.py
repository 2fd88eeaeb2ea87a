"""Where the time of one turn goes, inside one process: each part measured by a stopwatch put round it.

A part's time is its own: what it calls of another part is counted there. So the parts add up to the whole.
"""

import io
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.app import create_app
from bot.services import receive_message
from bot.services.open_for_service import open_for_service
from bot.settings import load_settings
from bot.storage.database import Database
from bot.storage.migrations import upgrade
from bot.storage.secrets import Vault
from bot.storage.sqlite import SqliteDoor
from bot.storage.transaction import Transaction
from bot.web import sms
from bot.web.signature import SignatureCheck
from tests.benchmarks.parents import Post, posts
from tests.factories import strong_environment

Clock = Callable[[], float]

COMMIT, DATABASE, REST = "commit, on the disk", "database", "the rest"
# What is timed: the part, then where the function is looked up when it is called.
_TIMED: Sequence[tuple[str, Any, str]] = (
    ("parse", sms, "read_pairs"),
    ("parse", sms, "read_fields"),
    ("parse", sms, "read_message"),
    ("signature", SignatureCheck, "holds"),
    ("screening", receive_message, "screen_message"),
    ("understand and advance", receive_message, "answer_parent"),
    ("words", receive_message, "put_into_words"),
    ("words", receive_message, "pack_reply"),
    ("words", sms, "twiml"),
    ("encryption", Vault, "seal"),
    ("encryption", Vault, "open"),
    ("encryption", Vault, "fingerprint"),
    (DATABASE, Transaction, "rows"),
    (DATABASE, Transaction, "row"),
    (DATABASE, Transaction, "run"),
)


class Stopwatch:
    """Time by part; starting one stops the part round it."""

    def __init__(self, clock: Clock) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._clock = clock
        self._open: list[str] = []
        self._since = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Counts what happens inside as `name`."""
        self.begin(name)
        try:
            yield
        finally:
            self.end()

    def begin(self, name: str) -> None:
        """From here on the time is `name`'s."""
        now = self._clock()
        if self._open:
            self.spent[self._open[-1]] += now - self._since
        self._open.append(name)
        self._since = now

    def end(self) -> None:
        """The time goes back to whatever was under way before."""
        now = self._clock()
        self.spent[self._open.pop()] += now - self._since
        self._since = now

    def round(self, name: str, timed: Callable[..., Any]) -> Callable[..., Any]:
        """`timed`, with the stopwatch round it."""

        def run(*given: Any, **named: Any) -> Any:
            self.begin(name)
            try:
                return timed(*given, **named)
            finally:
                self.end()

        return run


class _TimedCursor(sqlite3.Cursor):
    """A cursor whose begin and commit are timed apart: everything else runs inside `Transaction`."""

    stopwatch: Stopwatch

    def execute(self, sql: str, *values: Any) -> "_TimedCursor":
        name = COMMIT if sql == "COMMIT" else DATABASE
        self.stopwatch.begin(name)
        try:
            super().execute(sql, *values)
            return self
        finally:
            self.stopwatch.end()


class Door:
    """Our application in this process, with a database in `folder`, and posts that are sent straight into it."""

    def __init__(self, folder: Path, beside: "Door | None" = None) -> None:
        """`beside`: a door that has read flows and words already; only the database is another."""
        if beside is None:
            self.settings = load_settings(strong_environment(folder))
            self.desk = open_for_service(self.settings)
        else:
            self.settings = replace(beside.settings, database_url=f"sqlite:///{folder / 'helo.db'}")
            upgrade(self.settings.database_url)
            self.desk = replace(beside.desk, settings=self.settings, database=Database(self.settings.database_url))
        self._application = create_app(self.settings, self.desk).wsgi_app

    def walks(self, first: int, count: int) -> list[Sequence[Post]]:
        """The walks of `count` parents from number `first` on."""
        return list(posts(self.settings, first, count))

    def send(self, post: Post) -> None:
        """One post, answered; `AssertionError` unless with 200."""
        statuses: list[str] = []
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/sms",
            "QUERY_STRING": "",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(post.body)),
            "HTTP_X_TWILIO_SIGNATURE": post.signature,
            "wsgi.input": io.BytesIO(post.body),
        }
        self._application(environ, lambda status, headers: statuses.append(status))  # type: ignore[arg-type,func-returns-value]
        assert statuses == ["200 OK"], statuses

    def send_all(self, walks: Sequence[Sequence[Post]]) -> int:
        """How many posts there were."""
        for walk in walks:
            for post in walk:
                self.send(post)
        return sum(map(len, walks))

    def close(self) -> None:
        """Lets go of the database."""
        self.desk.database.close()


def time_parts(door: Door, walks: Sequence[Sequence[Post]], clock: Clock = time.perf_counter) -> dict[str, float]:
    """Microseconds of a turn by part. Their sum is a little over an unwatched turn: watching costs something."""
    stopwatch = Stopwatch(clock)
    opened = SqliteDoor._open

    def open_timed(self: SqliteDoor) -> sqlite3.Cursor:
        cursor = opened(self)
        return cursor if isinstance(cursor, _TimedCursor) else cursor.connection.cursor(_TimedCursor)

    _TimedCursor.stopwatch = stopwatch
    with ExitStack() as patches:
        for name, place, function in _TIMED:
            patches.enter_context(patch.object(place, function, stopwatch.round(name, getattr(place, function))))
        patches.enter_context(patch.object(SqliteDoor, "_open", open_timed))
        turns = 0
        for walk in walks:
            for post in walk:
                with stopwatch.part(REST):
                    door.send(post)
                turns += 1
    door.close()
    return {name: spent / turns * 1e6 for name, spent in stopwatch.spent.items()}
