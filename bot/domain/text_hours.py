"""When a text may arrive unasked: by day, and only in the parts of the day that the parent said are safe.

Hours are in wall time of Wales and compared as moments, so that a clock change moves nothing. Source: NNEDV's advice on
safe contact (never in a way, or at a time, that the person has not said is safe).
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from bot.domain.slots import PARTS_OF_DAY, WALES, Interval, moment_of

# Nobody's phone lights up at night.
MORNING, NIGHT = time(8), time(21)
# What is moved to the end of a safe stretch leaves some time before it.
_MARGIN = timedelta(minutes=30)


def may_text_at(moment: datetime, safe: Collection[str]) -> bool:
    """Whether a text may arrive at that moment; `safe` are parts of the day, none of them means any."""
    return any(since <= moment < until for since, until in stretches_of(moment.astimezone(WALES).date(), safe))


def last_moment(target: datetime, safe: Collection[str], *, not_before: datetime) -> datetime | None:
    """`target` where a text may arrive then; else the last good moment before it, not before `not_before`, or None."""
    if may_text_at(target, safe):
        return target
    day, first = target.astimezone(WALES).date(), not_before.astimezone(WALES).date()
    while day >= first:
        for since, until in reversed(list(stretches_of(day, safe))):
            if until <= target and (moment := max(since, until - _MARGIN)) >= not_before:
                return moment
        day -= timedelta(days=1)
    return None


def next_moment(now: datetime, safe: Collection[str]) -> datetime:
    """`now` where a text may arrive now, else the beginning of the next stretch."""
    if may_text_at(now, safe):
        return now
    day = now.astimezone(WALES).date()
    while True:
        for since, _ in stretches_of(day, safe):
            if since > now:
                return since
        day += timedelta(days=1)


def stretches_of(day: date, safe: Collection[str]) -> Iterator[Interval]:
    """The stretches of a day of Wales in which a text may arrive, in order, as moments."""
    begins = list(PARTS_OF_DAY.items())
    for (part, opens), (_, closes) in zip(begins, [*begins[1:], ("", NIGHT)], strict=True):
        if not safe or part in safe:
            yield moment_of(day, max(opens, MORNING)), moment_of(day, min(closes, NIGHT))
