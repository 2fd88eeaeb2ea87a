"""Free times for a listening call, from a weekly rota. Times are aware UTC; the rota is in wall time of Wales."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WALES = ZoneInfo("Europe/London")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# When a parent may be rung, and when a baby sleeps, as parents say it: the first hour of each part of the day.
PARTS_OF_DAY: Mapping[str, time] = {"morning": time(0), "midday": time(12), "afternoon": time(14), "evening": time(17)}
CHANNELS = ("phone", "video", "in_person")

Interval = tuple[datetime, datetime]
Ranges = tuple[tuple[time, time], ...]
Hours = Mapping[str, Ranges]


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of staff who takes calls.

    `channels`: phone, video, in_person. `areas`: no area means all of them. `exceptions`: the hours of a day that is
    unlike its weekday; none at all on a day of leave. `email`: where invitations to calls go.
    """

    key: str
    name: str
    languages: frozenset[str]
    hours: Hours
    channels: frozenset[str] = frozenset(("phone",))
    areas: frozenset[str] = frozenset()
    exceptions: Mapping[date, Ranges] = field(default_factory=dict)
    email: str | None = None

    def hours_on(self, day: date) -> Ranges:
        """When this person takes calls on that day, in wall time."""
        return self.exceptions.get(day, self.hours.get(WEEKDAYS[day.weekday()], ()))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a parent said about the call; None or nothing where they said nothing.

    `safe`: the parts of the day in which they may be rung. `asleep`: those in which the baby mostly sleeps.
    """

    language: str | None = None
    channel: str | None = None
    area: str | None = None
    safe: frozenset[str] = frozenset()
    asleep: frozenset[str] = frozenset()

    def met_by(self, caller: Caller) -> bool:
        """Whether this person speaks the language, offers the channel and covers the area."""
        return (
            (self.language is None or self.language in caller.languages)
            and (self.channel is None or self.channel in caller.channels)
            and (self.area is None or not caller.areas or self.area in caller.areas)
        )


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
    wishes: Wishes,
    seen: Collection[str],
    now: datetime,
    keep: Collection[str] = (),
) -> tuple[Slot, ...]:
    """Up to `rules.offered` free slots, not seen before, on different days where that can be; soonest first.

    `keep`: those shown last, by key; as far as they are still free they come before all others.

    Never at a time that is not safe, nor with somebody who does not meet the wishes: where there is nobody a person
    arranges the call. Times at which the baby mostly sleeps go before others.

    `busy`: when each caller, by key, has something else.
    """
    free = sorted(
        slot
        for caller in callers
        if wishes.met_by(caller)
        for slot in _grid(caller, rules, closed, now)
        if (slot.key not in seen or slot.key in keep)
        and (not wishes.safe or part_of_day(slot.starts_at) in wishes.safe)
        and is_free(slot, rules, busy.get(caller.key, ()))
    )
    quiet = [slot for slot in free if part_of_day(slot.starts_at) in wishes.asleep]
    kept = [slot for slot in free if slot.key in keep]
    spread = [*kept, *_first_of_days(quiet), *_first_of_days(free), *free]
    return tuple(sorted(list(dict.fromkeys(spread))[: rules.offered]))


def is_offered(
    slot: Slot, caller: Caller, rules: CallRules, *, closed: Collection[date], notice: timedelta, now: datetime
) -> bool:
    """Whether this person, by today's hours, takes a call at that time, with at least `notice`, within the horizon."""
    if not now + notice <= slot.starts_at <= now + rules.horizon or not reads_once(slot.starts_at):
        return False
    wall = slot.starts_at.astimezone(WALES)
    if wall.date() in closed:
        return False
    ends_at = slot.starts_at + rules.length
    return any(
        moment_of(wall.date(), opens) <= slot.starts_at and ends_at <= moment_of(wall.date(), closes)
        for opens, closes in caller.hours_on(wall.date())
    )


def _first_of_days(slots: Collection[Slot]) -> list[Slot]:
    """The earliest slot of each day, in order; `slots` are in order."""
    return list({slot.starts_at.astimezone(WALES).date(): slot for slot in reversed(list(slots))}.values())[::-1]


def part_of_day(moment: datetime) -> str:
    """Which part of the day it is in Wales."""
    wall = moment.astimezone(WALES).time()
    return [part for part, begins in PARTS_OF_DAY.items() if begins <= wall][-1]


def is_free(slot: Slot, rules: CallRules, busy: Collection[Interval]) -> bool:
    """Whether the call and the pause after it meet nothing of `busy`."""
    ends_at = slot.starts_at + rules.length + rules.pause
    return all(until <= slot.starts_at or since >= ends_at for since, until in busy)


def _grid(caller: Caller, rules: CallRules, closed: Collection[date], now: datetime) -> Iterator[Slot]:
    earliest, latest = now + rules.notice, now + rules.horizon
    day = earliest.astimezone(WALES).date()
    while day <= latest.astimezone(WALES).date():
        for opens, closes in caller.hours_on(day) if day not in closed else ():
            at, end = moment_of(day, opens), moment_of(day, closes)
            while at + rules.length <= end:
                if earliest <= at <= latest and reads_once(at):
                    yield Slot(at, caller.key)
                at += rules.length + rules.pause
        day += timedelta(days=1)


def is_open(hours: Hours, closed: Collection[date], now: datetime) -> bool:
    """Whether `now` lies within the hours of today, in wall time of Wales."""
    wall = now.astimezone(WALES)
    today = hours.get(WEEKDAYS[wall.weekday()], ()) if wall.date() not in closed else ()
    return any(opens <= wall.time() < closes for opens, closes in today)


def reads_once(moment: datetime) -> bool:
    """Whether only one moment reads like this on the clocks of Wales. In the hour that comes twice when they go back
    two do, and nobody could tell which half past one was meant."""
    wall = moment.astimezone(WALES)
    return wall.replace(fold=0).utcoffset() == wall.replace(fold=1).utcoffset()


def moment_of(day: date, wall: time) -> datetime:
    """The moment at which the clocks of Wales show `wall` on `day`, in UTC."""
    return datetime.combine(day, wall, WALES).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A wall time of one weekday, in Wales."""

    day: str
    at: time


def last_weekly(weekly: Weekly, now: datetime) -> datetime:
    """When it last was, in UTC; `now` counts."""
    today = now.astimezone(WALES).date()
    day = today - timedelta(days=(today.weekday() - WEEKDAYS.index(weekly.day)) % 7)
    moment = moment_of(day, weekly.at)
    return moment if moment <= now else moment_of(day - timedelta(days=7), weekly.at)
