"""Two machines that answer each other: a phone that says "I'm driving" to every text. We fall silent; we never stop
listening, and a person is told once."""

from datetime import datetime, timedelta

import structlog

from bot.domain.conversation import Channel
from bot.domain.turn import Turn
from bot.services.desk import Desk
from bot.services.hold_replies import start_of_day
from bot.storage import outgoing, tasks
from bot.storage.conversations import Stored
from bot.storage.database import Transaction

log = structlog.get_logger(__name__)

# The kind of a reply that led nowhere: it left the parent where they were, or brought them back to the beginning. A
# parent in a hurry who gets on with it is not counted, nor one who is shown another list, because the times they chose
# have gone to others, time after time.
AGAIN = "again"
SAFETY = "safety"
_WITHIN = timedelta(minutes=10)
_MOST = {AGAIN: 6, SAFETY: 10}
_FEWEST = min(_MOST.values())
# More answers than this of any kind are no parent's either, once one of them leads nowhere.
_MOST_OF_ALL = 40
# Nobody reads our text and writes one in less.
_FASTER_THAN_A_PERSON = timedelta(seconds=5)


def kind_of_reply(desk: Desk, stored: Stored, turn: Turn) -> str:
    """`safety` for a safe text, `again` for a reply that led nowhere, else `reply`."""
    if "safety" in turn.visited:
        return SAFETY
    before = stored.conversation
    other_list = turn.understood and turn.conversation.shown not in ((), before.shown)
    stays = turn.conversation.step in (before.step, desk.library.flow.start) and not other_list
    led_nowhere = stored.heard_at is not None and stays
    return AGAIN if before.channel is Channel.SMS and led_nowhere else "reply"


def break_loop(desk: Desk, tx: Transaction, stored: Stored, kind: str, given: int | None, now: datetime) -> bool:
    """Whether a reply of this kind must not be sent, because too many before it led nowhere. A safe text counts apart:
    danger is answered whatever else was said.

    `given` are the replies of today so far, None where that is not known. Asks the database only about a reply that
    leads nowhere, or comes faster than a person can write, and only where there were enough before it.
    """
    before = stored.conversation
    fast = now - stored.updated_at < _FASTER_THAN_A_PERSON
    if before.channel is not Channel.SMS or not (kind in _MOST or fast):
        return False
    if given is not None and given < _FEWEST and start_of_day(now) <= now - _WITHIN:
        return False
    answers = outgoing.answers_since(tx, before.id, now - _WITHIN)
    if kind == SAFETY:
        too_many = answers.get(SAFETY, 0) >= _MOST[SAFETY]
    else:
        led_nowhere, of_all = answers.get(AGAIN, 0), sum(answers.values())
        too_many = led_nowhere >= _MOST[AGAIN] or (kind == AGAIN and of_all >= _MOST_OF_ALL)
    if too_many and tasks.open_task(tx, before.id, "possible_loop", now):
        log.warning("possible_loop", conversation=before.id)
    return too_many
