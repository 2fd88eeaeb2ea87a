"""What somebody writes of when they take calls, read strictly; every fault is named at its field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from bot.domain.conversation import LANGUAGES
from bot.domain.slots import CHANNELS, WEEKDAYS, Caller, Ranges
from bot.web.console.calls import read_day

LONGEST_SPAN = 366
_MOST_SPANS, _MOST_OTHERS, _LONGEST_ADDRESS = 200, 10, 2000
_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d) ?(.{0,100})")
_RANGE = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*[-–]\s*(\d{1,2})(?:[:.](\d\d))?")
_OTHER_LANGUAGE = re.compile(r"[^\W\d_][^\W\d_' -]{1,29}(?:[ '-][^\W\d_]+)*")


class NotOurForm(ValueError):
    """Something that no form of ours sends."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days one after the other that are unlike the week: `hours` as written, "" away."""

    since: date
    until: date
    hours: str

    @property
    def key(self) -> str:
        """As a hidden field carries it."""
        return f"{self.since.isoformat()}/{self.until.isoformat()} {self.hours}".rstrip()


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as somebody filled it in, to be shown again. `faults`: a code for each field that cannot be read."""

    hours: Mapping[str, str]
    languages: frozenset[str]
    other_languages: str
    channels: frozenset[str]
    areas: frozenset[str]
    spans: tuple[Span, ...]
    since: str = ""
    until: str = ""
    day_hours: str = ""
    calendar: str = ""
    forget_calendar: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)


def draft_of(caller: Caller, today: date) -> Draft:
    """What is kept, as the form shows it. Days that have gone are left out."""
    return Draft(
        {day: write_ranges(caller.hours.get(day, ())) for day in WEEKDAYS},
        caller.languages & frozenset(LANGUAGES),
        ", ".join(sorted(caller.languages - frozenset(LANGUAGES))),
        caller.channels,
        caller.areas,
        _spans({day: ranges for day, ranges in caller.exceptions.items() if day >= today}),
    )


def read_form(caller: Caller, form: MultiDict[str, str], areas: frozenset[str]) -> tuple[Caller, Draft]:
    """The caller with what the form says, and the form to be shown again. Where `faults` is not empty, only the draft
    is of use. Raises `NotOurForm`."""
    chosen = {name: frozenset(form.getlist(name)) for name in ("language", "channel", "area")}
    if not (chosen["language"] <= set(LANGUAGES) and chosen["channel"] <= set(CHANNELS) and chosen["area"] <= areas):
        raise NotOurForm
    dropped = frozenset(form.getlist("drop"))
    spans = tuple(_read_span(key) for key in form.getlist("span")[:_MOST_SPANS] if key not in dropped)
    draft = Draft(
        {day: form.get(f"hours-{day}", "").strip()[:200] for day in WEEKDAYS},
        chosen["language"],
        form.get("other_languages", "").strip()[:300],
        chosen["channel"],
        chosen["area"],
        spans,
        since=form.get("since", "").strip()[:200],
        until=form.get("until", "").strip()[:200],
        day_hours=form.get("day_hours", "").strip()[:200],
        calendar=form.get("calendar", "").strip()[: _LONGEST_ADDRESS + 1],
        forget_calendar=form.get("forget_calendar") == "yes",
    )
    faults: dict[str, str] = {}
    hours = {day: _ranges_or_fault(f"hours-{day}", written, faults) for day, written in draft.hours.items()}
    others = _others(draft, faults)
    for name in ("language", "channel"):
        if not chosen[name] and not (name == "language" and others):
            faults[name] = "none_chosen"
    exceptions = {day: read_ranges(span.hours) or () for span in spans for day in _days(span)}
    new = _new_span(draft, faults)
    if new is not None:
        exceptions |= {day: read_ranges(new.hours) or () for day in _days(new)}
    if draft.calendar and not _is_address(draft.calendar):
        faults["calendar"] = "address"
    if faults:
        return caller, replace(draft, faults=faults)
    kept = replace(
        caller,
        hours={day: ranges for day, ranges in hours.items() if ranges},
        languages=chosen["language"] | others,
        channels=chosen["channel"],
        areas=chosen["area"],
        exceptions=exceptions,
    )
    return kept, draft


def read_ranges(written: str) -> Ranges | None:
    """Hours such as "09:00-12:00, 13:30-15"; none for an empty text, None for what cannot be read or overlaps."""
    found = []
    for part in filter(None, re.split(r"[,;]", written)):
        match = _RANGE.fullmatch(part.strip()) if part.isascii() or "–" in part else None
        if match is None:
            return None
        numbers = [int(number or 0) for number in match.groups()]
        if numbers[0] > 23 or numbers[2] > 23 or numbers[1] > 59 or numbers[3] > 59:
            return None
        found.append((time(numbers[0], numbers[1]), time(numbers[2], numbers[3])))
    ranges = sorted(found)
    in_order = all(opens < closes for opens, closes in ranges)
    apart = all(first[1] <= second[0] for first, second in pairwise(ranges))
    return tuple(ranges) if in_order and apart else None


def write_ranges(ranges: Ranges) -> str:
    """Hours as the form shows them."""
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in ranges)


def _ranges_or_fault(name: str, written: str, faults: dict[str, str]) -> Ranges:
    ranges = read_ranges(written)
    if ranges is None:
        faults[name] = "hours"
    return ranges or ()


def _others(draft: Draft, faults: dict[str, str]) -> frozenset[str]:
    names = [part.strip().casefold() for part in draft.other_languages.split(",") if part.strip()]
    if len(names) > _MOST_OTHERS or not all(_OTHER_LANGUAGE.fullmatch(name) for name in names):
        faults["other_languages"] = "other_languages"
    return frozenset(names)


def _new_span(draft: Draft, faults: dict[str, str]) -> Span | None:
    if not (draft.since or draft.until or draft.day_hours):
        return None
    since, until = read_day(draft.since), read_day(draft.until or draft.since)
    if since is None:
        faults["since"] = "day"
    if until is None or (since is not None and not since <= until < since + timedelta(days=LONGEST_SPAN)):
        faults["until"] = "span"
    ranges = _ranges_or_fault("day_hours", draft.day_hours, faults)
    if since is None or until is None or "until" in faults or "day_hours" in faults:
        return None
    return Span(since, until, write_ranges(ranges))


def _read_span(key: str) -> Span:
    found = _SPAN.fullmatch(key)
    since, until = (read_day(found[1]), read_day(found[2])) if found else (None, None)
    if found is None or since is None or until is None or read_ranges(found[3]) is None:
        raise NotOurForm
    if not since <= until < since + timedelta(days=LONGEST_SPAN):
        raise NotOurForm
    return Span(since, until, found[3])


def _days(span: Span) -> list[date]:
    return [span.since + timedelta(days=number) for number in range((span.until - span.since).days + 1)]


def _spans(exceptions: Mapping[date, Ranges]) -> tuple[Span, ...]:
    """Days with the same hours stand together."""
    spans: list[Span] = []
    for day, ranges in sorted(exceptions.items()):
        written = write_ranges(ranges)
        last = spans[-1] if spans else None
        joins = last is not None and last.hours == written and last.until + timedelta(days=1) == day
        if last is not None and joins and (day - last.since).days < LONGEST_SPAN:
            spans[-1] = replace(last, until=day)
        else:
            spans.append(Span(day, day, written))
    return tuple(spans)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    # A name on the public network: nobody may make our server ask a machine beside it.
    public = bool(re.search(r"\.[a-z]{2,}$", host)) and not host.endswith((".local", ".internal", ".localhost"))
    plain = text.isprintable() and " " not in text and len(text) <= _LONGEST_ADDRESS
    return parts.scheme in {"https", "webcal"} and public and plain
