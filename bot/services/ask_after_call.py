"""Some time after a listening call took place: how was that? By text only, and only where the bot may speak."""

from datetime import datetime, timedelta
from functools import partial

from bot.domain.contact import safe_parts
from bot.domain.conversation import Channel
from bot.domain.text_hours import may_text_at
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import reason_not_to_text
from bot.services.recall_answers import recall_answers
from bot.services.text_parent import ask_parent
from bot.storage import concerns, conversations, ended_calls, outbox
from bot.storage.calls import Call
from bot.storage.conversations import Stored
from bot.storage.transaction import Transaction

DOOR = "after_call"
# The next step comes first, on the day itself; this comes the day after.
_LATER = timedelta(hours=20)
# Whoever wrote within this is in the middle of something: the question would be read as an answer to it.
_TALKING = timedelta(hours=6)
# A question that could not be asked for so long is not asked any more.
_TOO_LATE = timedelta(days=4)


def ask_after_call(desk: Desk, now: datetime) -> int:
    """Puts the questions that are due in the outbox, once a call; how many. Safe to run twice, by several workers."""
    done = desk.database.read(lambda tx: ended_calls.ended(tx, desk.vault, "done", now - _TOO_LATE, now - _LATER))
    return sum(desk.database.write(partial(_ask, desk, call=call, now=now)) for call in done)


def _ask(desk: Desk, tx: Transaction, *, call: Call, now: datetime) -> int:
    """Asks, and stands the conversation at the question; or leaves it for the next look."""
    stored = conversations.load(tx, desk.vault, call.conversation_id)
    if stored is None or outbox.is_known(tx, f"{DOOR}:{call.id}:0") or _cannot_be_asked(desk, tx, stored, now):
        return 0
    key, until = f"{DOOR}:{call.id}", call.changed_at + _TOO_LATE
    ask_parent(desk, tx, stored, DOOR, now, kind=DOOR, key=key, not_after=until)
    return 1


def _cannot_be_asked(desk: Desk, tx: Transaction, stored: Stored, now: datetime) -> bool:
    conversation = stored.conversation
    return bool(
        reason_not_to_text(desk, tx, stored, DOOR)
        or conversation.channel is not Channel.SMS
        or (stored.heard_at is not None and now - stored.heard_at < _TALKING)
        or any(alert.state != "closed" for alert in concerns.of_conversation(tx, conversation.id))
        or not may_text_at(now, safe_parts(recall_answers(desk, tx, conversation)))
    )
