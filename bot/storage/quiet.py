"""Parents who have gone quiet: whose conversations have outlived the time we said we would keep them."""

from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select

from bot.storage.alert_tables import alert_report
from bot.storage.database import Prepared, Transaction, one_of
from bot.storage.tables import alert, call, conversation

_referred = or_(
    exists().where(call.c.conversation_id == conversation.c.id, one_of(call.c.state, "booked", "done", "no_answer")),
    exists().where(alert.c.conversation_id == conversation.c.id),
)
_in_danger = or_(
    exists().where(alert.c.conversation_id == conversation.c.id, one_of(alert.c.state, "open", "acknowledged")),
    exists().where(
        alert.c.conversation_id == conversation.c.id,
        alert_report.c.alert_id == alert.c.id,
        alert_report.c.next_due_at.is_not(None),
    ),
)
_OVERDUE = Prepared(
    select(conversation.c.id)
    .where(
        conversation.c.contact_hash.is_not(None),
        ~_in_danger,
        or_(
            conversation.c.updated_at < bindparam("kept_since"),
            (conversation.c.updated_at < bindparam("chats_since")) & ~_referred,
        ),
    )
    .order_by(conversation.c.updated_at)
    .limit(bindparam("limit"))
)


def overdue(tx: Transaction, *, chats_since: datetime, kept_since: datetime, limit: int) -> tuple[str, ...]:
    """Ids of conversations silent since `chats_since`; where a call was booked or an alert raised, since `kept_since`.

    One with an open alert, or with a report still to be made, is never among them.
    """
    rows = tx.rows(_OVERDUE, chats_since=chats_since, kept_since=kept_since, limit=limit)
    return tuple(row.id for row in rows)
