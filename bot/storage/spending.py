"""How many texts parents have cost today. Ids sort by time, so a day is one stretch of the table."""

from datetime import datetime

from sqlalchemy import bindparam, func, select

from bot.storage.database import Prepared, Transaction, one_of
from bot.storage.tables import outbound_message as table

_today = (
    table.c.id >= bindparam("from_id", type_=table.c.id.type),
    one_of(table.c.lane, "reply"),
    one_of(table.c.channel, "sms"),
)
_some_of = select(table.c.id).where(table.c.conversation_id == bindparam("whose"), *_today).limit(bindparam("most"))
_COUNT_IN = Prepared(select(func.count().label("replies")).select_from(_some_of.subquery()))
_NTH = Prepared(select(table.c.id).where(*_today).limit(1).offset(bindparam("before")))


def count_in(tx: Transaction, conversation_id: str, day: datetime, most: int) -> int:
    """How many replies by text the conversation has had since `day` began; nobody counts further than `most`."""
    (row,) = tx.rows(_COUNT_IN, whose=conversation_id, from_id=_first_id(day), most=most)
    replies: int = row.replies
    return replies


def is_spent(tx: Transaction, day: datetime, cap: int) -> bool:
    """Whether all conversations together have."""
    return tx.row(_NTH, from_id=_first_id(day), before=cap - 1) is not None


def _first_id(day: datetime) -> str:
    return f"{int(day.timestamp() * 1000):012x}"
