"""Who is told of an alert, level by level: the shape that flows/team.yaml gives and that a live alert keeps a copy of.

A copy holds keys, roads, waiting times and hours: never a name or a number, which are looked up when they are needed.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.slots import WEEKDAYS, Hours, is_open

ROADS = ("sms", "email", "console")
_STEP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a level: `channels` in the order they are tried; no `hours` means always."""

    key: str
    channels: tuple[str, ...]
    hours: Hours

    def is_there(self, closed: Collection[date], now: datetime) -> bool:
        """Whether `now` lies in their hours."""
        return not self.hours or is_open(self.hours, closed, now)


@dataclass(frozen=True, slots=True)
class Level:
    """People told together. `wait_seconds`: how long they have before the next level is told as well."""

    wait_seconds: int
    hours: Hours
    members: tuple[Member, ...]

    def is_on_duty(self, closed: Collection[date], now: datetime) -> bool:
        """Whether the level itself has hours and `now` lies in them; without hours it always is."""
        return not self.hours or is_open(self.hours, closed, now)

    @property
    def wait(self) -> timedelta:
        """The waiting time."""
        return timedelta(seconds=self.wait_seconds)


@dataclass(frozen=True, slots=True)
class Chain:
    """The levels in order. There is always one."""

    levels: tuple[Level, ...]

    @property
    def last(self) -> int:
        """The level that repeats for ever."""
        return len(self.levels) - 1


@dataclass(frozen=True, slots=True)
class Gap:
    """From `starts_at` on, `level` (from 0) is on duty and nobody is there."""

    level: int
    starts_at: datetime


def who_is_there(
    level: Level, people: Mapping[str, Collection[str]], closed: Collection[date], now: datetime
) -> tuple[tuple[Member, tuple[str, ...]], ...]:
    """The members of a level who can be told now, each with their roads in order.

    `people` are those who belong to the team as it is today, and the roads there are to each of them.
    """
    if not level.is_on_duty(closed, now):
        return ()
    found = []
    for member in level.members:
        roads = tuple(road for road in member.channels if road in people.get(member.key, ()))
        if roads and member.is_there(closed, now):
            found.append((member, roads))
    return tuple(found)


def gaps(
    chain: Chain, people: Mapping[str, Collection[str]], closed: Collection[date], now: datetime, *, days: int
) -> Iterator[Gap]:
    """The first gap of each level within `days`, looking every half an hour. A level outside its own hours is none."""
    for number, level in enumerate(chain.levels):
        at = now
        while at <= now + timedelta(days=days):
            if level.is_on_duty(closed, at) and not who_is_there(level, people, closed, at):
                yield Gap(number, at)
                break
            at += _STEP


def pack_chain(chain: Chain) -> str:
    """The copy that an alert keeps."""
    return json.dumps(
        [
            {
                "wait": level.wait_seconds,
                "hours": _pack_hours(level.hours),
                "people": [[each.key, list(each.channels), _pack_hours(each.hours)] for each in level.members],
            }
            for level in chain.levels
        ],
        separators=(",", ":"),
    )


def unpack_chain(packed: str) -> Chain:
    """What `pack_chain` kept."""
    return Chain(
        tuple(
            Level(
                level["wait"],
                _unpack_hours(level["hours"]),
                tuple(Member(key, tuple(roads), _unpack_hours(hours)) for key, roads, hours in level["people"]),
            )
            for level in json.loads(packed)
        )
    )


def _pack_hours(hours: Hours) -> dict[str, list[str]]:
    return {day: [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours[day]] for day in WEEKDAYS if day in hours}


def _unpack_hours(packed: Mapping[str, list[str]]) -> Hours:
    return {
        day: tuple((time.fromisoformat(span[:5]), time.fromisoformat(span[6:])) for span in spans)
        for day, spans in packed.items()
    }
