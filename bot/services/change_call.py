"""A person gives a booked call another time, another caller, or both; parent and callers are told."""

from datetime import datetime, timedelta

from bot.domain.slots import Slot, reads_once
from bot.services.desk import Desk
from bot.services.take_call_in_hand import take_call_in_hand
from bot.services.tell_caller import tell_caller
from bot.services.tell_parent_of_call import tell_parent_of_call
from bot.storage import audit, calls
from bot.storage.transaction import Transaction

FARTHEST = timedelta(days=366)


class NotATime(ValueError):
    """Nobody can ring then: it is over, too far away, in the hour that comes twice when the clocks go back, or whoever
    should ring takes no calls."""


def refuse_strange_times(desk: Desk, slot: Slot, now: datetime) -> None:
    """Raises `NotATime`. Staff may agree any time with a parent, in hours or not: not one that has gone."""
    takes_calls, in_time = slot.staff_key in desk.team.callers, now < slot.starts_at < now + FARTHEST
    if not (takes_calls and in_time and reads_once(slot.starts_at)):
        raise NotATime(slot.key)


def change_call(desk: Desk, call_id: str, slot: Slot, revision: int, who: str, now: datetime) -> bool:
    """Moves the call to `slot`. False where the parent could not be told by text, so that there is a task.

    Raises `NoSuchCall`, `StaleCall`, `SlotTaken`, `NotATime`; then the call is as it was.
    """
    refuse_strange_times(desk, slot, now)

    def work(tx: Transaction) -> bool:
        call = take_call_in_hand(desk, tx, call_id, revision)
        if (call.staff_key, call.starts_at) == (slot.staff_key, slot.starts_at):
            return True
        ends_at = slot.starts_at + desk.team.rules.length
        moved = calls.move(
            tx,
            desk.vault,
            call_id,
            staff_key=slot.staff_key,
            starts_at=slot.starts_at,
            ends_at=ends_at,
            busy_until=ends_at + desk.team.rules.pause,
            now=now,
        )
        action = "move" if slot.starts_at != call.starts_at else "reassign"
        audit.record(tx, who, action, "call", call_id, now)
        tell_caller(desk, tx, call_id, now, before=call.staff_key)
        return tell_parent_of_call(desk, tx, moved, now)

    return desk.database.write(work)
