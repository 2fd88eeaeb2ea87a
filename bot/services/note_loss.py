"""A loss becomes known: noted for good, and what was written before goes nowhere any more."""

from datetime import datetime

from bot.domain.contact import KINDS
from bot.services import record_next_step, tell_parent_of_call
from bot.storage import losses, outbox, outbox_dates, tasks
from bot.storage.transaction import Transaction

# What staff believe was read, and was held back because a loss became known: the task to tell the parent themselves.
STAFF_TELL = {record_next_step.KIND: "held_back_by_loss", tell_parent_of_call.KIND: "tell_of_call"}


def note_loss(tx: Transaction, conversation_id: str, who: str, now: datetime) -> None:
    """Notes that a loss is known from now on, and drops what waits and may speak of a baby.

    Dropped here, and not only when it would leave: by then two clocks, or one that was put back, may no longer tell
    which of the two came first.
    """
    losses.note(tx, conversation_id, who, now)
    for kind in (kind for kind, sending in KINDS.items() if not sending.outlives_loss):
        outbox_dates.predate(tx, conversation_id, kind, now)
        if outbox.drop(tx, conversation_id, reason="loss", kind=kind) and kind in STAFF_TELL:
            tasks.open_task(tx, conversation_id, STAFF_TELL[kind], now)
