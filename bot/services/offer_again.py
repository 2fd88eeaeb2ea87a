"""A call that nobody answered: two gentle texts, some days apart, that another time is there. Never a goodbye."""

from datetime import datetime, timedelta
from functools import partial

from bot.domain.contact import safe_parts
from bot.domain.text_hours import may_text_at
from bot.domain.turn import spoken
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import reason_not_to_text
from bot.services.recall_answers import recall_answers
from bot.services.text_parent import text_parent
from bot.storage import calls, concerns, conversations, ended_calls, outbox
from bot.storage.calls import Call
from bot.storage.conversations import Stored
from bot.storage.transaction import Transaction

KIND = "call_missed"
# How long after the call was noted as missed, each with its words.
OFFERS = ((timedelta(hours=1), "reminders.missed_first"), (timedelta(days=3), "reminders.missed_again"))
# One that could not leave for so long is not sent any more.
_TOO_LATE = timedelta(days=2)


def offer_again(desk: Desk, now: datetime) -> int:
    """Puts what is due in the outbox; how many. Safe to run twice, and by several workers."""
    since = now - OFFERS[-1][0] - _TOO_LATE
    missed = desk.database.read(lambda tx: ended_calls.ended(tx, desk.vault, "no_answer", since, now))
    return sum(desk.database.write(partial(_offer, desk, seen=call, now=now)) for call in missed)


def reason_not_to_offer(tx: Transaction, stored: Stored | None, call: Call | None) -> str | None:
    """Why the parent is left in peace: they answered, booked, or something graver is open; None where nothing is so."""
    if stored is None or not stored.contact or call is None:
        return "erased"
    if stored.heard_at is not None and stored.heard_at > call.changed_at:
        return "answered"
    return (
        "alert_open" if any(a.state != "closed" for a in concerns.of_conversation(tx, call.conversation_id)) else None
    )


def _offer(desk: Desk, tx: Transaction, *, seen: Call, now: datetime) -> int:
    stored = conversations.load(tx, desk.vault, seen.conversation_id)
    newest = calls.every_of_conversation(tx, desk.vault, seen.conversation_id)[-1:]
    if stored is None or newest != (seen,) or reason_not_to_offer(tx, stored, seen):
        return 0
    safe = safe_parts(recall_answers(desk, tx, stored.conversation))
    if reason_not_to_text(desk, tx, stored, KIND) or not may_text_at(now, safe):
        return 0
    sent = 0
    for number, (wait, address) in enumerate(OFFERS):
        due_at, key = seen.changed_at + wait, f"{KIND}:{seen.id}:{number}"
        if due_at <= now < due_at + _TOO_LATE and not outbox.is_known(tx, key):
            until = due_at + _TOO_LATE
            sent += text_parent(desk, tx, stored, spoken(address), now, kind=KIND, key=key, not_after=until)
    return sent
