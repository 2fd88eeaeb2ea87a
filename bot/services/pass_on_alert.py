"""A person passes an alert on: the next level is told at once, whatever time the chain had, and so is its owner."""

from datetime import datetime

from bot.services.acknowledge_alert import NoSuchAlert
from bot.services.desk import Desk
from bot.services.step_alert import chain_of, step_alert
from bot.services.tell_paged import tell_owner_passed_on
from bot.storage import audit, chasing
from bot.storage.transaction import Transaction

# Each has its words under alerts.pass_on.<name>.
REASONS = ("cannot_now", "needs_lead", "needs_language", "knows_family")


class NoReason(ValueError):
    """An alert is passed on only for a reason of `REASONS`."""


def pass_on_alert(desk: Desk, alert_id: str, reason: str, who: str, now: datetime) -> bool:
    """True when the next level was told; False where the alert was closed. Raises `NoSuchAlert`, `NoReason`.

    The last level is told again: there is nobody after it.
    """
    if reason not in REASONS:
        raise NoReason(reason)

    def work(tx: Transaction) -> bool:
        alert = chasing.take(tx, alert_id)
        if alert is None:
            raise NoSuchAlert(alert_id)
        if alert.state == "closed":
            return False
        level = min(alert.level + 1, chain_of(desk, alert).last)
        freed = chasing.set_free(tx, alert, level, now, who=who, kind="passed_on", detail=reason)
        audit.record(tx, who, f"pass_on:{reason}", "alert", alert.id, now)
        if freed is not None:
            tell_owner_passed_on(desk, tx, freed, alert.owner, who, now)
        step_alert(desk, tx, freed or alert, now)
        return True

    return desk.database.write(work)
