"""What a person changes of a call: only from the state they saw, and only while its time is free."""

from datetime import datetime

from sqlalchemy import bindparam, literal_column, select, update

from bot.storage import call_times
from bot.storage.calls import AlreadyBooked, Call, read_call, release_expired
from bot.storage.database import ConstraintBroken, Prepared, Transaction, one_of
from bot.storage.secrets import Vault
from bot.storage.tables import call as table

_its_id = table.c.id == bindparam("its_id")
_LOCKED = Prepared(select(table).where(_its_id).with_for_update())
_BRING_BACK = Prepared(
    update(table)
    .where(_its_id, one_of(table.c.state, "called_off"), table.c.sheet.is_not(None))
    .values(state="booked", changed_at=bindparam("at"), revision=table.c.revision + literal_column("1"))
)


def load_locked(tx: Transaction, vault: Vault, call_id: str) -> Call | None:
    """The call as it is now; nobody else changes it before this transaction ends."""
    row = tx.row(_LOCKED, its_id=call_id)
    return None if row is None else read_call(vault, row)


def bring_back(tx: Transaction, vault: Vault, call: Call, busy_until: datetime, now: datetime) -> bool:
    """Books a call again that was called off, at its time; False where it was not called off, or was erased.

    Raises `SlotTaken` where its time has gone, `AlreadyBooked` where the parent has another call by now.
    """
    release_expired(tx, now)
    try:
        with tx.savepoint():
            if not tx.run(_BRING_BACK, its_id=call.id, at=now):
                return False
            call_times.take(tx, call.id, call.staff_key, call.starts_at, busy_until)
    except ConstraintBroken:
        raise AlreadyBooked(call.conversation_id) from None
    return True
