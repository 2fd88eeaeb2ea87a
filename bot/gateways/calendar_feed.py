"""Reads a published calendar: when somebody is busy, and not a word of why. The one module that knows iCalendar feeds.

Outlook's names of time zones, recurring entries and single changes of them are read as they are meant, so that a weekly
meeting stays at its wall time when the clocks change.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from urllib.parse import urlsplit

import recurring_ical_events  # type: ignore[import-untyped]
import requests
from icalendar import Calendar

SECONDS = (3.0, 10.0)
MOST_BYTES = 5_000_000
Interval = tuple[datetime, datetime]
_NOT_BUSY = {"FREE", "WORKINGELSEWHERE"}


class FeedUnreadable(Exception):
    """The calendar could not be fetched or read. The message is a code: never an address, never what it holds."""


def fetch_busy(address: str, since: datetime, until: datetime, zone: tzinfo, *, allow_plain: bool) -> list[Interval]:
    """The times between `since` and `until` in which the calendar at `address` says busy, joined, in UTC.

    `zone` is that of entries without one, such as whole days. Raises `FeedUnreadable`. `allow_plain`: http as well, for
    a demo's own machine.
    """
    if urlsplit(address).scheme not in ("https", *(("http",) if allow_plain else ())):
        raise FeedUnreadable("not_https")
    try:
        with requests.get(address, timeout=SECONDS, stream=True, allow_redirects=False) as answer:
            if answer.status_code != requests.codes.ok:
                raise FeedUnreadable(f"http_{answer.status_code}")
            content = b""
            for part in answer.iter_content(65_536):
                content += part
                if len(content) > MOST_BYTES:
                    raise FeedUnreadable("too_long")
    except (requests.RequestException, UnicodeError) as fault:
        raise FeedUnreadable(type(fault).__name__) from None
    return read_busy(content, since, until, zone)


def read_busy(content: bytes, since: datetime, until: datetime, zone: tzinfo) -> list[Interval]:
    """The same of a calendar already fetched. A page to sign in at, or half a calendar, is not an empty calendar."""
    text = content.decode("utf-8", "replace").strip()
    if not text.startswith("BEGIN:VCALENDAR") or not text.endswith("END:VCALENDAR"):
        raise FeedUnreadable("not_a_calendar")
    try:
        found = recurring_ical_events.of(Calendar.from_ical(text)).between(since, until)
        return _joined(sorted(_busy(found, since, until, zone)))
    except Exception as fault:  # whatever a calendar may hold, it is one person's calendar and not our fault
        raise FeedUnreadable(f"entry_{type(fault).__name__}"[:64]) from None


def _busy(events: object, since: datetime, until: datetime, zone: tzinfo) -> Iterator[Interval]:
    for event in events:  # type: ignore[attr-defined]
        if str(event.get("TRANSP", "")).upper() == "TRANSPARENT" or str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in _NOT_BUSY:
            continue
        begins, ends = _moment(event["DTSTART"].dt, zone), _moment(event["DTEND"].dt, zone)
        begins, ends = max(begins, since), min(ends, until)
        if begins < ends:
            yield begins, ends


def _moment(value: date, zone: tzinfo) -> datetime:
    """A date is its midnight, a time without a zone is wall time: both in `zone`."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _joined(times: list[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for begins, ends in times:
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined
