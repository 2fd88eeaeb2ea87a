"""Keeps the promise to every parent: without a booked call, what they wrote is deleted after the days we told them.

Where a call was booked or an alert was raised there is a record that the team must keep for longer
(`HELO_RETENTION_SECONDS`).
"""

from datetime import datetime, timedelta

from bot.services.desk import Desk
from bot.services.forget import forget
from bot.storage import quiet

_AT_ONCE = 100


def forget_quiet(desk: Desk, now: datetime) -> int:
    """Erases conversations that have outlived their time; how many. Safe to run twice, and by several workers."""
    chats_since = now - timedelta(days=desk.team.keep_days)
    kept_since = now - timedelta(seconds=desk.settings.retention_seconds)
    overdue = desk.database.read(
        lambda tx: quiet.overdue(tx, chats_since=chats_since, kept_since=kept_since, limit=_AT_ONCE)
    )
    for conversation_id in overdue:
        forget(desk, conversation_id, who="retention", now=now)
    return len(overdue)
