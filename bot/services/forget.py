"""Forgetting a parent who asks to be forgotten."""

from datetime import datetime
from pathlib import Path

from bot.storage import audit, calls, erasure, tasks
from bot.storage.database import Database, Transaction
from bot.storage.erasure import Erased, NotErased
from bot.storage.secrets import Vault


def forget(
    database: Database,
    vault: Vault,
    ledger: Path,
    conversation_id: str,
    *,
    who: str,
    now: datetime,
    even_with_open_alert: bool = False,
) -> Erased | NotErased:
    """Erases everything the parent of this conversation gave us, and leaves a trace without content.

    `NotErased("alert_open")` while an alert about this parent is open: a person decides that, and then says
    `even_with_open_alert`. A booked call is called off, and a task says so to whoever would have rung.
    """

    result = database.write(
        lambda tx: forget_within(
            tx, vault, ledger, conversation_id, who=who, now=now, even_with_open_alert=even_with_open_alert
        )
    )
    database.checkpoint()
    return result


def forget_within(
    tx: Transaction,
    vault: Vault,
    ledger: Path,
    conversation_id: str,
    *,
    who: str,
    now: datetime,
    even_with_open_alert: bool = False,
) -> Erased | NotErased:
    """As `forget`, inside a transaction of the caller's, who calls `database.checkpoint()` after it."""
    call = calls.of_conversation(tx, vault, conversation_id)
    result = erasure.erase(tx, vault, ledger, conversation_id, now, even_with_open_alert=even_with_open_alert)
    action = "forgot" if isinstance(result, Erased) else f"did not forget: {result.reason}"
    audit.record(tx, who, action, "conversation", conversation_id, now)
    if isinstance(result, Erased) and call and call.state == "booked":
        tasks.open_task(tx, conversation_id, "call_erased", now)
    return result
