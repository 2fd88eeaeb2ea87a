"""Signs of health that only the tables know: what should have left, and which alerts nobody has taken."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from bot.storage.columns import Instant
from bot.storage.statements import Prepared, one_of
from bot.storage.tables import alert, outbound_message
from bot.storage.transaction import Transaction

_WAITING = Prepared(
    select(func.count().label("count"), func.min(outbound_message.c.due_at, type_=Instant).label("oldest")).where(
        one_of(outbound_message.c.state, "waiting", "sending"),
        outbound_message.c.due_at <= bindparam("now", type_=Instant),
    )
)
_OPEN = Prepared(
    select(func.count().label("count"), func.min(alert.c.due_at, type_=Instant).label("oldest")).where(
        one_of(alert.c.state, "open")
    )
)


@dataclass(frozen=True, slots=True)
class Vitals:
    """Counts, and the due time of the oldest of each; None when there is none."""

    waiting_messages: int
    oldest_waiting: datetime | None
    open_alerts: int
    oldest_alert_due: datetime | None


def take_vitals(tx: Transaction, now: datetime) -> Vitals:
    """What the tables say at `now`; both questions are answered from partial indexes."""
    waiting = tx.row(_WAITING, now=now)
    alerts = tx.row(_OPEN)
    return Vitals(
        waiting_messages=waiting.count if waiting else 0,
        oldest_waiting=waiting.oldest if waiting else None,
        open_alerts=alerts.count if alerts else 0,
        oldest_alert_due=alerts.oldest if alerts else None,
    )
