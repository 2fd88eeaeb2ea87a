"""A person closes an alert, and says how it ended. Nothing else ever closes one."""

from datetime import datetime

from bot.services.acknowledge_alert import NoSuchAlert, start_clocks
from bot.services.desk import Desk
from bot.services.tell_paged import tell_paged
from bot.storage import audit, chasing, concerns
from bot.storage.transaction import Transaction

# Each has its words under alerts.outcome.<name>.
OUTCOMES = ("spoke_safe", "already_safe", "emergency_services", "referred_on", "known_already", "not_a_concern")


class NoOutcome(ValueError):
    """An alert closes only with an outcome of `OUTCOMES`."""


def close_alert(desk: Desk, alert_id: str, outcome: str, who: str, now: datetime) -> bool:
    """True when it closed now, False when it was closed before. Raises `NoSuchAlert`, `NoOutcome`.

    Closing one that nobody had taken takes it as well: colleagues who were paged learn who has it, and the clocks of
    the procedures start.
    """
    if outcome not in OUTCOMES:
        raise NoOutcome(outcome)

    def work(tx: Transaction) -> bool:
        alert = chasing.take(tx, alert_id)
        if alert is None:
            raise NoSuchAlert(alert_id)
        if concerns.acknowledge(tx, alert.id, who, now):
            start_clocks(desk, tx, alert.id, now)
            tell_paged(desk, tx, concerns.load(tx, alert.id) or alert, now)
        closed = concerns.close(tx, alert.id, who, now, outcome=outcome)
        if closed:
            audit.record(tx, who, f"close:{outcome}", "alert", alert.id, now)
        return closed

    return desk.database.write(work)
