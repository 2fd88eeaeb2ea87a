"""Signs of health that only the tables know: what should have left, and which alerts nobody has taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from bot.storage.columns import Instant
from bot.storage.staff_tables import progress
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
_TOO_LATE = Prepared(
    select(func.count().label("count")).where(
        one_of(outbound_message.c.state, "dropped"),
        outbound_message.c.error_code == "too_late",
        outbound_message.c.due_at > bindparam("since", type_=Instant),
    )
)
_PROGRESS = Prepared(
    select(func.coalesce(progress.c.done_at, progress.c.begun_at).label("at")).where(progress.c.name == "reconcile")
)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Vitals:
    """Counts, and the due time of the oldest of each; None when there is none. `dropped_too_late` in the last day.

    `reconciled_at`: when the provider's list was last gone through, or first tried; None where that never began.
    """

    waiting_messages: int
    oldest_waiting: datetime | None
    open_alerts: int
    oldest_alert_due: datetime | None
    dropped_too_late: int
    reconciled_at: datetime | None


def take_vitals(tx: Transaction, now: datetime) -> Vitals:
    """What the tables say at `now`; the questions of the outbox are answered from partial indexes."""
    dropped = tx.row(_TOO_LATE, since=now - _DAY)
    reconciled = tx.row(_PROGRESS)
    waiting = tx.row(_WAITING, now=now)
    alerts = tx.row(_OPEN)
    return Vitals(
        waiting_messages=waiting.count if waiting else 0,
        oldest_waiting=waiting.oldest if waiting else None,
        open_alerts=alerts.count if alerts else 0,
        oldest_alert_due=alerts.oldest if alerts else None,
        dropped_too_late=dropped.count if dropped else 0,
        reconciled_at=reconciled.at if reconciled else None,
    )
