"""What staff keep about their calls: written by whoever saw the last state, read back whole."""

from datetime import UTC, date, datetime, time

import pytest

from bot.domain.slots import Caller
from bot.storage import callers
from bot.storage.database import Database
from bot.storage.secrets import Vault

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIAN = Caller(
    "sian",
    "Siân",
    frozenset({"cy", "en"}),
    {"monday": ((time(9), time(12)), (time(13, 30), time(15)))},
    frozenset({"phone", "video"}),
    frozenset({"bridgend"}),
    {date(2026, 12, 1): (), date(2026, 12, 2): ((time(18), time(19)),)},
)
NAMES = {"sian": "Siân"}


def test_what_is_kept_is_read_back_whole(database: Database) -> None:
    assert database.read(lambda tx: callers.kept(tx, NAMES)) == {}
    assert database.write(lambda tx: callers.keep(tx, SIAN, "lead", NOW, seen=0))
    kept = database.read(lambda tx: callers.kept(tx, NAMES))["sian"]
    assert (kept.caller, kept.revision, kept.changed_by, kept.changed_at) == (SIAN, 1, "lead", NOW)


def test_who_saw_an_older_state_writes_nothing(database: Database) -> None:
    assert database.write(lambda tx: callers.keep(tx, SIAN, "lead", NOW, seen=0))
    assert not database.write(lambda tx: callers.keep(tx, SIAN, "sian", NOW, seen=0))
    assert database.write(lambda tx: callers.keep(tx, SIAN, "sian", NOW, seen=1))
    assert not database.write(lambda tx: callers.keep(tx, SIAN, "lead", NOW, seen=1))
    kept = database.read(lambda tx: callers.kept(tx, NAMES))["sian"]
    assert (kept.revision, kept.changed_by) == (2, "sian")


def test_who_left_the_team_is_nobody(database: Database) -> None:
    database.write(lambda tx: callers.keep(tx, SIAN, "lead", NOW, seen=0))
    assert database.read(lambda tx: callers.kept(tx, {})) == {}


@pytest.mark.parametrize("address", ["https://calendar.example/secret.ics"])
def test_a_calendar_keeps_what_it_said_while_it_cannot_be_read(database: Database, vault: Vault, address: str) -> None:
    busy = [(NOW, NOW.replace(hour=13))]
    database.write(lambda tx: callers.name_calendar(tx, vault, "sian", address))
    database.write(lambda tx: callers.note_busy(tx, "sian", busy, NOW))
    database.write(lambda tx: callers.note_unread(tx, "sian", "http_503"))
    (calendar,) = database.read(lambda tx: callers.own_calendars(tx, vault))
    assert (calendar.address, calendar.busy, calendar.read_at, calendar.fault) == (
        address,
        tuple(busy),
        NOW,
        "http_503",
    )
    database.write(lambda tx: callers.note_busy(tx, "sian", [], NOW))
    (calendar,) = database.read(lambda tx: callers.own_calendars(tx, vault))
    assert (calendar.busy, calendar.fault) == ((), None)
    database.write(lambda tx: callers.name_calendar(tx, vault, "sian", None))
    assert database.read(lambda tx: callers.own_calendars(tx, vault)) == ()
