"""A person notes how a listening call went. Two people at once: the second is shown what the first wrote."""

from datetime import datetime

from bot.services.desk import Desk
from bot.services.take_call_in_hand import NoSuchCall, StaleCall, take_call_in_hand
from bot.services.tell_caller import tell_caller
from bot.storage import audit, call_lists, calls, conversations, outbox, tasks
from bot.storage.calls import Call
from bot.storage.transaction import Transaction

__all__ = ["LONGEST_WORDS", "OUTCOMES", "NoSuchCall", "NoWords", "StaleCall", "record_call_outcome"]

# Each has its words under console.outcome.<name>; and the state in which the call then is.
OUTCOMES = {"talked": "done", "no_answer": "no_answer", "not_safe": "not_safe", "passed_on": "passed_on"}
LONGEST_WORDS = 500


class NoWords(ValueError):
    """To whom the call was passed on has to be said, in at most `LONGEST_WORDS` letters."""


def record_call_outcome(
    desk: Desk, call_id: str, outcome: str, revision: int, who: str, now: datetime, *, words: str = ""
) -> None:
    """Ends the call with one of `OUTCOMES`, if it still stands at `revision`. What follows a talk comes later.

    `not_safe`: no text leaves unasked from now on, and a person decides how to reach the parent. `passed_on` needs
    `words`: to which team or service. Raises `NoSuchCall`, `StaleCall`, `NoWords`, and `ValueError` for any other
    outcome.
    """
    if outcome not in OUTCOMES:
        raise ValueError(outcome)
    said = " ".join(words.split())
    if outcome == "passed_on" and not 0 < len(said) <= LONGEST_WORDS:
        raise NoWords

    def work(tx: Transaction) -> None:
        call = take_call_in_hand(desk, tx, call_id, revision)
        if not calls.end(tx, call_id, OUTCOMES[outcome], now):
            raise StaleCall(call)
        audit.record(tx, who, f"outcome:{outcome}", "call", call_id, now)
        if outcome == "not_safe":
            _keep_silent(tx, call, who, now)
            # Also where its time has come: it must not stand in a calendar that somebody rings from once more.
            tell_caller(desk, tx, call_id, now)
        elif outcome == "no_answer" and call.sheet and call.sheet.get("loss"):
            # No text offers another time after a loss: a person does, so that nobody is let go in silence.
            tasks.open_task(tx, call.conversation_id, "missed_after_loss", now)
        elif outcome == "passed_on":
            call_lists.keep_record(tx, desk.vault, call_id, "passed_on", said, who, now, choice=None)
            if call.starts_at > now:
                tell_caller(desk, tx, call_id, now)

    desk.database.write(work)


def _keep_silent(tx: Transaction, call: Call, who: str, now: datetime) -> None:
    """What waits to be sent is dropped; what would be sent later meets the rule of safe contact: texting is not safe
    until the parent, or a person, says that it is."""
    outbox.drop(tx, call.conversation_id, reason="not_safe")
    tasks.open_task(tx, call.conversation_id, "decide_how_to_reach", now)
    conversations.note_event(tx, call.conversation_id, now, who, conversations.NOT_SAFE)
