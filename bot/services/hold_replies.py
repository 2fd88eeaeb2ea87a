"""Stops replies that would cost without end, and never stops listening: what is held back is stored and screened.

Alerts to staff are counted apart (`page_person.py`): no parent, and nobody who floods us, can use them up.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

import structlog

from bot.domain.answers import fold
from bot.domain.conversation import Channel, InboundMessage
from bot.domain.screening import Screening
from bot.domain.slots import WALES
from bot.services.desk import Desk
from bot.storage import spending, tasks
from bot.storage.conversations import Stored
from bot.storage.database import Database, Transaction

log = structlog.get_logger(__name__)


class Held(NamedTuple):
    """`silent`: nothing may be said. `given`: the replies by text of today so far; None where nobody counted them."""

    silent: bool
    given: int | None = None


# First safe texts that still leave, in a conversation, when its replies are used up.
SAFE_TEXTS_MORE = 10
# The sum over all conversations is asked for this often by each process, not with every text.
_SUM_EVERY = timedelta(seconds=60)
_sums: "WeakKeyDictionary[Database, tuple[datetime, bool]]" = WeakKeyDictionary()


def hold_replies(
    desk: Desk, tx: Transaction, stored: Stored, message: InboundMessage, screening: Screening, now: datetime
) -> Held:
    """Whether the bot stays silent to this text, because a day's replies are used up. A person is told.

    STOP is always obeyed, and a first safe text leaves a few times more.
    """
    if message.channel is not Channel.SMS or message.opt_out_type or fold(message.text) in desk.library.opt_out_words:
        return Held(silent=False)
    day = start_of_day(now)
    grave = screening.level in ("urgent", "immediate")
    cap = desk.settings.replies_a_conversation + (SAFE_TEXTS_MORE if grave else 0)
    whose = stored.conversation.id
    given = spending.count_in(tx, whose, day, cap)
    if given >= cap:
        log.warning("replies_held", conversation=whose)
    elif not grave and _is_day_spent(desk, tx, day, now):
        log.error("replies_of_the_day_spent")
    else:
        return Held(silent=False, given=given)
    tasks.open_task(tx, whose, "replies_spent", now)
    return Held(silent=True, given=given)


def start_of_day(now: datetime) -> datetime:
    """The midnight in Wales from which a day's replies are counted."""
    return _midnight(now.replace(minute=0, second=0, microsecond=0))


@lru_cache(16)
def _midnight(hour: datetime) -> datetime:
    """The midnight before a full hour: worked out once for all texts of that hour."""
    return hour.astimezone(WALES).replace(hour=0, minute=0, second=0, microsecond=0)


def _is_day_spent(desk: Desk, tx: Transaction, day: datetime, now: datetime) -> bool:
    asked_at, spent = _sums.get(desk.database, (None, False))
    if asked_at is None or not asked_at <= now < asked_at + _SUM_EVERY or asked_at < day:
        spent = spending.is_spent(tx, day, desk.settings.replies_a_day)
        _sums[desk.database] = (now, spent)
    return spent
