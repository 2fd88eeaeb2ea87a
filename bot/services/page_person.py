"""Tells one person of an alert by one road: a reference, how grave, when, a link and their own code; nothing else."""

from datetime import datetime

import structlog

from bot.content.rota_file import OnCall
from bot.domain.ack_code import code_of
from bot.domain.conversation import LANGUAGES, Value
from bot.domain.slots import WALES
from bot.services.desk import Desk
from bot.storage import chasing, concerns, outbox, pages, tasks
from bot.storage.concerns import Alert
from bot.storage.database import Transaction
from bot.storage.outbox import OutboundMessage

log = structlog.get_logger(__name__)


def page_person(
    desk: Desk, tx: Transaction, alert: Alert, person: OnCall, channel: str, now: datetime, *, again: bool
) -> None:
    """Puts it in the outbox and in the alert's history, in the caller's transaction. `again`: not the first time."""
    level, stage = alert.level, alert.stage
    concerns.note(tx, alert.id, now, who="bot", kind="paged", detail=f"{person.key} {channel} {level}")
    if channel == "console":
        pages.put(
            tx, alert.id, now, person=person.key, channel=channel, level=level, stage=stage, outbound_id=None,
            state="shown",
        )  # fmt: skip
        return
    pages.drop_superseded(tx, alert.id, person.key, channel)
    spent = channel == "sms" and _is_spent(desk, tx, now)
    if spent:
        log.critical("alert_texts_spent", alert=alert.id)
        tasks.open_task(tx, alert.conversation_id, "alert_texts_spent", now)
    message = OutboundMessage(
        lane="alert",
        kind="alert",
        channel=channel,
        recipient=(person.sms if channel == "sms" else person.email) or "",
        body=_words(desk, alert, person, again=again),
        dedupe_key=f"alert:{alert.id}:{stage}:{person.key}:{channel}:{int(now.timestamp())}",
        due_at=now,
        conversation_id=alert.conversation_id,
    )
    outbound_id = None if spent else outbox.put(tx, desk.vault, message, now)
    pages.put(
        tx, alert.id, now, person=person.key, channel=channel, level=level, stage=stage, outbound_id=outbound_id,
        state="failed" if spent else "waiting", error_code="spent" if spent else None,
    )  # fmt: skip
    if spent:
        chasing.hurry(tx, alert.id, now)


def code_for(desk: Desk, alert_id: str, person: str, epoch: int) -> str:
    """The code of this person for this alert. Taken from its owner, the alert gets other codes: each serves once."""
    return code_of(desk.vault.fingerprint(f"ack {alert_id} {person} {epoch}"))


def link_to(desk: Desk, alert_id: str) -> str:
    """The page of the alert: it asks for a sign-in, and opening it does nothing."""
    return f"{desk.settings.public_url}/staff/alerts/{alert_id}"


def _words(desk: Desk, alert: Alert, person: OnCall, *, again: bool) -> str:
    values: dict[str, Value] = {
        "reference": alert.reference,
        "time": alert.opened_at,
        "code": code_for(desk, alert.id, person.key, alert.epoch),
    }
    kind = f"{alert.severity}_again" if again else alert.severity
    lines = [desk.catalogue.text(language, f"alerts.sms.{kind}", values) for language in LANGUAGES]
    return "\n".join([*lines, link_to(desk, alert.id)])


def _is_spent(desk: Desk, tx: Transaction, now: datetime) -> bool:
    """Whether the day's texts for alerts are used up. Parents' replies and reminders are counted elsewhere."""
    day = now.astimezone(WALES).replace(hour=0, minute=0, second=0, microsecond=0)
    cap = desk.settings.alert_texts_a_day
    return pages.texts_since(tx, day, cap) >= cap
