"""Who did what to what, and when. Only ever added to; ids and codes, never content."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from bot.storage.database import Prepared, Transaction
from bot.storage.ids import new_id
from bot.storage.staff_tables import audit as table


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing somebody did."""

    at: datetime
    who: str
    action: str
    subject_type: str
    subject_id: str


_RECORD = Prepared(insert(table))
_columns = (table.c.at, table.c.who, table.c.action, table.c.subject_type, table.c.subject_id)
_OF = Prepared(
    select(*_columns)
    .where(table.c.subject_type == bindparam("subject_type"), table.c.subject_id == bindparam("subject_id"))
    .order_by(table.c.at, table.c.id)
)
_SINCE = Prepared(
    select(func.count().label("number")).where(
        table.c.subject_type == bindparam("subject_type"),
        table.c.subject_id == bindparam("subject_id"),
        table.c.action == bindparam("action"),
        table.c.at > bindparam("since"),
    )
)
_RECENT = Prepared(select(*_columns).order_by(table.c.id.desc()).limit(bindparam("limit")))


def record(tx: Transaction, who: str, action: str, subject_type: str, subject_id: str, now: datetime) -> None:
    """Adds an entry, in the transaction of what it tells about."""
    tx.run(_RECORD, id=new_id(now), at=now, who=who, action=action, subject_type=subject_type, subject_id=subject_id)


def entries(tx: Transaction, subject_type: str, subject_id: str) -> tuple[AuditEntry, ...]:
    """What was done to one subject, in order."""
    return tuple(AuditEntry(*row) for row in tx.rows(_OF, subject_type=subject_type, subject_id=subject_id))


def recent(tx: Transaction, limit: int) -> tuple[AuditEntry, ...]:
    """What was done last, newest first."""
    return tuple(AuditEntry(*row) for row in tx.rows(_RECENT, limit=limit))


def count_since(tx: Transaction, action: str, subject_type: str, subject_id: str, since: datetime) -> int:
    """How often this was done to a subject since then."""
    row = tx.row(_SINCE, action=action, subject_type=subject_type, subject_id=subject_id, since=since)
    return int(row.number) if row else 0
