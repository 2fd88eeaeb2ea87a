"""Carries out what a parent's choice brings about beside words: consents, a call given up, a person asked for."""

from datetime import datetime

from bot.domain.turn import Turn
from bot.services.book_call import call_off
from bot.services.desk import Desk
from bot.storage import tasks
from bot.storage.consents import note_consent
from bot.storage.database import Transaction

_CONSENTS = {
    "want_call": ("call", True),
    "share_team": ("share_team", True),
    "share_nothing": ("share_team", False),
    **{f"consent_{who}": (who, True) for who in ("health_visitor", "midwife", "gp")},
    **{f"refuse_{who}": (who, False) for who in ("health_visitor", "midwife", "gp")},
}


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
            call_off(desk, tx, conversation.id, now)
