"""Sends what is due in one lane of the outbox: claims it, reads the truth again, and lets go of what must not leave."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog

from bot.domain.conversation import Channel
from bot.domain.status import Status
from bot.gateways.roads import Roads
from bot.services.desk import Desk
from bot.services.reply_late import LATE
from bot.services.send_message import send_message
from bot.storage import conversations, outbox, tasks
from bot.storage.database import Transaction
from bot.storage.outbox import Claimed, Result

log = structlog.get_logger(__name__)

# Claimed together and sent side by side, so that one road that hangs does not keep the others waiting, and every one of
# them ends well within its lease.
BATCH = 4


def send_due(desk: Desk, roads: Roads, lane: str, now: datetime) -> int:
    """How many messages of `lane` (alert, reply or reminder) were handled; `BATCH` of them mean that more may wait.

    Raises `DatabaseAway`; what was claimed is then claimed again when its lease ends.
    """
    handled, leaving = desk.database.write(lambda tx: _claim(desk, tx, lane, now))
    if len(leaving) == 1:
        send_message(desk, roads, leaving[0])
    elif leaving:
        with ThreadPoolExecutor(len(leaving), thread_name_prefix=f"send-{lane}") as side_by_side:
            list(side_by_side.map(lambda claimed: send_message(desk, roads, claimed), leaving))
    return handled


def _claim(desk: Desk, tx: Transaction, lane: str, now: datetime) -> tuple[int, list[Claimed]]:
    claims = outbox.claim(tx, desk.vault, lane=lane, now=now, lease_seconds=desk.settings.lease_seconds, limit=BATCH)
    leaving = []
    for claimed in claims:
        reason = _reason_to_drop(desk, tx, claimed, now)
        if reason is None:
            leaving.append(claimed)
            continue
        outbox.record_result(tx, claimed, Result("dropped", error_code=reason), now)
        log.info("message_dropped", message=claimed.id, lane=lane, kind=claimed.kind, reason=reason)
        if reason == "too_late":
            tasks.open_task(tx, claimed.conversation_id, "message_too_late", now)
    return len(claims), leaving


def _reason_to_drop(desk: Desk, tx: Transaction, claimed: Claimed, now: datetime) -> str | None:
    """Why the message must not leave now, whatever was true when it was written. An alert to staff always leaves."""
    if claimed.lane == "alert":
        return None
    if claimed.not_after is not None and now > claimed.not_after:
        return "too_late"
    stored = conversations.load(tx, desk.vault, claimed.conversation_id) if claimed.conversation_id else None
    if claimed.conversation_id and (stored is None or not stored.contact):
        return "erased"
    if stored is not None:
        # The parent wrote again meanwhile and was answered: this would put an old question after a new one.
        if claimed.kind == LATE and stored.heard_at and stored.heard_at > claimed.created_at:
            return "overtaken"
        if stored.conversation.status is Status.OPTED_OUT:
            return "opted_out"
        # A reminder may speak of a baby, and was written before we knew.
        if stored.conversation.loss and claimed.lane == "reminder":
            return "loss"
    if claimed.channel == Channel.SMS:
        # A parent of the web chat may have switched off texts on their phone.
        by_text = conversations.find(tx, desk.vault, channel=Channel.SMS, contact=claimed.recipient)
        if by_text is not None and by_text.conversation.status is Status.OPTED_OUT:
            return "opted_out"
    return None
