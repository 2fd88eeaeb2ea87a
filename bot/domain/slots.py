"""Free times for a listening call, from a weekly rota. Times are aware UTC; the rota is in wall time of Wales."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WALES = ZoneInfo("Europe/London")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Interval = tuple[datetime, datetime]
Hours = Mapping[str, tuple[tuple[time, time], ...]]


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of staff who takes calls."""

    key: str
    name: str
    languages: frozenset[str]
    hours: Hours


@dataclass(frozen=True, slots=True)
class CallRules:
    """How calls are offered. `pause`: between two calls of one person, to write down and to breathe."""

    length: timedelta
    pause: timedelta
    notice: timedelta
    horizon: timedelta
    offered: int


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One time with one person."""

    starts_at: datetime
    staff_key: str

    @property
    def key(self) -> str:
        """The slot as text, to be kept with what was shown."""
        return f"{int(self.starts_at.timestamp())}@{self.staff_key}"

    @classmethod
    def from_key(cls, key: str) -> "Slot":
        """The slot of a key."""
        seconds, _, staff_key = key.partition("@")
        return cls(datetime.fromtimestamp(int(seconds), UTC), staff_key)


def free_slots(
    callers: Collection[Caller],
    rules: CallRules,
    *,
    busy: Mapping[str, Collection[Interval]],
    closed: Collection[date],
    language: str | None,
    seen: Collection[str],
    now: datetime,
) -> tuple[Slot, ...]:
    """Up to `rules.offered` free slots, not seen before, on different days where that can be; soonest first.

    `busy`: when each caller, by key, has something else.

    A `language` nobody speaks gives no slots: a person then arranges the call.
    """
    able = [caller for caller in callers if language is None or language in caller.languages]
    free = sorted(
        slot
        for caller in able
        for slot in _grid(caller, rules, closed, now)
        if slot.key not in seen and is_free(slot, rules, busy.get(caller.key, ()))
    )
    first_of_day = {slot.starts_at.astimezone(WALES).date(): slot for slot in reversed(free)}
    spread = sorted(first_of_day.values())[: rules.offered]
    rest = [slot for slot in free if slot not in spread]
    return tuple(sorted([*spread, *rest[: rules.offered - len(spread)]]))


def is_free(slot: Slot, rules: CallRules, busy: Collection[Interval]) -> bool:
    """Whether the call and the pause after it meet nothing of `busy`."""
    ends_at = slot.starts_at + rules.length + rules.pause
    return all(until <= slot.starts_at or since >= ends_at for since, until in busy)


def _grid(caller: Caller, rules: CallRules, closed: Collection[date], now: datetime) -> Iterator[Slot]:
    earliest, latest = now + rules.notice, now + rules.horizon
    day = earliest.astimezone(WALES).date()
    while day <= latest.astimezone(WALES).date():
        for opens, closes in caller.hours.get(WEEKDAYS[day.weekday()], ()) if day not in closed else ():
            at = datetime.combine(day, opens, WALES).astimezone(UTC)
            end = datetime.combine(day, closes, WALES).astimezone(UTC)
            while at + rules.length <= end:
                if earliest <= at <= latest:
                    yield Slot(at, caller.key)
                at += rules.length + rules.pause
        day += timedelta(days=1)


def open_until(hours: Hours, closed: Collection[date], now: datetime) -> datetime | None:
    """When today's hours end, if `now` lies within them."""
    wall = now.astimezone(WALES)
    for opens, closes in hours.get(WEEKDAYS[wall.weekday()], ()) if wall.date() not in closed else ():
        if opens <= wall.time() < closes:
            return datetime.combine(wall.date(), closes, WALES).astimezone(UTC)
    return None


def next_open(hours: Hours, closed: Collection[date], now: datetime) -> datetime | None:
    """When a person is next there: `now` itself within hours, None when the next fortnight has no hours."""
    day = now.astimezone(WALES).date()
    for _ in range(15):
        for opens, closes in hours.get(WEEKDAYS[day.weekday()], ()) if day not in closed else ():
            start = datetime.combine(day, opens, WALES).astimezone(UTC)
            if now < datetime.combine(day, closes, WALES).astimezone(UTC):
                return max(start, now)
        day += timedelta(days=1)
    return None
