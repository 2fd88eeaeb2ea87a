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

# One in so many of a day's texts is kept for alerts that somebody has not had a text of yet.
FOR_NEWS = 4
_NEWS = frozenset({"opened", "rose", "reopened"})


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
    spent = channel == "sms" and _is_spent(desk, tx, alert, person, now)
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


def _is_spent(desk: Desk, tx: Transaction, alert: Alert, person: OnCall, now: datetime) -> bool:
    """Whether the day's texts for alerts are used up. Parents' replies and reminders are counted elsewhere.

    The last of them are for news: many alerts that nobody takes are told again and again, and must not leave the next
    parent's without a text.
    """
    day = now.astimezone(WALES).replace(hour=0, minute=0, second=0, microsecond=0)
    cap = desk.settings.alert_texts_a_day
    spent = pages.texts_since(tx, day, cap)
    return spent >= cap or (spent >= cap - cap // FOR_NEWS and not _is_news(tx, alert, person))


def _is_news(tx: Transaction, alert: Alert, person: OnCall) -> bool:
    """Whether this person has had no text of the alert since it was opened, or last grew graver."""
    began = max((one.at for one in concerns.events(tx, alert.id) if one.kind in _NEWS), default=alert.opened_at)
    return not any(
        page.person == person.key and page.channel == "sms" and page.outbound_id is not None and page.at >= began
        for page in pages.of_alert(tx, alert.id)
    )
