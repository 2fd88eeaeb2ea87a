"""The two clocks of the Wales Safeguarding Procedures that start when somebody takes an alert.

A report by telephone is confirmed in writing within 24 hours. Where the authority has not acknowledged it within seven
working days, whoever reported chases it.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from bot.domain.slots import WALES

WRITTEN_WITHIN = timedelta(hours=24)
CHASE_AFTER_DAYS = 7
_SATURDAY = 5


def add_working_days(start: datetime, days: int, closed: Collection[date]) -> datetime:
    """The same time of day in Wales, so many working days on; `start`'s own day does not count."""
    wall = start.astimezone(WALES)
    day = wall.date()
    left = days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY and day not in closed
    return datetime.combine(day, wall.time(), WALES).astimezone(UTC)
