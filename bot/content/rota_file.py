"""The `alerts` part of flows/team.yaml: levels, people, roads in order, waiting times and hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.content.faults import Fault
from bot.content.reading import Document
from bot.content.shapes import Clock, Strict, Weekday, WeeklyHours
from bot.domain.chain import ROADS, Chain, Level, Member
from bot.domain.phone import read_uk_mobile

LONGEST_WAIT = 3600
_KEY = r"^[a-z0-9][a-z0-9-]{0,39}$"


def _road(value: str) -> str:
    if value not in ROADS:
        raise ValueError(f"{value} is not a road: write sms, email or console")
    return value


def _mobile(value: str) -> str:
    if read_uk_mobile(value) is None:
        raise ValueError(f"{value} is not a UK mobile")
    return value


Roads = tuple[Annotated[str, AfterValidator(_road)], ...]


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody who is told of an alert. `mobile` is `sms` as the network writes it."""

    key: str
    name: str
    sms: str | None
    email: str | None
    mobile: str | None = None

    @property
    def roads(self) -> tuple[str, ...]:
        """The roads there are to them; the console is there for everybody."""
        return (*(("sms",) if self.sms else ()), *(("email",) if self.email else ()), "console")


class PersonEntry(Strict):
    """One person of a level."""

    key: str = Field(pattern=_KEY)
    name: str
    sms: Annotated[str, AfterValidator(_mobile)] | None = None
    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    channels: Roads | None = Field(default=None, min_length=1)
    hours: WeeklyHours = Field(default_factory=dict)


class LevelEntry(Strict):
    """One level."""

    people: tuple[PersonEntry, ...]
    wait_seconds: int | None = Field(default=None, ge=30, le=LONGEST_WAIT)
    channels: Roads = Field(default=ROADS, min_length=1)
    hours: WeeklyHours = Field(default_factory=dict)


class TestEntry(Strict):
    """When everybody's phone is tried."""

    day: Weekday
    at: Clock


class AlertsEntry(Strict):
    """The whole part."""

    levels: tuple[LevelEntry, ...] = Field(min_length=1)
    test: TestEntry | None = None


def read_rota(entry: AlertsEntry) -> tuple[Mapping[str, OnCall], Chain]:
    """Everybody by key, and the chain. A level that names no waiting time has 0: the settings fill it."""
    people = {
        one.key: OnCall(one.key, one.name, one.sms, one.email, read_uk_mobile(one.sms) if one.sms else None)
        for level in entry.levels
        for one in level.people
    }
    levels = tuple(
        Level(
            level.wait_seconds or 0,
            level.hours,
            tuple(Member(one.key, one.channels or level.channels, one.hours) for one in level.people),
        )
        for level in entry.levels
    )
    return people, Chain(levels)


def rota_faults(entry: AlertsEntry, document: Document) -> Iterator[Fault]:
    """What no shape can say: the last level is never empty, at no hour; a person is the same person everywhere."""
    last = len(entry.levels) - 1
    place = ("alerts", "levels", last)
    if not entry.levels[last].people:
        yield document.fault("The last level of alerts has nobody in it.", "alerts", "levels")
    elif entry.levels[last].hours:
        yield document.fault("The last level of alerts has hours: outside them nobody would be told.", *place, "hours")
    elif not any(one.key and not one.hours and _reach(one, entry.levels[last]) for one in entry.levels[last].people):
        yield document.fault(
            "The last level of alerts needs somebody without hours, who can be texted or mailed.", *place
        )
    seen: dict[str, PersonEntry] = {}
    phones: dict[str, str] = {}
    mails: dict[str, str] = {}
    for number, level in enumerate(entry.levels):
        for position, one in enumerate(level.people):
            where = ("alerts", "levels", number, "people", position)
            other = seen.setdefault(one.key, one)
            if (other.name, other.sms, other.email) != (one.name, one.sms, one.email):
                yield document.fault(f"“{one.key}” is two different people.", *where)
            if not _reach(one, level) and "console" not in (one.channels or level.channels):
                yield document.fault(f"There is no road to “{one.key}”: give sms or email.", *where)
            mobile = read_uk_mobile(one.sms) if one.sms else None
            if mobile and phones.setdefault(mobile, one.key) != one.key:
                yield document.fault(f"“{one.key}” has the phone of “{phones[mobile]}”: who acknowledges?", *where)
            mail = one.email.lower() if one.email else None
            if mail and mails.setdefault(mail, one.key) != one.key:
                yield document.fault(f"“{one.key}” has the e-mail of “{mails[mail]}”: who acknowledges?", *where)


def with_waits(chain: Chain, *, first: int, following: int) -> Chain:
    """The chain with the settings' waiting times where a level names none; seconds."""
    return Chain(
        tuple(
            level if level.wait_seconds else replace(level, wait_seconds=following if number else first)
            for number, level in enumerate(chain.levels)
        )
    )


def _reach(one: PersonEntry, level: LevelEntry) -> bool:
    roads = one.channels or level.channels
    return bool((one.sms and "sms" in roads) or (one.email and "email" in roads))
