"""When a message in the outbox was written, where that must be put right."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, update

from bot.storage.statements import Prepared, one_of
from bot.storage.tables import outbound_message as table
from bot.storage.transaction import Transaction

_PREDATE = Prepared(
    update(table)
    .where(
        table.c.conversation_id == bindparam("whose"),
        table.c.kind == bindparam("of_kind", type_=table.c.kind.type),
        one_of(table.c.state, "sending"),
        table.c.created_at >= bindparam("at"),
    )
    .values(created_at=bindparam("before"))
)


def predate(tx: Transaction, conversation_id: str, kind: str, now: datetime) -> None:
    """What is being sent at this moment was written before it, whatever the clock of that time said: who judges it when
    it is tried again goes by that."""
    tx.run(_PREDATE, whose=conversation_id, of_kind=kind, at=now, before=now - timedelta(microseconds=1))
