"""A person opens a closed alert again: its chain starts as if it were new."""

from datetime import datetime

from bot.services.acknowledge_alert import NoSuchAlert
from bot.services.desk import Desk
from bot.services.step_alert import step_alert
from bot.storage import audit, chasing, concerns
from bot.storage.transaction import Transaction


def reopen_alert(desk: Desk, alert_id: str, who: str, now: datetime) -> bool:
    """True when it is open now and was not; False where it is live, or a later alert about the same parent is.

    Raises `NoSuchAlert`.
    """

    def work(tx: Transaction) -> bool:
        alert = chasing.take(tx, alert_id)
        if alert is None:
            raise NoSuchAlert(alert_id)
        if any(each.state != "closed" for each in concerns.of_conversation(tx, alert.conversation_id)):
            return False
        done = chasing.reopen(tx, alert.id, who, now)
        if done:
            audit.record(tx, who, "reopen", "alert", alert.id, now)
            step_alert(desk, tx, chasing.take(tx, alert.id) or alert, now)
        return done

    return desk.database.write(work)
