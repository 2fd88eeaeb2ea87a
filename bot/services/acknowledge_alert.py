"""A person takes an alert on: "I'm ringing now". The first to say so owns it; the second learns the name."""

from datetime import datetime, timedelta

from bot.content.bank_holidays import closed_days
from bot.domain.working_days import CHASE_AFTER_DAYS, WRITTEN_WITHIN, add_working_days
from bot.services.desk import Desk
from bot.services.tell_paged import tell_paged
from bot.storage import audit, chasing, concerns, reports
from bot.storage.transaction import Transaction


class NoSuchAlert(LookupError):
    """No alert has this id."""


def acknowledge_alert(desk: Desk, alert_id: str, who: str, now: datetime) -> concerns.Alert:
    """The alert as it is afterwards: its `owner` is `who`, or whoever was first, or nobody where it was closed.

    Acknowledging ends nothing: without an outcome the alert is due again after the settings' time, and whoever has it
    may take that time again. The two clocks of the procedures start with the first acknowledgement.
    Raises `NoSuchAlert`.
    """
    return desk.database.write(lambda tx: acknowledge_within(desk, tx, alert_id, who, now))


def acknowledge_within(desk: Desk, tx: Transaction, alert_id: str, who: str, now: datetime) -> concerns.Alert:
    """As `acknowledge_alert`, inside a transaction of the caller's."""
    alert = chasing.take(tx, alert_id)
    if alert is None:
        raise NoSuchAlert(alert_id)
    again = now + timedelta(seconds=desk.settings.acknowledgement_seconds)
    if concerns.acknowledge(tx, alert.id, who, now, due_at=again):
        audit.record(tx, who, "acknowledge", "alert", alert.id, now)
        start_clocks(desk, tx, alert.id, now)
        alert = concerns.load(tx, alert_id) or alert
        tell_paged(desk, tx, alert, now)
        return alert
    if chasing.renew(tx, alert.id, who, now, again):
        audit.record(tx, who, "renew", "alert", alert.id, now)
    return concerns.load(tx, alert_id) or alert


def start_clocks(desk: Desk, tx: Transaction, alert_id: str, now: datetime) -> None:
    """Starts the 24 hours and the seven working days of the Wales Safeguarding Procedures; once.

    Where no report was needed, and the alert grew graver or was opened again since, they start again.
    """
    written = now + WRITTEN_WITHIN
    authority = add_working_days(now, CHASE_AFTER_DAYS, closed_days((), now))
    if reports.start(tx, alert_id, now, written_due_at=written, authority_due_at=authority):
        return
    since = max((one.at for one in concerns.events(tx, alert_id) if one.kind in ("rose", "reopened")), default=None)
    if since is not None:
        reports.begin_again(tx, alert_id, now, since=since, written_due_at=written, authority_due_at=authority)
