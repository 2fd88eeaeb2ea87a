"""Judges whether a parent may be asked, today, whether they got there. Read afresh each time: nothing is remembered."""

from bot.domain.conversation import speaks_of_no_baby
from bot.domain.status import Status
from bot.storage import concerns, offer_events
from bot.storage.conversations import Stored
from bot.storage.database import Transaction


def judge_question(tx: Transaction, stored: Stored | None, event_id: str) -> str | None:
    """Why the parent must not be asked, as a code; None where they may be.

    Never without their yes, never after a loss nor while we ask whether there was one, never while an alert is open,
    never once texts are off, and not while a person has the conversation.
    """
    if offer_events.promised_question(tx, event_id) is None:
        return "taken_back"
    if stored is None or not stored.contact:
        return "erased"
    if speaks_of_no_baby(stored.conversation):
        return "loss"
    if stored.conversation.status is not Status.WITH_BOT:
        return stored.conversation.status.value
    if any(alert.state != "closed" for alert in concerns.of_conversation(tx, stored.conversation.id)):
        return "alert_open"
    return None
