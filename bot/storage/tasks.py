"""Things a person has to do or decide."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.ids import new_id
from bot.storage.staff_tables import staff_task as table


@dataclass(frozen=True, slots=True)
class StaffTask:
    """One thing to do. `kind` is a code; its words are in the catalogue."""

    id: str
    conversation_id: str | None
    kind: str
    opened_at: datetime


_OPEN = insert_unless_there(table)
_ALL = Prepared(
    select(table.c.id, table.c.conversation_id, table.c.kind, table.c.opened_at)
    .where(table.c.closed_at.is_(None))
    .order_by(table.c.opened_at, table.c.id)
)
_CLOSE = Prepared(
    update(table)
    .where(table.c.id == bindparam("its_id"), table.c.closed_at.is_(None))
    .values(closed_at=bindparam("at"), closed_by=bindparam("who"))
)

_CLOSE_KIND = Prepared(
    update(table)
    .where(
        table.c.conversation_id == bindparam("conversation_id"),
        table.c.kind == bindparam("kind"),
        table.c.closed_at.is_(None),
    )
    .values(closed_at=bindparam("at"), closed_by=bindparam("who"))
)


def open_task(tx: Transaction, conversation_id: str | None, kind: str, now: datetime) -> str | None:
    """The new task's id, or None where one of this kind is open for the conversation."""
    id_ = new_id(now)
    kept = tx.run(
        _OPEN, id=id_, conversation_id=conversation_id, kind=kind, opened_at=now, closed_at=None, closed_by=None
    )
    return id_ if kept else None


def open_tasks(tx: Transaction) -> tuple[StaffTask, ...]:
    """What is still to do, oldest first."""
    return tuple(StaffTask(*row) for row in tx.rows(_ALL))


def close_task(tx: Transaction, task_id: str, who: str, now: datetime) -> bool:
    """Marks the task done; False where it was."""
    return tx.run(_CLOSE, its_id=task_id, who=who, at=now) == 1


def close_kind(tx: Transaction, conversation_id: str, kind: str, who: str, now: datetime) -> bool:
    """Marks the conversation's open task of this kind done; False where there is none."""
    return tx.run(_CLOSE_KIND, conversation_id=conversation_id, kind=kind, who=who, at=now) == 1
