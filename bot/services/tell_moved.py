"""Tells a parent, unasked, that the team moved their call or that somebody else rings."""

from datetime import datetime

from bot.domain.turn import spoken
from bot.services.book_call import spoken_call
from bot.services.desk import Desk
from bot.services.text_parent import text_parent
from bot.storage import calls, conversations
from bot.storage.transaction import Transaction

KIND = "call_moved"


def tell_moved(desk: Desk, tx: Transaction, call_id: str, now: datetime) -> None:
    """Puts one text in the outbox for each change of a booked call. Whether it may leave is asked when it does."""
    call = calls.load(tx, desk.vault, call_id)
    stored = conversations.load(tx, desk.vault, call.conversation_id) if call else None
    if call is None or stored is None or not stored.contact or call.state != "booked":
        return
    words = spoken("unasked.moved", **spoken_call(desk, call))
    key = f"{KIND}:{call.id}:{call.revision}"
    text_parent(desk, tx, stored, words, now, kind=KIND, key=key, not_after=call.starts_at)
