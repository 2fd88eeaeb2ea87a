"""Ends a web chat because the parent left it. A call that was booked stays booked; alerts stay open."""

from datetime import datetime

from bot.domain.conversation import Channel
from bot.domain.status import Status, move
from bot.services.desk import Desk
from bot.storage import conversations
from bot.storage.database import Transaction


def leave_chat(desk: Desk, token: str, now: datetime) -> None:
    """Closes the chat of that token, so that the token opens nothing any more. One that was never begun is let be."""
    desk.database.write(lambda tx: _leave(desk, tx, token, now))


def _leave(desk: Desk, tx: Transaction, token: str, now: datetime) -> None:
    stored = conversations.find(tx, desk.vault, channel=Channel.WEB, contact=token)
    if stored is None or stored.conversation.status not in (Status.WITH_BOT, Status.WITH_PERSON):
        return
    before = stored.conversation.status
    after = stored.conversation._replace(status=move(before, "close"))
    conversations.save(tx, desk.vault, after, now, heard=False)
    conversations.note_event(tx, after.id, now, "parent", "status", before, after.status)
