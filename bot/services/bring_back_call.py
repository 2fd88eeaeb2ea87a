"""A person brings back a call that was called off, while its time is free; parent and caller are told."""

from dataclasses import replace
from datetime import datetime

from bot.domain.slots import Slot
from bot.services.change_call import refuse_strange_times
from bot.services.desk import Desk
from bot.services.take_call_in_hand import StaleCall, take_call_in_hand
from bot.services.tell_caller import tell_caller
from bot.services.tell_parent_of_call import tell_parent_of_call
from bot.storage import audit, call_changes
from bot.storage.transaction import Transaction


def bring_back_call(desk: Desk, call_id: str, revision: int, who: str, now: datetime) -> bool:
    """Books the call again at its time. False where the parent could not be told by text, so that there is a task.

    Raises `NoSuchCall`, `StaleCall`, `SlotTaken`, `AlreadyBooked` (the parent has another by now), `NotATime`.
    """

    def work(tx: Transaction) -> bool:
        call = take_call_in_hand(desk, tx, call_id, revision, state="called_off")
        refuse_strange_times(desk, Slot(call.starts_at, call.staff_key), now)
        if not call_changes.bring_back(tx, desk.vault, call, call.ends_at + desk.team.rules.pause, now):
            raise StaleCall(call)
        audit.record(tx, who, "bring_back", "call", call_id, now)
        tell_caller(desk, tx, call_id, now)
        back = replace(call, state="booked", revision=call.revision + 1)
        return tell_parent_of_call(desk, tx, back, now)

    return desk.database.write(work)
