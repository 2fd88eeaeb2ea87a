"""Parents who wait for a person: since which message, by when somebody should have read, and whether somebody has.

A promise is kept when a person writes, or gives the conversation back. It is kept as well by what people do elsewhere:
who acknowledges the parent's alert and still has it, closes it, or closes the task that asked for a person, has seen to
it. That is read from those tables each time, so that no door of theirs can forget to say so here. An alert whose time
ran out, or that was passed on, is nobody's: then the parent waits as before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, not_, or_, select, update

from bot.storage.database import Prepared, Row, Transaction, insert_unless_there, one_of
from bot.storage.ids import new_id
from bot.storage.staff_tables import staff_task
from bot.storage.tables import alert
from bot.storage.tables import promise as table


@dataclass(frozen=True, slots=True)
class Waiting:
    """One parent who waits. `due_at` is None where no time was named; `sorry` is what became of the apology."""

    id: str
    conversation_id: str
    since: datetime
    due_at: datetime | None
    sorry: str | None

    def is_missed(self, now: datetime) -> bool:
        """Whether the time that was named has passed."""
        return self.due_at is not None and self.due_at <= now


def _seen_to_since(since: ColumnElement[Any]) -> ColumnElement[bool]:
    its_own = alert.c.conversation_id == table.c.conversation_id
    return or_(
        exists().where(its_own, alert.c.acknowledged_at >= since, alert.c.owner.is_not(None)),
        exists().where(its_own, alert.c.closed_at >= since),
        exists().where(
            staff_task.c.conversation_id == table.c.conversation_id,
            one_of(staff_task.c.kind, "asks_for_person"),
            staff_task.c.closed_at >= since,
        ),
    )


_seen_to = _seen_to_since(table.c.since)
_open = and_(table.c.kept_at.is_(None), not_(_seen_to))
_shown = (table.c.id, table.c.conversation_id, table.c.since, table.c.due_at, table.c.sorry)
_whose = table.c.conversation_id == bindparam("whose")
_INSERT = insert_unless_there(table)
_SETTLE = Prepared(
    update(table)
    .where(_whose, table.c.kept_at.is_(None), _seen_to)
    .values(kept_at=bindparam("at"), kept_by="elsewhere")
)
_NAME_A_TIME = Prepared(
    update(table).where(_whose, table.c.kept_at.is_(None), table.c.due_at.is_(None)).values(due_at=bindparam("to_due"))
)
# What a person did between the two was no answer to the earlier message, and must not seem one: then it stays.
_BEGAN_EARLIER = Prepared(
    update(table)
    .where(_whose, table.c.kept_at.is_(None), table.c.since > bindparam("at"), not_(_seen_to_since(bindparam("at"))))
    .values(since=bindparam("at"))
)
_KEEP = Prepared(
    update(table).where(_whose, table.c.kept_at.is_(None)).values(kept_at=bindparam("at"), kept_by=bindparam("who"))
)
_OF = Prepared(select(*_shown).where(_whose, _open))
_BY_ID = Prepared(select(*_shown).where(table.c.id == bindparam("its_id"), _open))
_ALL = Prepared(select(*_shown).where(_open).order_by(table.c.since, table.c.id))
_BROKEN = Prepared(
    select(*_shown)
    .where(_open, table.c.sorry_at.is_(None), table.c.due_at <= bindparam("now"))
    .order_by(table.c.due_at, table.c.id)
    .limit(bindparam("limit"))
)
_SORRY = Prepared(
    update(table)
    .where(table.c.id == bindparam("its_id"), table.c.sorry_at.is_(None))
    .values(sorry_at=bindparam("at"), sorry=bindparam("to_sorry"))
)


def wait_for_person(tx: Transaction, conversation_id: str, since: datetime, due_at: datetime | None) -> None:
    """Notes that this parent waits, from their message at `since`. Who waits already goes on waiting from then, or from
    an earlier message that reached us late; and by the first time that was named."""
    settle(tx, conversation_id, since)
    began = tx.run(
        _INSERT,
        id=new_id(since),
        conversation_id=conversation_id,
        since=since,
        due_at=due_at,
        sorry_at=None,
        sorry=None,
        kept_at=None,
        kept_by=None,
    )
    if not began:
        tx.run(_BEGAN_EARLIER, whose=conversation_id, at=since)
    if not began and due_at is not None:
        tx.run(_NAME_A_TIME, whose=conversation_id, to_due=due_at)


def settle(tx: Transaction, conversation_id: str, now: datetime) -> None:
    """Keeps for good what somebody has seen to, before their alert is taken from them: graver words begin anew."""
    tx.run(_SETTLE, whose=conversation_id, at=now)


def keep(tx: Transaction, conversation_id: str, who: str, now: datetime) -> bool:
    """Notes that a person has answered; False where nobody waited."""
    return tx.run(_KEEP, whose=conversation_id, who=who, at=now) == 1


def of_conversation(tx: Transaction, conversation_id: str) -> Waiting | None:
    """What this parent waits for, if they do."""
    return _waiting(tx.row(_OF, whose=conversation_id))


def load(tx: Transaction, promise_id: str) -> Waiting | None:
    """The promise by its id, while it is open."""
    return _waiting(tx.row(_BY_ID, its_id=promise_id))


def everyone(tx: Transaction) -> tuple[Waiting, ...]:
    """All who wait, the longest first."""
    return tuple(Waiting(*row) for row in tx.rows(_ALL))


def broken(tx: Transaction, now: datetime, limit: int) -> tuple[Waiting, ...]:
    """Promises that were broken and nothing was said of it yet, the longest due first."""
    return tuple(Waiting(*row) for row in tx.rows(_BROKEN, now=now, limit=limit))


def settle_apology(tx: Transaction, promise_id: str, sorry: str, now: datetime) -> bool:
    """Notes what became of the apology: "sent", or why nothing was said. False where that was settled before."""
    return tx.run(_SORRY, its_id=promise_id, to_sorry=sorry, at=now) == 1


def _waiting(row: Row | None) -> Waiting | None:
    return None if row is None else Waiting(*row)
