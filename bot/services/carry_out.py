"""Carries out what a parent's choice brings about beside words: consents, an offer taken, a call given up, a person."""

from datetime import datetime

from bot.domain.choosing import ask_at
from bot.domain.conversation import Conversation
from bot.domain.turn import Turn
from bot.services.book_call import call_off
from bot.services.desk import Desk
from bot.services.know_offers import know_offers
from bot.storage import offer_events, tasks
from bot.storage.consents import note_consent
from bot.storage.database import Transaction

_CONSENTS = {
    "want_call": ("call", True),
    "share_team": ("share_team", True),
    "share_nothing": ("share_team", False),
    **{f"consent_{who}": (who, True) for who in ("health_visitor", "midwife", "gp")},
    **{f"refuse_{who}": (who, False) for who in ("health_visitor", "midwife", "gp")},
}
_SAID_OF_OFFER = {"take_offer": "taken", "refuse_offer": "refused"}


def carry_out(desk: Desk, tx: Transaction, turn: Turn, now: datetime) -> None:
    """Carries out the acts of a finished turn, in order. Each consent is kept with its time."""
    conversation = turn.conversation
    for act in turn.acts:
        if act in _CONSENTS:
            what, given = _CONSENTS[act]
            note_consent(tx, conversation.id, what, now, given=given)
        elif act == "ask_person":
            tasks.open_task(tx, conversation.id, "asks_for_person", now)
        elif act == "call_off":
            # Somebody else may have the phone: the call is off, and staff look whether that was safe.
            call_off(desk, tx, conversation.id, now)
            note_consent(tx, conversation.id, "call", now, given=False)
            tasks.open_task(tx, conversation.id, "called_off_by_text", now)
        elif act == "agree_texts":
            _promise(desk, tx, conversation, now)
        elif act == "refuse_texts":
            offer_events.take_back_questions(tx, conversation.id)
        elif (said := act.partition(":"))[0] in _SAID_OF_OFFER:
            offer_events.note_offer(tx, conversation.id, said[2], _SAID_OF_OFFER[said[0]], now)


def _promise(desk: Desk, tx: Transaction, conversation: Conversation, now: datetime) -> None:
    """Notes when to ask whether the parent got to the offer they took last."""
    directory = know_offers(desk, tx)
    taken = next((offer for key in reversed(conversation.seen) if (offer := directory.get(key))), None)
    if taken is not None:
        starts_at = taken.times.next_after(now) if taken.times else None
        offer_events.promise_question(tx, conversation.id, taken.id, ask_at(starts_at, now))
