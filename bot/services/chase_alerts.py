"""Chases every alert that is due: the next person, the next road, the next level, for ever.

Due times are columns. Any number of workers may run this; each looks at the alert again once it is theirs.
"""

from datetime import datetime

import structlog

from bot.services.desk import Desk
from bot.services.record_report import LATE
from bot.services.step_alert import step_alert
from bot.storage import chasing, reports, tasks
from bot.storage.database import DatabaseAway, Transaction

log = structlog.get_logger(__name__)

_AT_ONCE = 500


def chase_alerts(desk: Desk, now: datetime) -> int:
    """How many alerts took a step. One that fails holds up no other, and stays due. Raises `DatabaseAway`."""
    stepped = 0
    for alert_id in desk.database.read(lambda tx: chasing.due(tx, now, _AT_ONCE)):
        try:
            stepped += desk.database.write(lambda tx, alert_id=alert_id: _step(desk, tx, alert_id, now))  # type: ignore[misc]
        except DatabaseAway:
            raise
        except Exception as fault:
            log.error("chase_failed", alert=alert_id, fault=type(fault).__name__)
    late = desk.database.read(lambda tx: reports.overdue(tx, now))
    if late:
        desk.database.write(lambda tx: _ask_for_reports(tx, late, now))
    return stepped


def _step(desk: Desk, tx: Transaction, alert_id: str, now: datetime) -> bool:
    alert = chasing.take(tx, alert_id)
    if alert is None or alert.state == "closed" or not chasing.is_due(alert, now):
        return False  # another worker was first, or somebody has closed it
    step_alert(desk, tx, alert, now)
    return True


def _ask_for_reports(tx: Transaction, late: tuple[reports.Overdue, ...], now: datetime) -> None:
    for each in late:
        tasks.open_task(tx, each.conversation_id, LATE, now)
