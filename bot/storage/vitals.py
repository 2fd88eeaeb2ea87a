"""Signs of health that only the tables know: what should have left, which alerts nobody has taken or heard of."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, func, literal_column, or_, select

from bot.storage import refusals
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
_LIVE = Prepared(
    select(
        func.sum(case((one_of(alert.c.state, "open"), literal_column("1")), else_=literal_column("0"))).label("open"),
        func.count(alert.c.unreached_at).label("unreached"),
        func.min(alert.c.due_at, type_=Instant).label("oldest"),
    ).where(one_of(alert.c.state, "open", "acknowledged"))
)
_UNREACHED = Prepared(
    select(alert.c.id)
    .where(
        one_of(alert.c.state, "open", "acknowledged"),
        or_(alert.c.unreached_at.is_not(None), alert.c.due_at < bindparam("overdue_since", type_=Instant)),
    )
    .limit(literal_column("1"))
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
    `refused_since`: since when the provider refuses our account; None where it does not.
    """

    waiting_messages: int
    oldest_waiting: datetime | None
    open_alerts: int
    oldest_alert_due: datetime | None
    unreached_alerts: int
    dropped_too_late: int
    reconciled_at: datetime | None
    refused_since: datetime | None


def take_vitals(tx: Transaction, now: datetime) -> Vitals:
    """What the tables say at `now`; the questions of the outbox are answered from partial indexes."""
    dropped = tx.row(_TOO_LATE, since=now - _DAY)
    reconciled = tx.row(_PROGRESS)
    waiting = tx.row(_WAITING, now=now)
    alerts = tx.row(_LIVE)
    return Vitals(
        waiting_messages=waiting.count if waiting else 0,
        oldest_waiting=waiting.oldest if waiting else None,
        open_alerts=int(alerts.open or 0) if alerts else 0,
        oldest_alert_due=alerts.oldest if alerts else None,
        unreached_alerts=alerts.unreached if alerts else 0,
        dropped_too_late=dropped.count if dropped else 0,
        reconciled_at=reconciled.at if reconciled else None,
        refused_since=refusals.since(tx),
    )


def nobody_can_be_reached(tx: Transaction, *, overdue_since: datetime) -> bool:
    """Whether an alert stands whose people could not be reached by any road, or that nobody has followed up since."""
    return tx.row(_UNREACHED, overdue_since=overdue_since) is not None
