"""Reads the calendars that members of staff publish: when they are busy, so that no call is offered then."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.slots import WALES
from bot.gateways.calendar_feed import FeedUnreadable, fetch_busy
from bot.services.desk import Desk
from bot.storage import callers

log = structlog.get_logger(__name__)


def read_calendars(desk: Desk, now: datetime) -> int:
    """How many were read. One that cannot be read keeps what it said before, and says on the console that it is old.

    No transaction is open while a calendar is fetched.
    """
    read = 0
    until = now + desk.team.rules.horizon + timedelta(days=1)
    for calendar in desk.database.read(lambda tx: callers.own_calendars(tx, desk.vault)):
        try:
            busy = fetch_busy(calendar.address, now, until, WALES, allow_plain=not desk.settings.is_production)
        except FeedUnreadable as fault:
            log.warning("calendar_not_read", staff=calendar.staff_key, code=str(fault))
            desk.database.write(partial(callers.note_unread, staff_key=calendar.staff_key, fault=str(fault)))
            continue
        desk.database.write(partial(callers.note_busy, staff_key=calendar.staff_key, busy=busy, now=now))
        read += 1
    return read
