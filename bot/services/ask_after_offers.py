"""Some days after an offer: did you get there? Only to parents who agreed, and only while nothing forbids it.

The promise is a row; the question is written when it is due, in today's words and language, and judged once more just
before it leaves (`send_due`).
"""

from datetime import datetime, timedelta
from functools import partial

from bot.domain.contact import safe_parts
from bot.domain.conversation import Channel
from bot.domain.text_hours import may_text_at
from bot.services.desk import Desk
from bot.services.judge_question import judge_question
from bot.services.recall_answers import recall_answers
from bot.services.text_parent import ask_parent
from bot.storage import conversations, offer_events
from bot.storage.conversations import Stored
from bot.storage.database import Transaction
from bot.storage.offer_events import Promised

DOOR = KIND = "offer_asked"
_AT_ONCE = 50
# Whoever wrote within this is in the middle of something: the question would be read as an answer to it.
_TALKING = timedelta(hours=6)
# A question that could not leave for so long is not asked any more.
_TOO_LATE = timedelta(days=2)


def ask_after_offers(desk: Desk, now: datetime) -> int:
    """Puts the questions that are due in the outbox; how many. Safe to run twice, and by several workers."""
    due = desk.database.read(lambda tx: offer_events.due_questions(tx, now, _AT_ONCE))
    return sum(desk.database.write(partial(_ask, desk, event_id=each.id, now=now)) for each in due)


def _ask(desk: Desk, tx: Transaction, *, event_id: str, now: datetime) -> int:
    """Asks, or lets the question go for good: what was not right to ask today is not asked tomorrow either."""
    promised = offer_events.promised_question(tx, event_id)
    if promised is None or promised.asked_at is not None:
        return 0
    stored = conversations.load(tx, desk.vault, promised.conversation_id)
    if stored and not may_text_at(now, safe_parts(recall_answers(desk, tx, stored.conversation))):
        return 0
    if not offer_events.mark_asked(tx, event_id, now):
        return 0
    if stored is None or judge_question(tx, stored, event_id) or _cannot_be_asked(stored, promised, now):
        return 0
    key, until = f"{KIND}:{event_id}", promised.ask_at + _TOO_LATE
    ask_parent(desk, tx, stored, DOOR, now, kind=KIND, key=key, not_after=until)
    return 1


def _cannot_be_asked(stored: Stored, promised: Promised, now: datetime) -> bool:
    """By text only; not in the middle of a conversation; not long after."""
    talking = stored.heard_at is not None and now - stored.heard_at < _TALKING
    return stored.conversation.channel is not Channel.SMS or talking or now > promised.ask_at + _TOO_LATE
