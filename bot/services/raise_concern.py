"""Raises a concern: the alert and what must leave are rows in the same transaction as the message that caused them."""

from datetime import datetime, timedelta

from bot.domain.conversation import LANGUAGES, Value
from bot.domain.screening import Screening
from bot.services.desk import Desk
from bot.storage import concerns, outbox
from bot.storage.concerns import Alert
from bot.storage.database import Transaction
from bot.storage.outbox import OutboundMessage

_PAGED = ("urgent", "immediate")


def raise_concern(
    desk: Desk, tx: Transaction, *, conversation_id: str, inbound_id: str, screening: Screening, now: datetime
) -> Alert:
    """One live alert a conversation, with a count. A new one, or one that grew graver, is announced to the first level.

    Somebody who has acknowledged an alert may not be looking any more: what is said after that is announced again, at
    most once in the time an acknowledgement lasts. The announcement carries a reference, a severity and a link, and no
    personal data.
    """
    alert = concerns.open_or_raise(
        tx,
        conversation_id=conversation_id,
        severity=screening.level,
        category=screening.categories[0],
        now=now,
        due_at=now + timedelta(seconds=desk.settings.alert_first_seconds),
    )
    if screening.level not in _PAGED:
        return alert
    if alert.is_new or alert.rose:
        _announce(desk, tx, alert, inbound_id, now)
    elif alert.state == "acknowledged":
        period = int(now.timestamp()) // desk.settings.acknowledgement_seconds
        _announce(desk, tx, alert, f"again {period}", now)
    return alert


def _announce(desk: Desk, tx: Transaction, alert: Alert, cause: str, now: datetime) -> None:
    values: dict[str, Value] = {
        "reference": alert.reference,
        "time": now,
        "link": f"{desk.settings.public_url}/staff/alerts/{alert.id}",
    }
    body = "\n".join(desk.catalogue.text(language, f"alerts.sms.{alert.severity}", values) for language in LANGUAGES)
    level = next((people for people in desk.team.levels if people), ())
    for person in level:
        for channel, recipient in (("sms", person.sms), ("email", person.email)):
            if recipient:
                outbox.put(
                    tx,
                    desk.vault,
                    OutboundMessage(
                        lane="alert",
                        kind="alert",
                        channel=channel,
                        recipient=recipient,
                        body=body,
                        dedupe_key=f"alert:{alert.id}:{cause}:{person.key}:{channel}",
                        due_at=now,
                        conversation_id=alert.conversation_id,
                    ),
                    now,
                )
