"""What should have reached a parent of its own accord and did not: reminders and the like, for a list each morning."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.storage.database import Prepared, Transaction, one_of
from bot.storage.tables import outbound_message as table


@dataclass(frozen=True, slots=True)
class NotSent:
    """One message that did not leave. `reason` is a code; its words are never looked at."""

    conversation_id: str
    kind: str
    reason: str
    due_at: datetime


_NOT_SENT = Prepared(
    select(table.c.conversation_id, table.c.kind, table.c.error_code, table.c.due_at)
    .where(
        one_of(table.c.state, "failed", "dropped"),
        one_of(table.c.kind, "call_reminder", "call_changed"),
        table.c.conversation_id.is_not(None),
        table.c.created_at > bindparam("since"),
    )
    .order_by(table.c.due_at, table.c.id)
)


def not_sent(tx: Transaction, since: datetime) -> tuple[NotSent, ...]:
    """Reminders of calls, and news of a changed call, written since then that did not leave, oldest first."""
    return tuple(
        NotSent(row.conversation_id, row.kind, row.error_code or "", row.due_at)
        for row in tx.rows(_NOT_SENT, since=since)
    )
