"""Booked calls for staff's own calendars: iCalendar (RFC 5545), and invitations by e-mail (iMIP, RFC 5546 and 6047).

Nothing of the parent is in them: a title that is the same for every call, and a link that asks for a sign-in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText

_PRODUCT = "-//Helo//calls//EN"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One call in somebody's calendar. `revision` goes up with each change; `stands` is false once it is called off."""

    call_id: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    revision: int
    title: str
    link: str
    stands: bool = True


def calendar_feed(entries: Iterable[CalendarEntry], name: str) -> bytes:
    """All of somebody's calls, as a calendar to subscribe to."""
    calendar = _calendar("PUBLISH")
    calendar.add("X-WR-CALNAME", name)
    calendar.add("REFRESH-INTERVAL;VALUE=DURATION", "PT15M")
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def invitation(entry: CalendarEntry, *, organiser: str, attendee: str) -> bytes:
    """One call as an invitation: REQUEST (also for a change) while it stands, CANCEL once it does not."""
    calendar = _calendar("REQUEST" if entry.stands else "CANCEL")
    event = _event(entry)
    event["ORGANIZER"] = vCalAddress(f"mailto:{organiser}")
    guest = vCalAddress(f"mailto:{attendee}")
    guest.params["PARTSTAT"], guest.params["RSVP"] = vText("NEEDS-ACTION"), vText("FALSE")
    event.add("ATTENDEE", guest, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    return calendar


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("UID", f"{entry.call_id}@helo")
    event.add("DTSTAMP", entry.changed_at.replace(microsecond=0))
    event.add("DTSTART", entry.starts_at)
    event.add("DTEND", entry.ends_at)
    event.add("SEQUENCE", entry.revision)
    event.add("SUMMARY", entry.title)
    event.add("DESCRIPTION", entry.link)
    event.add("STATUS", "CONFIRMED" if entry.stands else "CANCELLED")
    event.add("CLASS", "PRIVATE")
    return event
