"""The team, from flows/team.yaml: name, hours, who rings, who is told of an alert."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from babel.dates import get_day_names
from pydantic import Field, ValidationError

from bot.content.faults import ContentRefused
from bot.content.reading import read_document
from bot.content.rota_file import AlertsEntry, OnCall, read_rota, rota_faults
from bot.content.shapes import BothLanguages, Day, Strict, WeeklyHours, YesNo, shape_faults
from bot.domain.chain import Chain
from bot.domain.conversation import Bilingual, Value
from bot.domain.slots import WEEKDAYS, Caller, CallRules, Hours, Weekly


@dataclass(frozen=True, slots=True)
class Team:
    """The team. `keep_days`: how long a chat without a call is kept. `facts` may be quoted in any text.

    `reading`: what the team needs, within its hours, to read what parents have written. `people` are all who may be
    told of an alert, `phones` whose mobile is whose (E.164 to key), `chain` in which order; the last level is never
    empty. `phone_test`: when each of their phones is tried; None: never.
    """

    demo: bool
    keep_days: int
    facts: Mapping[str, Value]
    hours: Hours
    closed: frozenset[date]
    reading: timedelta
    callers: Mapping[str, Caller]
    rules: CallRules
    people: Mapping[str, OnCall]
    phones: Mapping[str, str]
    chain: Chain
    phone_test: Weekly | None = None


class _Caller(Strict):
    key: str
    name: str
    languages: tuple[str, ...] = Field(min_length=1)
    hours: WeeklyHours
    channels: tuple[Literal["phone", "video", "in_person"], ...] = ("phone",)
    areas: tuple[str, ...] = ()
    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")


class _Call(Strict):
    minutes: int = Field(ge=5, le=240)
    pause_minutes: int = Field(ge=0, le=120)
    notice_hours: int = Field(ge=0)
    horizon_days: int = Field(ge=1, le=90)
    times_offered: int = Field(ge=1, le=5)


class _TeamFile(Strict):
    demo: YesNo
    owner: str
    checked: Day
    name: BothLanguages
    area: BothLanguages
    number: str
    keep_days: int = Field(ge=1)
    hours: WeeklyHours
    closed: tuple[Day, ...]
    reading_minutes: int = Field(default=30, ge=5, le=240)
    call: _Call
    staff: tuple[_Caller, ...] = Field(min_length=1)
    alerts: AlertsEntry


def load_team(flows: Path) -> Team:
    """The team of `flows`; raises `ContentRefused` with every fault."""
    document = read_document(flows / "team.yaml")
    try:
        read = _TeamFile.model_validate(document.data)
    except ValidationError as refused:
        raise ContentRefused(shape_faults(document, refused)) from None
    faults = list(rota_faults(read.alerts, document))
    if faults:
        raise ContentRefused(faults)
    keys = [caller.key for caller in read.staff]
    if len(set(keys)) != len(keys):
        raise ContentRefused([document.fault("Two people in `staff` have the same key.", "staff")])
    people, chain = read_rota(read.alerts)
    return Team(
        demo=read.demo,
        keep_days=read.keep_days,
        facts={
            "team": read.name.value(),
            "team_area": read.area.value(),
            "team_number": read.number,
            "team_hours": _spoken_hours(read.hours),
            "keep_days": str(read.keep_days),
        },
        hours=read.hours,
        closed=frozenset(read.closed),
        reading=timedelta(minutes=read.reading_minutes),
        callers={one.key: _caller(one) for one in read.staff},
        rules=CallRules(
            timedelta(minutes=read.call.minutes),
            timedelta(minutes=read.call.pause_minutes),
            timedelta(hours=read.call.notice_hours),
            timedelta(days=read.call.horizon_days),
            read.call.times_offered,
        ),
        people=people,
        phones={person.mobile: key for key, person in people.items() if person.mobile},
        chain=chain,
        phone_test=Weekly(read.alerts.test.day, read.alerts.test.at) if read.alerts.test else None,
    )


def _caller(one: _Caller) -> Caller:
    return Caller(
        one.key,
        one.name,
        frozenset(one.languages),
        one.hours,
        frozenset(one.channels),
        frozenset(one.areas),
        email=one.email,
    )


def _spoken_hours(hours: Hours) -> Bilingual:
    """Hours as a short line: days with the same hours stand together."""
    groups: list[tuple[list[str], str]] = []
    for day in WEEKDAYS:
        spoken = ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours.get(day, ()))
        if (
            spoken
            and groups
            and groups[-1][1] == spoken
            and WEEKDAYS.index(groups[-1][0][-1]) == WEEKDAYS.index(day) - 1
        ):
            groups[-1][0].append(day)
        elif spoken:
            groups.append(([day], spoken))

    def line(language: str) -> str:
        names = get_day_names("abbreviated", locale=language)

        def span(days: list[str]) -> str:
            ends = dict.fromkeys(names[WEEKDAYS.index(day)] for day in (days[0], days[-1]))
            return "-".join(ends)

        return ", ".join(f"{span(days)} {spoken}" for days, spoken in groups)

    return Bilingual(line("cy"), line("en"))
