"""Forgetting a parent who asks to be forgotten."""

from datetime import datetime

from bot.services.desk import Desk
from bot.services.tell_caller import tell_caller
from bot.storage import audit, calls, erasure, tasks
from bot.storage.database import Transaction
from bot.storage.erasure import Erased, NotErased


def forget(
    desk: Desk, conversation_id: str, *, who: str, now: datetime, even_with_open_alert: bool = False
) -> Erased | NotErased:
    """Erases everything the parent of this conversation gave us, and leaves a trace without content.

    `NotErased("alert_open")` while an alert about this parent is open: a person decides that, and then says
    `even_with_open_alert`. Booked calls are called off: whoever would have rung finds that in a task, and in their
    calendar.
    """

    result = desk.database.write(
        lambda tx: forget_within(desk, tx, conversation_id, who=who, now=now, even_with_open_alert=even_with_open_alert)
    )
    desk.database.checkpoint()
    return result


def forget_within(
    desk: Desk, tx: Transaction, conversation_id: str, *, who: str, now: datetime, even_with_open_alert: bool = False
) -> Erased | NotErased:
    """As `forget`, inside a transaction of the caller's, who calls `database.checkpoint()` after it."""
    every = calls.every_of_conversation(tx, desk.vault, conversation_id)
    booked = [call.id for call in every if call.state == "booked"]
    ledger = desk.settings.erasure_ledger
    result = erasure.erase(tx, desk.vault, ledger, conversation_id, now, even_with_open_alert=even_with_open_alert)
    action = "forgot" if isinstance(result, Erased) else f"did not forget: {result.reason}"
    audit.record(tx, who, action, "conversation", conversation_id, now)
    if isinstance(result, Erased) and booked:
        tasks.open_task(tx, conversation_id, "call_erased", now)
        for call_id in booked:
            tell_caller(desk, tx, call_id, now)
    return result
