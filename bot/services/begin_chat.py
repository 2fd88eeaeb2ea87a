"""Begins a web chat at the welcome that its page has already shown, so that a choice there is read as an answer."""

from datetime import datetime

from bot.domain.conversation import Channel
from bot.services.desk import Desk
from bot.storage import conversations
from bot.storage.database import Transaction


def begin_chat(desk: Desk, token: str, now: datetime) -> None:
    """Stores a chat that has just been welcomed. One that exists stays as it is."""
    desk.database.write(lambda tx: _begin(desk, tx, token, now))


def _begin(desk: Desk, tx: Transaction, token: str, now: datetime) -> None:
    flow = desk.library.flow
    stored = conversations.find_or_begin(
        tx, desk.vault, channel=Channel.WEB, contact=token, flow_version=flow.version, start=flow.start, now=now
    )
    if stored.heard_at is None:
        conversations.save(tx, desk.vault, stored.conversation, now, heard=True)
