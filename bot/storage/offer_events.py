"""What became of offers: which were shown, taken and refused, and whom to ask later whether they got there.

One row for a parent, an offer and a kind, however often it happens, so that numbers are of parents. Only the day is
kept. Erasing a parent takes away whose row it was, and the question with it; the number stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import bindparam, func, select, update

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.tables import offer_event as table


@dataclass(frozen=True, slots=True)
class Promised:
    """A question a parent agreed to be asked: `ask_at` is when, `asked_at` when it was put, None before."""

    id: str
    conversation_id: str
    offer: str
    ask_at: datetime
    asked_at: datetime | None


_NOTE = insert_unless_there(table)
_its = (table.c.conversation_id == bindparam("whose"), table.c.kind == "taken")
_PROMISE = Prepared(
    update(table)
    .where(*_its, table.c.offer == bindparam("which"), table.c.asked_at.is_(None))
    .values(ask_at=bindparam("to_ask_at", type_=table.c.ask_at.type))
)
_TAKE_BACK = Prepared(update(table).where(*_its, table.c.ask_at.is_not(None)).values(ask_at=None))
_columns = (table.c.id, table.c.conversation_id, table.c.offer, table.c.ask_at, table.c.asked_at)
_DUE = Prepared(
    select(*_columns)
    .where(table.c.ask_at <= bindparam("now"), table.c.asked_at.is_(None), table.c.conversation_id.is_not(None))
    .order_by(table.c.ask_at, table.c.id)
    .limit(bindparam("limit"))
)
_LOAD = Prepared(
    select(*_columns).where(
        table.c.id == bindparam("id"), table.c.ask_at.is_not(None), table.c.conversation_id.is_not(None)
    )
)
_ASKED = Prepared(
    update(table)
    .where(table.c.id == bindparam("its_id"), table.c.asked_at.is_(None))
    .values(asked_at=bindparam("at", type_=table.c.asked_at.type))
)
_COUNT = Prepared(
    select(table.c.offer, table.c.kind, func.count().label("parents"))
    .where(table.c.day >= bindparam("since"), table.c.day < bindparam("until"))
    .group_by(table.c.offer, table.c.kind)
)


def note_offer(tx: Transaction, conversation_id: str, offer: str, kind: str, now: datetime) -> None:
    """`kind`: shown, taken or refused. A second time of the same is not counted again."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    tx.run(
        _NOTE,
        # Our other ids tell the time to the millisecond; this row must not.
        id=uuid4().hex,
        conversation_id=conversation_id,
        offer=offer,
        kind=kind,
        day=day,
        ask_at=None,
        asked_at=None,
    )


def promise_question(tx: Transaction, conversation_id: str, offer: str, ask_at: datetime) -> bool:
    """The parent, who took the offer, agreed to be asked; False where they did not take it, or were asked before."""
    return bool(tx.run(_PROMISE, whose=conversation_id, which=offer, to_ask_at=ask_at))


def take_back_questions(tx: Transaction, conversation_id: str) -> int:
    """The parent wants no such text: none that is promised will be sent. How many."""
    return tx.run(_TAKE_BACK, whose=conversation_id)


def due_questions(tx: Transaction, now: datetime, limit: int) -> tuple[Promised, ...]:
    """What should be asked by now and was not, the longest due first."""
    return tuple(Promised(*row) for row in tx.rows(_DUE, now=now, limit=limit))


def promised_question(tx: Transaction, event_id: str) -> Promised | None:
    """The promise as it stands; None when it was taken back, or whoever it was made to is erased."""
    row = tx.row(_LOAD, id=event_id)
    return None if row is None else Promised(*row)


def mark_asked(tx: Transaction, event_id: str, now: datetime) -> bool:
    """Takes the question on, for good; False where somebody else has."""
    return bool(tx.run(_ASKED, its_id=event_id, at=now))


def count_parents(tx: Transaction, since: datetime, until: datetime) -> Mapping[str, Mapping[str, int]]:
    """Parents by offer and kind, on days from `since` to before `until`."""
    found: dict[str, dict[str, int]] = {}
    for row in tx.rows(_COUNT, since=since, until=until):
        found.setdefault(row.offer, {})[row.kind] = row.parents
    return found
