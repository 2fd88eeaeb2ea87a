"""When members of staff take calls, as they keep it on the console, and when their own calendars say busy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from bot.domain.slots import Caller, Interval, Ranges
from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.secrets import Vault
from bot.storage.staff_tables import caller as table
from bot.storage.staff_tables import caller_calendar as calendars


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody keeps about their calls. `revision` goes up with each change: who writes names the one they saw."""

    caller: Caller
    revision: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """Somebody's published calendar. `fault`: why it could not be read the last time, a code."""

    staff_key: str
    address: str
    busy: tuple[Interval, ...]
    read_at: datetime | None
    fault: str | None


_ALL = Prepared(select(table))
_FIRST = insert_unless_there(table)
_NEXT = Prepared(
    update(table)
    .where(table.c.staff_key == bindparam("whose"), table.c.revision == bindparam("seen"))
    .values(
        hours=bindparam("to_hours"),
        revision=bindparam("to_revision"),
        changed_at=bindparam("at"),
        changed_by=bindparam("who"),
    )
)
_CALENDARS = Prepared(select(calendars).order_by(calendars.c.staff_key))
_FORGET_CALENDAR = Prepared(delete(calendars).where(calendars.c.staff_key == bindparam("whose")))
_NAME_CALENDAR = Prepared(insert(calendars))
_READ = Prepared(
    update(calendars)
    .where(calendars.c.staff_key == bindparam("whose"))
    .values(busy=bindparam("to_busy"), read_at=bindparam("at"), fault=None)
)
_NOT_READ = Prepared(
    update(calendars).where(calendars.c.staff_key == bindparam("whose")).values(fault=bindparam("to_fault"))
)


def kept(tx: Transaction, names: Mapping[str, str]) -> dict[str, Kept]:
    """What is kept of those in `names` (key to name), by key; who never kept anything is not in it."""
    return {
        row.staff_key: Kept(
            _caller(row.staff_key, names[row.staff_key], json.loads(row.hours)),
            row.revision,
            row.changed_at,
            row.changed_by,
        )
        for row in tx.rows(_ALL)
        if row.staff_key in names
    }


def keep(tx: Transaction, caller: Caller, who: str, now: datetime, *, seen: int) -> bool:
    """Writes `caller` if what is kept is still revision `seen` (0: nothing was kept); False where it is not."""
    hours = json.dumps(_document(caller))
    if not seen:
        first = {"staff_key": caller.key, "hours": hours, "revision": 1, "changed_at": now, "changed_by": who}
        return bool(tx.run(_FIRST, **first))
    return bool(tx.run(_NEXT, whose=caller.key, seen=seen, to_hours=hours, to_revision=seen + 1, at=now, who=who))


def own_calendars(tx: Transaction, vault: Vault) -> tuple[OwnCalendar, ...]:
    """Every published calendar that somebody named."""
    return tuple(
        OwnCalendar(
            row.staff_key,
            vault.open(row.address, table="caller_calendar", column="address", row=row.staff_key),
            tuple((_moment(begins), _moment(ends)) for begins, ends in json.loads(row.busy)),
            row.read_at,
            row.fault,
        )
        for row in tx.rows(_CALENDARS)
    )


def name_calendar(tx: Transaction, vault: Vault, staff_key: str, address: str | None) -> None:
    """Keeps the address of somebody's calendar, or forgets it with all that was read of it."""
    tx.run(_FORGET_CALENDAR, whose=staff_key)
    if address:
        sealed = vault.seal(address, table="caller_calendar", column="address", row=staff_key)
        tx.run(_NAME_CALENDAR, staff_key=staff_key, address=sealed, busy="[]", read_at=None, fault=None)


def note_busy(tx: Transaction, staff_key: str, busy: list[Interval], now: datetime) -> None:
    """Keeps when the calendar says busy, in place of what it said before."""
    times = json.dumps([[begins.timestamp(), ends.timestamp()] for begins, ends in busy])
    tx.run(_READ, whose=staff_key, to_busy=times, at=now)


def note_unread(tx: Transaction, staff_key: str, fault: str) -> None:
    """Notes why the calendar could not be read. What it said before stands."""
    tx.run(_NOT_READ, whose=staff_key, to_fault=fault[:64])


def _document(caller: Caller) -> dict[str, Any]:
    return {
        "languages": sorted(caller.languages),
        "channels": sorted(caller.channels),
        "areas": sorted(caller.areas),
        "hours": {day: _written(ranges) for day, ranges in caller.hours.items()},
        "exceptions": {day.isoformat(): _written(ranges) for day, ranges in caller.exceptions.items()},
    }


def _caller(key: str, name: str, document: Mapping[str, Any]) -> Caller:
    return Caller(
        key,
        name,
        frozenset(document["languages"]),
        {day: _read(ranges) for day, ranges in document["hours"].items()},
        frozenset(document["channels"]),
        frozenset(document["areas"]),
        {date.fromisoformat(day): _read(ranges) for day, ranges in document["exceptions"].items()},
    )


def _written(ranges: Ranges) -> list[str]:
    return [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in ranges]


def _read(written: list[str]) -> Ranges:
    ends = (each.split("-") for each in written)
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in ends)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
