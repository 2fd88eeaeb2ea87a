"""When a parent may honestly be told that a person reads: never a closed hour, never a time that has passed.

The team's hours are in wall time of Wales, and each stretch of them is compared as moments, so that a clock change
moves nothing. Source of the rule: a disclosure is answered with who will see it and when, and no more than that.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bot.domain.slots import WALES, WEEKDAYS, Hours, moment_of

# As far ahead as closed days are known.
_LOOK_AHEAD = timedelta(days=366)
# From here on a bare date is not plain enough: the parent is told that it is not sooner.
LONG_WAIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Promise:
    """What is said, and when it is broken.

    `kind` before: somebody is there, and reads before `at`; opens: somebody is next there at `at`; not_until: the same,
    a week or more away. `due_at` is the moment by which somebody should have read: aware UTC, within staffed hours.
    """

    kind: Literal["before", "opens", "not_until"]
    at: datetime
    due_at: datetime


def next_look(hours: Hours, closed: Collection[date], now: datetime, *, reading: timedelta) -> Promise | None:
    """The promise that may be made at `now`; None where a year ahead has no hours.

    `reading` is what the team needs to read what has come: with less of today left nothing is promised for today, and
    so long after opening a promise of opening is broken.
    """
    for start, end in stretches(hours, closed, now):
        enough = min(reading, end - start)
        if start > now:
            kind: Literal["opens", "not_until"] = "not_until" if start - now >= LONG_WAIT else "opens"
            return Promise(kind, start, start + enough)
        if end - now >= enough:
            return Promise("before", end, end)
    return None


def stretches(hours: Hours, closed: Collection[date], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every stretch of hours that has not ended at `now`, in order, as (start, end) in UTC."""
    day, last = now.astimezone(WALES).date(), (now + _LOOK_AHEAD).astimezone(WALES).date()
    while day <= last:
        for opens, closes in sorted(hours.get(WEEKDAYS[day.weekday()], ())) if day not in closed else ():
            start, end = moment_of(day, opens), moment_of(day, closes)
            if now < end and start < end:
                yield start, end
        day += timedelta(days=1)
