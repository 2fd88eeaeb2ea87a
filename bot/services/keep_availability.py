"""Keeps when somebody takes calls, and where their own calendar is; calls they have already stay as they are."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from bot.content.bank_holidays import closed_days
from bot.domain.slots import WALES, Caller
from bot.services.desk import Desk
from bot.storage import audit, callers, calls
from bot.storage.calls import Call
from bot.storage.transaction import Transaction

_FAR = timedelta(days=400)


class StaleAvailability(Exception):
    """Somebody kept something else in the meantime. `kept` is how it stands now."""

    def __init__(self, kept: callers.Kept) -> None:
        super().__init__(kept.caller.key)
        self.kept = kept


def keep_availability(
    desk: Desk, caller: Caller, who: str, now: datetime, *, seen: int, calendar: str | None = None
) -> None:
    """Writes it if what is kept is still revision `seen`. Raises `StaleAvailability`; nothing is changed then.

    `calendar`: the address of their published calendar, "" to forget it, None to leave it as it is.
    """

    def work(tx: Transaction) -> None:
        if not callers.keep(tx, caller, who, now, seen=seen):
            raise StaleAvailability(callers.kept(tx, {caller.key: caller.name})[caller.key])
        if calendar is not None:
            callers.name_calendar(tx, desk.vault, caller.key, calendar or None)
            audit.record(tx, who, "name_calendar" if calendar else "forget_calendar", "caller", caller.key, now)
        audit.record(tx, who, "keep", "caller", caller.key, now)

    desk.database.write(work)


def calls_outside(desk: Desk, tx: Transaction, caller: Caller, now: datetime) -> tuple[Call, ...]:
    """Booked calls of this person at times at which they take none: leave, other hours, a closed day."""
    closed = closed_days(desk.team.closed, now)
    booked = calls.coming(tx, desk.vault, now, now + _FAR)
    return tuple(
        call
        for call in booked
        if call.state == "booked" and call.staff_key == caller.key and not _covers(caller, call, closed)
    )


def _covers(caller: Caller, call: Call, closed: Collection[date]) -> bool:
    begins, ends = call.starts_at.astimezone(WALES), call.ends_at.astimezone(WALES)
    return begins.date() not in closed and any(
        opens <= begins.time() and ends.time() <= closes for opens, closes in caller.hours_on(begins.date())
    )
