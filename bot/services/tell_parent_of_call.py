"""A person booked, moved or brought back a parent's call: the parent is told by text, where one may be sent."""

from datetime import datetime

from bot.domain.turn import spoken
from bot.services.book_call import spoken_call
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import reason_not_to_text
from bot.services.text_parent import text_parent
from bot.storage import conversations, tasks
from bot.storage.calls import Call
from bot.storage.transaction import Transaction

KIND = "call_changed"


def tell_parent_of_call(desk: Desk, tx: Transaction, call: Call, now: datetime) -> bool:
    """Puts one text into the outbox, of the call as it stands now: dressed as the parent chose, for a safe hour.

    False where no text may leave (it is not safe, texts are off): then there is a task to tell the parent otherwise.
    """
    stored = conversations.load(tx, desk.vault, call.conversation_id)
    if stored is None:
        return False
    if reason_not_to_text(desk, tx, stored, KIND):
        tasks.open_task(tx, call.conversation_id, "tell_of_call", now)
        return False
    words, key = spoken("unasked.moved", **spoken_call(desk, call)), f"{KIND}:{call.id}:{call.revision}"
    return text_parent(desk, tx, stored, words, now, kind=KIND, key=key, not_after=call.starts_at)
