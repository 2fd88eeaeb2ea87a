"""A person takes an alert on: "I'm ringing now". The first to say so owns it; the second learns the name."""

from datetime import datetime, timedelta

from bot.services.desk import Desk
from bot.storage import audit, concerns
from bot.storage.transaction import Transaction


class NoSuchAlert(LookupError):
    """No alert has this id."""


def acknowledge_alert(desk: Desk, alert_id: str, who: str, now: datetime) -> concerns.Alert:
    """The alert as it is afterwards: its `owner` is `who`, or whoever was first, or nobody where it was closed.

    Acknowledging ends nothing: without an outcome the alert is due again after the settings' time.
    Raises `NoSuchAlert`.
    """

    def work(tx: Transaction) -> concerns.Alert:
        alert = concerns.load(tx, alert_id)
        if alert is None:
            raise NoSuchAlert(alert_id)
        again = now + timedelta(seconds=desk.settings.acknowledgement_seconds)
        if concerns.acknowledge(tx, alert.id, who, now, due_at=again):
            audit.record(tx, who, "acknowledge", "alert", alert.id, now)
        return concerns.load(tx, alert_id) or alert

    return desk.database.write(work)
