"""Free times for a listening call, from a weekly rota. Times are aware UTC; the rota is in wall time of Wales."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WALES = ZoneInfo("Europe/London")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

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
    """How calls are offered."""

    length: timedelta
    notice: timedelta
    horizon: timedelta
    offered: int


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One time with one person. Slots lie on a fixed grid for each person, so two can never overlap."""

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
    taken: Collection[tuple[str, datetime]],
    closed: Collection[date],
    language: str | None,
    seen: Collection[str],
    now: datetime,
) -> tuple[Slot, ...]:
    """Up to `rules.offered` free slots, not seen before, on different days where that can be; soonest first.

    A `language` nobody speaks gives no slots: a person then arranges the call.
    """
    able = [caller for caller in callers if language is None or language in caller.languages]
    held = {(key, at.astimezone(UTC)) for key, at in taken}
    free = sorted(
        slot
        for caller in able
        for slot in _grid(caller, rules, closed, now)
        if (slot.staff_key, slot.starts_at) not in held and slot.key not in seen
    )
    first_of_day = {slot.starts_at.astimezone(WALES).date(): slot for slot in reversed(free)}
    spread = sorted(first_of_day.values())[: rules.offered]
    rest = [slot for slot in free if slot not in spread]
    return tuple(sorted([*spread, *rest[: rules.offered - len(spread)]]))


def _grid(caller: Caller, rules: CallRules, closed: Collection[date], now: datetime) -> Iterator[Slot]:
    earliest, latest = now + rules.notice, now + rules.horizon
    day = earliest.astimezone(WALES).date()
    while day <= latest.astimezone(WALES).date():
        for opens, closes in caller.hours.get(WEEKDAYS[day.weekday()], ()) if day not in closed else ():
            at, end = moment_of(day, opens), moment_of(day, closes)
            while at + rules.length <= end:
                if earliest <= at <= latest:
                    yield Slot(at, caller.key)
                at += rules.length
        day += timedelta(days=1)


def is_open(hours: Hours, closed: Collection[date], now: datetime) -> bool:
    """Whether `now` lies within the hours of today, in wall time of Wales."""
    wall = now.astimezone(WALES)
    today = hours.get(WEEKDAYS[wall.weekday()], ()) if wall.date() not in closed else ()
    return any(opens <= wall.time() < closes for opens, closes in today)


def moment_of(day: date, wall: time) -> datetime:
    """The moment at which the clocks of Wales show `wall` on `day`, in UTC."""
    return datetime.combine(day, wall, WALES).astimezone(UTC)
