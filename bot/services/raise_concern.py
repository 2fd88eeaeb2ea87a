"""Raises a concern: the alert and what must leave are rows in the same transaction as the message that caused them."""

from datetime import datetime

import structlog

from bot.domain.chain import pack_chain
from bot.domain.screening import Screening
from bot.services.desk import Desk
from bot.services.step_alert import step_alert
from bot.services.tell_paged import tell_owner_it_rose, tell_owner_more
from bot.storage import concerns, promises, tasks
from bot.storage.concerns import Alert
from bot.storage.database import Transaction

log = structlog.get_logger(__name__)

# What a mistake of ours raises. What the database raises is not among them: it ends the transaction.
OUR_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def raise_concern(desk: Desk, tx: Transaction, *, conversation_id: str, screening: Screening, now: datetime) -> Alert:
    """One live alert a conversation, with a count. A new one, or one that grew graver, goes to its first level at once.

    Somebody who has acknowledged an alert may not be looking any more: they are told that more was said, but not for
    every text; and they are told when graver words took it from them. The announcement carries a reference, a severity
    and a link, and no personal data.
    """
    promises.settle(tx, conversation_id, now)
    alert = concerns.open_or_raise(
        tx,
        conversation_id=conversation_id,
        severity=screening.level,
        category=screening.categories[0],
        now=now,
        due_at=now,
        chain=pack_chain(desk.chain),
    )
    try:
        with tx.savepoint():
            if alert.is_new or alert.rose:
                stepped = step_alert(desk, tx, alert, now)
                if alert.taken_from is not None:
                    tell_owner_it_rose(desk, tx, stepped, alert.taken_from, now)
                return stepped
            if alert.state == "acknowledged" and screening.level != "watch":
                tell_owner_more(desk, tx, alert, screening.level, now)
    except OUR_FAULTS as fault:
        # The parent's words and the alert are kept whatever goes wrong in telling of it; it stays due.
        log.critical("announcing_failed", alert=alert.id, fault=type(fault).__name__)
        tasks.open_task(tx, conversation_id, "alert_not_delivered", now)
    return alert
