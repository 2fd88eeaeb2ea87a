"""The time a live call takes up, in cells of five minutes: the one constraint against two calls of one person at once.

Whatever makes a call live (holding, booking, moving, passing on, bringing back) takes its cells; whatever ends it
leaves them. The database refuses a cell that somebody has already, so that times which only overlap are refused as
well, on both engines, however many processes try.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, func, select

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.tables import call, call_cell

CELL = timedelta(minutes=5)
Interval = tuple[datetime, datetime]


class SlotTaken(Exception):
    """Somebody else has this time, or our hold on it has gone."""


_TAKE = insert_unless_there(call_cell)
_LEAVE = Prepared(delete(call_cell).where(call_cell.c.call_id == bindparam("whose")))
_BUSY = Prepared(
    select(call_cell.c.staff_key, func.min(call_cell.c.cell).label("first"), func.max(call_cell.c.cell).label("last"))
    .join_from(call_cell, call, call.c.id == call_cell.c.call_id)
    .where(
        call_cell.c.cell >= bindparam("since"),
        call_cell.c.cell < bindparam("until"),
        (call.c.state != "held") | (call.c.hold_until > bindparam("now")),
    )
    .group_by(call_cell.c.call_id, call_cell.c.staff_key)
)


def take(tx: Transaction, call_id: str, staff_key: str, since: datetime, until: datetime) -> None:
    """Takes the time for the call, leaving what it had before. Raises `SlotTaken`; nothing is changed then."""
    with tx.savepoint():
        leave(tx, call_id)
        for cell in cells(since, until):
            if not tx.run(_TAKE, staff_key=staff_key, cell=cell, call_id=call_id):
                raise SlotTaken(f"{staff_key} {since.isoformat()}")


def leave(tx: Transaction, call_id: str) -> None:
    """Gives back the call's time."""
    tx.run(_LEAVE, whose=call_id)


def busy(tx: Transaction, since: datetime, until: datetime, *, now: datetime) -> dict[str, list[Interval]]:
    """The times between `since` and `until` in which members of staff have calls, pauses included, by their key.

    A hold that has run out takes up no time.
    """
    found: dict[str, list[Interval]] = {}
    between = cells(since, until)
    for row in tx.rows(_BUSY, since=between.start, until=between.stop, now=now):
        found.setdefault(row.staff_key, []).append((_begins(row.first), _begins(row.last + 1)))
    return found


def cells(since: datetime, until: datetime) -> range:
    """The cells that a time touches, numbered since 1970. A cell that is only begun counts."""
    length = CELL.total_seconds()
    return range(int(since.timestamp() // length), -int(-until.timestamp() // length))


def _begins(cell: int) -> datetime:
    return datetime.fromtimestamp(cell * CELL.total_seconds(), UTC)
