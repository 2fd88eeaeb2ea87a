"""Times that staff may give a call: whoever speaks its language, when they take calls and have nothing else."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.content.bank_holidays import closed_days
from bot.domain.slots import Caller, Slot, Wishes, free_slots, is_free
from bot.services.desk import Desk
from bot.services.know_callers import know_busy, know_callers
from bot.storage.calls import Call
from bot.storage.transaction import Transaction

_EACH = 6


@dataclass(frozen=True, slots=True)
class Times:
    """`instead`: who else could ring at the time the call has. `later`: each caller with their next free times."""

    instead: tuple[Slot, ...]
    later: tuple[tuple[Caller, tuple[Slot, ...]], ...]


def find_times(desk: Desk, tx: Transaction, language: str | None, now: datetime, *, call: Call | None = None) -> Times:
    """Free times from now on, a few a person; notice is staff's own to judge. `call` takes up none of its own time."""
    rules = replace(desk.team.rules, notice=timedelta(0), offered=_EACH)
    wishes = Wishes(language=language)
    callers = [caller for caller in know_callers(desk, tx).values() if wishes.met_by(caller)]
    busy = {key: list(times) for key, times in know_busy(desk, tx, now).items()}
    instead: tuple[Slot, ...] = ()
    if call is not None:
        # The call's own time is free for its own caller: what moves leaves it.
        mine = busy.get(call.staff_key, [])
        busy[call.staff_key] = [times for times in mine if not (times[0] <= call.starts_at < times[1])]
        slots = [Slot(call.starts_at, caller.key) for caller in callers if caller.key != call.staff_key]
        instead = tuple(slot for slot in slots if is_free(slot, rules, busy.get(slot.staff_key, ())))
    closed = closed_days(desk.team.closed, now)
    shown = () if call is None else (Slot(call.starts_at, call.staff_key).key,)
    later = [
        (caller, free_slots([caller], rules, busy=busy, closed=closed, wishes=wishes, seen=shown, now=now))
        for caller in callers
    ]
    return Times(instead if call is not None and call.starts_at > now else (), tuple(each for each in later if each[1]))
