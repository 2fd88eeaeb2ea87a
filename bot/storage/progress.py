"""How far a chore has got through what the outside world keeps: it goes on from there after hours of standing still."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.staff_tables import progress as table


@dataclass(frozen=True, slots=True)
class Progress:
    """`up_to` is the mark, on the provider's clock; `done_at` the last time everything went well, on ours."""

    up_to: datetime
    begun_at: datetime
    done_at: datetime | None


_LOAD = Prepared(select(table.c.up_to, table.c.begun_at, table.c.done_at).where(table.c.name == bindparam("its_name")))
_BEGIN = insert_unless_there(table)
_MOVE = Prepared(update(table).where(table.c.name == bindparam("its_name")).values(up_to=bindparam("to_mark")))
_DONE = Prepared(
    update(table)
    .where(table.c.name == bindparam("its_name"))
    .values(up_to=bindparam("to_mark"), done_at=bindparam("at"))
)


def load(tx: Transaction, name: str) -> Progress | None:
    """How far the chore has got; None where it never began."""
    row = tx.row(_LOAD, its_name=name)
    return None if row is None else Progress(row.up_to, row.begun_at, row.done_at)


def begin(tx: Transaction, name: str, up_to: datetime, now: datetime) -> None:
    """Writes where the chore begins, unless it has begun."""
    tx.run(_BEGIN, name=name, up_to=up_to, begun_at=now, done_at=None)


def move(tx: Transaction, name: str, up_to: datetime, now: datetime, *, done: bool) -> None:
    """Puts the mark at `up_to`; `done` when nothing before it is left over."""
    if done:
        tx.run(_DONE, its_name=name, to_mark=up_to, at=now)
    else:
        tx.run(_MOVE, its_name=name, to_mark=up_to)
