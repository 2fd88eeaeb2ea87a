"""A person records what became of the report that follows an alert, or why consent to share was overridden."""

from datetime import datetime, timedelta

from bot.services.acknowledge_alert import NoSuchAlert
from bot.services.desk import Desk
from bot.storage import audit, chasing, concerns, reports, tasks
from bot.storage.transaction import Transaction

# What may be recorded: "report sent", "the authority has acknowledged it", "no report is needed", "shared without
# consent". The last two want a reason, whose words are under alerts.not_needed.<name> and alerts.consent.<name>.
ACTS = ("written", "authority", "not_needed", "consent")
NOT_NEEDED = ("no_concern", "already_reported", "advice_taken")
# Wales Safeguarding Procedures: consent is sought unless that would put somebody at risk; why not is written down.
CONSENT = ("risk_to_child", "risk_to_adult", "could_not_ask", "crime", "refused_but_risk")
LONGEST_NOTE = 2000
LATE = "report_late"


class NoReason(ValueError):
    """What was recorded wants a reason of its list, in words that are not longer than `LONGEST_NOTE`."""


def record_report(
    desk: Desk, alert_id: str, act: str, who: str, now: datetime, *, reason: str = "", note: str = ""
) -> bool:
    """True when it is recorded now; False where it was before, or nobody has taken the alert yet.

    Raises `NoSuchAlert`, and `NoReason` for an act or a reason that is none.
    """
    known = {"not_needed": NOT_NEEDED, "consent": CONSENT}.get(act, ("",))
    if act not in ACTS or reason not in known or len(note) > LONGEST_NOTE:
        raise NoReason(act)

    def work(tx: Transaction) -> bool:
        alert = chasing.take(tx, alert_id)
        if alert is None:
            raise NoSuchAlert(alert_id)
        if not _note(desk, tx, alert_id, act, who, now, reason, note):
            return False
        concerns.note(tx, alert_id, now, who=who, kind=f"report_{act}", detail=reason or None)
        audit.record(tx, who, f"report:{act}", "alert", alert_id, now)
        again = now + timedelta(seconds=desk.settings.acknowledgement_seconds)
        chasing.renew(tx, alert_id, who, now, again)
        report = reports.load(tx, desk.vault, alert_id)
        if report is None or report.next_due_at is None or report.next_due_at > now:
            tasks.close_kind(tx, alert.conversation_id, LATE, who, now)
        return True

    return desk.database.write(work)


def _note(
    desk: Desk, tx: Transaction, alert_id: str, act: str, who: str, now: datetime, reason: str, note: str
) -> bool:
    words = note.strip()
    match act:
        case "written":
            return reports.note_written(tx, alert_id, who, now)
        case "authority":
            return reports.note_authority(tx, alert_id, who, now)
        case "not_needed":
            return reports.note_not_needed(tx, desk.vault, alert_id, who, now, reason=reason, note=words)
    return reports.note_consent(tx, desk.vault, alert_id, who, now, reason=reason, note=words)
